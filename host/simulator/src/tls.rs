//! HTTPS with a certificate of LINE's names and of this machine's, for SDKs in which LINE's hosts are fixed.
//!
//! The certificate is vouched for by an authority of the user's own, which can vouch for no other names: who
//! trusts it for development is not open to more than that.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// Whom the simulator is.
const NAMES: [&str; 7] = [
    "api.line.me",
    "api-data.line.me",
    "access.line.me",
    "manager.line.biz",
    "localhost",
    "127.0.0.1",
    "::1",
];

/// From when and until when an authority holds: it is made once, and trusted until it is thrown away.
const AUTHORITY_YEARS: (i32, i32) = (2025, 2075);

/// How long the server's certificate holds: less than the 825 days that Apple takes at most ("Requirements for
/// trusted certificates in iOS 13 and macOS 10.15"). It is made at each start.
const SERVER_YEARS: i32 = 2;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The key that was given is none, or nothing can be made of it.
    #[error(
        "cannot make a certificate: {0}; remove the authority's files, so that they are made anew"
    )]
    Certificate(#[from] rcgen::Error),
    /// TLS does not take it.
    #[error("cannot use the certificate")]
    Config(#[from] rustls::Error),
}

/// What vouches for the simulator's certificate.
pub struct Authority {
    key: KeyPair,
    certificate: Certificate,
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// Makes an authority with a new key.
    ///
    /// # Errors
    ///
    /// When the system has no random numbers.
    pub fn new() -> Result<Self, TlsError> {
        Self::with(KeyPair::generate()?)
    }

    /// The authority with a key of an earlier one, in PEM: who trusts that one trusts this one.
    ///
    /// # Errors
    ///
    /// When it is no key.
    pub fn of_key(pem: &str) -> Result<Self, TlsError> {
        Self::with(KeyPair::from_pem(pem)?)
    }

    fn with(key: KeyPair) -> Result<Self, TlsError> {
        let certificate = authority().self_signed(&key)?;
        Ok(Self { key, certificate })
    }

    /// What a client is to trust, in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        self.certificate.pem()
    }

    /// The key, in PEM: a secret of the machine.
    #[must_use]
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Answers as each of the names.
    pub(crate) fn acceptor(&self, now: Timestamp) -> Result<TlsAcceptor, TlsError> {
        botbox_line::tls::prepare();
        let key = KeyPair::generate()?;
        let issuer = Issuer::new(authority(), &self.key);
        let certificate = server(now)?.signed_by(&key, &issuer)?;
        let chain = vec![certificate.der().clone(), self.certificate.der().clone()];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "botbox simulator");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: permitted(),
        excluded_subtrees: Vec::new(),
    });
    with_years(params, AUTHORITY_YEARS)
}

/// Each name is an address or a domain.
fn permitted() -> Vec<GeneralSubtree> {
    let subtree = |name: &str| match name.parse() {
        Ok(address @ std::net::IpAddr::V4(_)) => {
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, 32))
        }
        Ok(address) => GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, 128)),
        Err(_) => GeneralSubtree::DnsName(name.to_owned()),
    };
    NAMES.into_iter().map(subtree).collect()
}

fn server(now: Timestamp) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(NAMES.map(String::from))?;
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "botbox simulator, in LINE's place");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let year = TimeZone::UTC.to_datetime(now).year().into();
    Ok(with_years(params, (year, year + SERVER_YEARS)))
}

fn with_years(mut params: CertificateParams, years: (i32, i32)) -> CertificateParams {
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    params
}
