//! Why the operator does not get what was asked for, as RFC 9457 has it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use botbox_line::error::with_causes;
use botbox_store::{RegistryError, StoreError};
use serde::Serialize;

use crate::config::DocumentProblem;
use crate::control::caller::Role;
use crate::control::error::{ControlError, ReloadError};

/// The most clients that follow at a time: an eighth of the listener's connections, so that the rest
/// of the API can always be reached.
pub(super) const FOLLOWERS: usize = 8;

/// Why the operator does not get what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// What was asked for is not right, in words for the operator.
    #[error("{0}")]
    BadRequest(String),
    /// It is not there, in words for the operator.
    #[error("{0}")]
    NotFound(String),
    #[error("{FOLLOWERS} clients follow already, the limit: end one of them")]
    TooManyFollowers,
    #[error("give the admin token as `Authorization: Bearer TOKEN`, once")]
    NoToken,
    #[error("too many requests came without the admin token; wait some seconds")]
    TooManyRefused,
    /// The token is right, and allows something else.
    #[error("the token {name:?} has the role `{}`, and this needs `{}`", .has.name(), .needs.name())]
    Forbidden {
        name: String,
        has: Role,
        needs: Role,
    },
    /// The token is a provider's, and this is the host's.
    #[error("the token {0:?} is for one provider, and this is for the host's tokens")]
    HostOnly(String),
    #[error("the host does not run: start it, and ask it")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Reload(#[from] ReloadError),
    #[error(transparent)]
    Control(#[from] ControlError),
}

/// What is wrong, for people and programs (RFC 9457).
#[derive(Serialize)]
struct Problem<'a> {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<KeyProblem<'a>>,
}

/// What is wrong with a key of the body.
#[derive(Serialize)]
struct KeyProblem<'a> {
    key: &'a str,
    detail: &'a str,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind, title) = self.kind();
        if status.is_server_error() && !matches!(self, Self::Stopped | Self::TooManyFollowers) {
            tracing::error!(why = with_causes(&self), "the host failed the operator");
        }
        let errors = match &self {
            Self::Control(ControlError::Invalid(problems)) => &problems[..],
            _ => &[],
        };
        let problem = Problem {
            kind,
            title,
            status: status.as_u16(),
            detail: detail(&self, errors),
            errors: errors.iter().map(KeyProblem::from).collect(),
        };
        // Texts and numbers.
        let mut body = serde_json::to_vec(&problem).unwrap_or_default();
        body.push(b'\n');
        let mut response = (status, body).into_response();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

impl<'a> From<&'a DocumentProblem> for KeyProblem<'a> {
    fn from(problem: &'a DocumentProblem) -> Self {
        Self {
            key: &problem.key,
            detail: &problem.what,
        }
    }
}

/// All that is wrong in one text, for who reads nothing else.
fn detail(refusal: &Refusal, errors: &[DocumentProblem]) -> String {
    let words = errors.iter().map(|it| match it.key.as_str() {
        "" => it.what.clone(),
        key => format!("{key}: {}", it.what),
    });
    match errors {
        [] => refusal.to_string(),
        _ => words.collect::<Vec<_>>().join("; "),
    }
}

impl Refusal {
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest(_) => BAD_REQUEST,
            Self::NotFound(_) => NOT_FOUND,
            Self::NoToken => (
                StatusCode::UNAUTHORIZED,
                "urn:botbox:unauthorized",
                "Unauthorized",
            ),
            Self::TooManyRefused => (
                StatusCode::TOO_MANY_REQUESTS,
                "urn:botbox:too-many-requests",
                "Too many requests",
            ),
            Self::Forbidden { .. } | Self::HostOnly(_) => {
                (StatusCode::FORBIDDEN, "urn:botbox:forbidden", "Forbidden")
            }
            Self::TooManyFollowers | Self::Stopped | Self::Store(_) => UNAVAILABLE,
            Self::Reload(ReloadError::Store(_)) => UNAVAILABLE,
            Self::Reload(_) => INVALID,
            Self::Control(error) => control_kind(error),
        }
    }
}

type Kind = (StatusCode, &'static str, &'static str);

const BAD_REQUEST: Kind = (
    StatusCode::BAD_REQUEST,
    "urn:botbox:bad-request",
    "Bad request",
);

const NOT_FOUND: Kind = (StatusCode::NOT_FOUND, "urn:botbox:not-found", "Not found");

const CONFLICT: Kind = (StatusCode::CONFLICT, "urn:botbox:conflict", "Conflict");

const INVALID: Kind = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "urn:botbox:invalid",
    "Not valid",
);

const UNAVAILABLE: Kind = (
    StatusCode::SERVICE_UNAVAILABLE,
    "urn:botbox:unavailable",
    "Unavailable",
);

fn control_kind(error: &ControlError) -> Kind {
    match error {
        ControlError::Refused(RegistryError::NotFound { .. }) => NOT_FOUND,
        ControlError::Refused(RegistryError::Stale { .. }) => (
            StatusCode::PRECONDITION_FAILED,
            "urn:botbox:stale",
            "Changed meanwhile",
        ),
        ControlError::Refused(RegistryError::Exists { .. } | RegistryError::InUse { .. })
        | ControlError::Configured { .. }
        | ControlError::Pinned(_) => CONFLICT,
        ControlError::Invalid(_)
        | ControlError::NotGranted(_)
        | ControlError::FailsAtStart(_)
        | ControlError::OtherDigest { .. } => INVALID,
        ControlError::Unloadable(error) if error.is_plugin_error() => INVALID,
        ControlError::Undeployable(error) if error.is_final() => INVALID,
        ControlError::Store(error) if error.is_refusal() => CONFLICT,
        ControlError::Unloadable(_)
        | ControlError::Undeployable(_)
        | ControlError::Store(_)
        | ControlError::NoRandom
        | ControlError::Unopened(_)
        | ControlError::Vault(_) => UNAVAILABLE,
    }
}
