//! Why a request failed.

use std::fmt;

/// Why a request to the web brought no usable response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The channel's grants do not list the URL's origin.
    Denied {
        /// Scheme, host and port.
        origin: String,
    },
    /// The request can't be sent as it is.
    Invalid {
        /// What is wrong.
        why: String,
    },
    /// The server did not answer, or stopped in the middle.
    Unavailable {
        /// The URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// Another try would fail, too: the address is not allowed, or the response is too large, say.
    Failed {
        /// The URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// The server answered with a status that is no success.
    Status {
        /// The URL.
        url: String,
        /// The status.
        status: u16,
        /// How the response's body begins.
        body: String,
    },
    /// The response's body is not what it should be.
    Body {
        /// The URL.
        url: String,
        /// What is wrong.
        why: String,
    },
}

impl Error {
    /// Whether another try may succeed.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unavailable { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..),
            Self::Denied { .. }
            | Self::Invalid { .. }
            | Self::Failed { .. }
            | Self::Body { .. } => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { origin } => write!(
                f,
                "{origin} is not among the channel's grants: add {{ http = [\"{origin}\"] }}"
            ),
            Self::Invalid { why } => f.write_str(why),
            Self::Unavailable { url, why } => write!(f, "{url} does not answer: {why}"),
            Self::Failed { url, why } => write!(f, "the request to {url} failed: {why}"),
            Self::Status { url, status, body } if body.is_empty() => {
                write!(f, "{url} answers {status}")
            }
            Self::Status { url, status, body } => write!(f, "{url} answers {status}: {body}"),
            Self::Body { url, why } => write!(f, "the answer of {url} is not understood: {why}"),
        }
    }
}

impl std::error::Error for Error {}
