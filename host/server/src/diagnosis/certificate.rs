//! The certificate of the host's public URL, as LINE sees it: valid for the name, with its whole chain.
//!
//! The host connects to its own URL and stops as soon as it has the certificate, so nothing is sent there. The
//! roots are this machine's, which may be others than LINE's; LINE's own test has the last word.

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::Uri;
use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme,
};

use super::Finding;

const CHECK: &str = "certificate";

/// How long the connection may take: LINE waits no longer either.
const PATIENCE: Duration = Duration::from_secs(5);

/// From how many days on that are left the operator is warned: two weeks. Certificates of 90 days are renewed when
/// 30 are left, so it has failed by then.
const DAYS_WARNING: i64 = 14;

const DAY: i64 = 86_400;

/// When no certificate is valid any more: the year 2286. Its verification fails, and the error tells until when the
/// certificate is.
const FAR_FUTURE: Duration = Duration::from_secs(9_999_999_999);

/// What is known of a certificate.
#[derive(Debug)]
struct Looked {
    verdict: Result<(), Error>,
    /// Until when it is valid, in seconds since 1970.
    until: Option<i64>,
}

/// Looks at the certificate of a URL.
pub(super) async fn diagnose(url: &str, now: Timestamp) -> Finding {
    let uri: Option<Uri> = url.parse().ok();
    let Some((host, port)) = uri.as_ref().and_then(https) else {
        let found = format!("{url} is no https URL, and LINE sends webhooks to none else");
        let remedy = "put a proxy with a certificate before the host, and give its URL as \
                      `server.public_url`";
        return Finding::warning(CHECK, found, remedy);
    };
    let name = host.clone();
    let looked = tokio::task::spawn_blocking(move || look(&host, port, now)).await;
    match looked {
        Ok(Ok(looked)) => judge(&name, &looked, now),
        Ok(Err(error)) => {
            let found = format!("{url} can't be reached from here: {error}");
            let remedy = "see that the name resolves and the proxy runs; if this machine may not \
                          reach its own public address, LINE's webhook test tells";
            Finding::warning(CHECK, found, remedy)
        }
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// The host and port of an HTTPS URL.
fn https(uri: &Uri) -> Option<(String, u16)> {
    if uri.scheme_str() != Some("https") {
        return None;
    }
    let host = uri.host()?.trim_matches(['[', ']']);
    Some((host.to_owned(), uri.port_u16().unwrap_or(443)))
}

fn judge(name: &str, looked: &Looked, now: Timestamp) -> Finding {
    let problem = |found: String, remedy: &str| Finding::problem(CHECK, found, remedy);
    match &looked.verdict {
        Ok(()) => {}
        Err(Error::InvalidCertificate(error)) => return invalid(name, error, looked.until, now),
        Err(error) => {
            let found = format!("no TLS connection can be made to {name}: {error}");
            return problem(found, "look at the proxy's configuration of TLS");
        }
    }
    let Some(until) = looked.until else {
        return Finding::ok(CHECK, format!("the certificate of {name} is valid"));
    };
    let days = (until - now.as_second()) / DAY;
    let found = format!("the certificate of {name} is valid for {days} more days");
    if days < DAYS_WARNING {
        return Finding::warning(CHECK, found, "see why it is not renewed");
    }
    Finding::ok(CHECK, found)
}

fn invalid(name: &str, error: &CertificateError, until: Option<i64>, now: Timestamp) -> Finding {
    let problem = |found: String, remedy: &str| Finding::problem(CHECK, found, remedy);
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let days = until.map_or(0, |until| (now.as_second() - until) / DAY);
            let found = format!("the certificate of {name} expired {days} days ago");
            problem(found, "renew it, and have the proxy read it again")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            let found = format!("the certificate of {name} is not valid yet");
            problem(found, "look at the machine's clock, or wait")
        }
        CertificateError::UnknownIssuer => {
            let found = format!("the certificate of {name} leads to no root that is known here");
            let remedy = "have the proxy send the whole chain (`fullchain.pem`), of an authority \
                          that browsers know";
            problem(found, remedy)
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let found = format!("the certificate is not for {name}");
            problem(
                found,
                "get one for this name, or correct `server.public_url`",
            )
        }
        error => problem(
            format!("the certificate of {name} is not valid: {error:?}"),
            "get another one",
        ),
    }
}

/// Connects, and takes the certificate.
fn look(host: &str, port: u16, now: Timestamp) -> io::Result<Looked> {
    let failed = |error: Error| io::Error::other(error);
    let addresses = (host, port).to_socket_addrs()?;
    let mut last = io::Error::other("the name has no address");
    let mut socket = None;
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(connected) => {
                socket = Some(connected);
                break;
            }
            Err(error) => last = error,
        }
    }
    let mut socket = socket.ok_or(last)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let inner = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
    let inner = inner.build().map_err(io::Error::other)?;
    let now = u64::try_from(now.as_second()).unwrap_or_default();
    let looker = Arc::new(Looker {
        inner,
        now: UnixTime::since_unix_epoch(Duration::from_secs(now)),
        looked: OnceLock::new(),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&looker) as _)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(failed)?;
    // The looker ends it.
    let ended = connection.complete_io(&mut socket);
    drop(connection);
    let looked = Arc::into_inner(looker).and_then(|it| it.looked.into_inner());
    match (looked, ended) {
        (Some(looked), _) => Ok(looked),
        (None, Err(error)) => Err(error),
        (None, Ok(_)) => Err(io::Error::other("it showed no certificate")),
    }
}

/// Looks at a certificate, and ends the connection.
#[derive(Debug)]
struct Looker {
    inner: Arc<WebPkiServerVerifier>,
    /// By the host's clock.
    now: UnixTime,
    looked: OnceLock<Looked>,
}

impl ServerCertVerifier for Looker {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = |at| {
            let verified = self
                .inner
                .verify_server_cert(certificate, chain, name, ocsp, at);
            verified.map(drop)
        };
        let until = match verify(UnixTime::since_unix_epoch(FAR_FUTURE)) {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext {
                not_after, ..
            })) => i64::try_from(not_after.as_secs()).ok(),
            _ => None,
        };
        let verdict = verify(self.now);
        // It is asked once.
        let _ = self.looked.set(Looked { verdict, until });
        Err(Error::General(String::from("the certificate is seen")))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
