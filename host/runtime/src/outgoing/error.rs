//! Failures, in the words of `wasi:http`.

use std::io;

use wasmtime_wasi_http::Error;

/// Why a name has no address to connect to.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    #[error("the name can't be resolved")]
    Failed(#[source] io::Error),
    #[error("the name stands for no public address")]
    NotPublic,
}

/// What a request or a response failed with.
pub(super) fn of(failed: &reqwest::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(failed);
    while let Some(error) = cause {
        if let Some(known) = known(error) {
            return known;
        }
        cause = error.source();
    }
    match failed.is_timeout() {
        true if failed.is_connect() => Error::ConnectionTimeout,
        true => Error::ConnectionReadTimeout,
        false if failed.is_connect() => Error::DestinationUnavailable,
        false => Error::HttpProtocolError,
    }
}

fn known(error: &(dyn std::error::Error + 'static)) -> Option<Error> {
    if let Some(error) = error.downcast_ref::<ResolveError>() {
        return Some(match error {
            ResolveError::NotPublic => Error::DestinationIpProhibited,
            ResolveError::Failed(_) => Error::DnsError {
                rcode: None,
                info_code: None,
            },
        });
    }
    // The plugin's body, which broke off or is too large.
    if let Some(Error::HttpRequestBodySize(limit)) = error.downcast_ref() {
        return Some(Error::HttpRequestBodySize(*limit));
    }
    let error = error.downcast_ref::<io::Error>()?;
    // An I/O error is not the source of what it wraps, but holds it.
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(_)) => Some(Error::TlsCertificateError),
        Some(_) => Some(Error::TlsProtocolError),
        None => match error.kind() {
            io::ErrorKind::ConnectionRefused => Some(Error::ConnectionRefused),
            io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => {
                Some(Error::ConnectionTerminated)
            }
            _ => None,
        },
    }
}
