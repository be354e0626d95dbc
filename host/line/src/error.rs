//! Why a call to the Messaging API failed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::lenient::or_default;
use crate::memory::NoMemory;
use crate::operation::Rate;

/// Why a call to the Messaging API failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// LINE answered with an error status.
    #[error("{operation}: LINE answered {0}", operation = .0.operation)]
    Response(Box<ErrorResponse>),
    /// LINE could not be reached, did not answer in time, or broke its answer off.
    #[error("{operation}: no complete answer from LINE")]
    NoResponse {
        /// The operation that was called.
        operation: &'static str,
        /// What went wrong.
        #[source]
        source: reqwest::Error,
    },
    /// LINE answered with success, but not with JSON: something on the way answered in its place.
    #[error("{operation}: LINE's answer is not JSON: {excerpt:?}")]
    NotJson {
        /// The operation that was called.
        operation: &'static str,
        /// The beginning of the answer.
        excerpt: String,
        /// LINE's id of the request.
        request_id: Option<String>,
    },
    /// LINE answered with success, but not what it documents. It would answer the same again.
    #[error("{operation}: LINE's answer can't be read: {reason}")]
    Unreadable {
        /// The operation that was called.
        operation: &'static str,
        /// What is wrong with the answer.
        reason: String,
        /// LINE's id of the request.
        request_id: Option<String>,
    },
    /// An argument that LINE can't accept, so that it was not asked.
    #[error("{argument} is not valid: {reason}")]
    Argument {
        /// Which argument.
        argument: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// More calls than LINE takes (LINE reference, "Rate limits"), so that it was not asked.
    #[error(
        "{operation}: LINE takes {calls} calls in {period} s; the next is possible in {next:.1} s",
        calls = .rate.calls, period = .rate.period.as_secs(), next = .next.as_secs_f64()
    )]
    RateLimited {
        /// The operation that was called.
        operation: &'static str,
        /// How often it may be called.
        rate: Rate,
        /// When the next call is possible.
        next: Duration,
    },
    /// The channel has no access token to call with.
    #[error("the channel has no access token")]
    NoToken(#[source] Arc<TokenError>),
    /// There is no memory for the request, or for its response.
    #[error("{why}")]
    NoMemory {
        /// Whether the request was sent.
        is_sent: bool,
        /// What whoever counts the memory says.
        why: NoMemory,
    },
    /// A content is larger than what the host fetches.
    #[error("the content is larger than {limit} bytes, the most that is fetched")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// LINE did not finish preparing a content.
    #[error("the content was not ready after {} s; try again later", .waited.as_secs())]
    NotReady {
        /// How long it was waited for.
        waited: Duration,
    },
    /// LINE failed to prepare a content.
    #[error("LINE could not prepare the content")]
    PreparationFailed,
}

/// Why a channel has no access token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// LINE refuses to issue one.
    #[error("LINE refuses to issue one: check the channel's {credentials}")]
    Refused {
        /// By what LINE knows the channel.
        credentials: &'static str,
        /// What LINE answered.
        #[source]
        source: Error,
    },
    /// The channel has as many as LINE allows.
    #[error(
        "the channel has {live} valid v2.1 tokens, and LINE issues no more than {limit}: revoke \
         those that nobody uses, or issue stateless tokens until some have expired"
    )]
    TooMany {
        /// How many are valid.
        live: usize,
        /// How many may be.
        limit: usize,
    },
    /// None can be had at this time.
    #[error("LINE issues none at this time; it is tried again")]
    Unavailable(#[source] Error),
}

impl TokenError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { .. } | Self::TooMany { .. } => ErrorKind::Other,
            Self::Unavailable(error) if error.kind() == ErrorKind::RateLimited => {
                ErrorKind::RateLimited
            }
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }
}

/// A response with an error status.
#[derive(Debug)]
pub struct ErrorResponse {
    /// The operation that was called.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// LINE's message, or the beginning of an answer that is not LINE's JSON.
    pub message: String,
    /// What is wrong with which part of the request.
    pub details: Vec<Detail>,
    /// LINE's id of the request.
    pub request_id: Option<String>,
}

/// What is wrong with one part of a request.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Detail {
    /// What is wrong.
    #[serde(deserialize_with = "or_default")]
    pub message: String,
    /// Where: a path such as `messages[0].text`.
    #[serde(deserialize_with = "or_default")]
    pub property: String,
}

/// What a program can do about an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorKind {
    /// Correct the request.
    Invalid,
    /// Wait, then try again.
    RateLimited,
    /// Wait for the next month, or buy more messages.
    QuotaExceeded,
    /// Nothing: what was asked for is not there.
    NotFound,
    /// Nothing: the reply token is used or expired.
    Expired,
    /// Try again later.
    Unavailable,
    /// Look at the message.
    Other,
}

impl Error {
    /// What a program can do about it. LINE may change its messages, so the status decides, but
    /// where one status stands for two things.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Response(response) => response.kind(),
            Self::NoResponse { .. }
            | Self::NotJson { .. }
            | Self::NotReady { .. }
            | Self::NoMemory { .. } => ErrorKind::Unavailable,
            Self::Argument { .. } => ErrorKind::Invalid,
            Self::RateLimited { .. } => ErrorKind::RateLimited,
            Self::NoToken(error) => error.kind(),
            Self::PreparationFailed => ErrorKind::NotFound,
            Self::Unreadable { .. } | Self::TooLarge { .. } => ErrorKind::Other,
        }
    }

    /// Whether LINE certainly did nothing: it refused the request, or was not reached. A send that was
    /// refused after an attempt whose outcome is not known has that attempt's error, so it is no refusal.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Response(response) if response.status < 500) || self.is_unsent()
    }

    /// Whether the request certainly did not reach LINE.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        match self {
            Self::NoResponse { source, .. } => source.is_connect(),
            Self::Argument { .. } | Self::RateLimited { .. } | Self::NoToken(_) => true,
            Self::NoMemory { is_sent, .. } => !is_sent,
            _ => false,
        }
    }

    /// LINE's `x-line-request-id`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Response(response) => response.request_id.as_deref(),
            Self::NotJson { request_id, .. } | Self::Unreadable { request_id, .. } => {
                request_id.as_deref()
            }
            Self::NoResponse { .. }
            | Self::Argument { .. }
            | Self::RateLimited { .. }
            | Self::NoToken(_)
            | Self::NoMemory { .. }
            | Self::TooLarge { .. }
            | Self::NotReady { .. }
            | Self::PreparationFailed => None,
        }
    }
}

impl ErrorResponse {
    fn kind(&self) -> ErrorKind {
        let says = |words: &str| self.message.to_ascii_lowercase().contains(words);
        match self.status {
            400 if says("reply token") => ErrorKind::Expired,
            400 | 413 | 415 | 422 => ErrorKind::Invalid,
            404 | 410 => ErrorKind::NotFound,
            429 if says("monthly limit") => ErrorKind::QuotaExceeded,
            429 => ErrorKind::RateLimited,
            500..=599 => ErrorKind::Unavailable,
            _ => ErrorKind::Other,
        }
    }

    /// LINE's message and its details, in one text.
    pub(crate) fn explanation(&self) -> String {
        let details = self.details.iter();
        let details = details.map(|Detail { message, property }| format!("{property}: {message}"));
        let message = (!self.message.is_empty()).then(|| self.message.clone());
        message
            .into_iter()
            .chain(details)
            .collect::<Vec<_>>()
            .join("; ")
    }
}

impl fmt::Display for ErrorResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.status)?;
        if !self.message.is_empty() || !self.details.is_empty() {
            write!(formatter, ": {}", self.explanation())?;
        }
        Ok(())
    }
}

/// An error's message, followed by those of its causes.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    message
}
