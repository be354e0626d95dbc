//! Why the operator does not get what was asked for, as RFC 9457 has it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use botbox_line::error::with_causes;
use botbox_store::{RegistryError, StoreError};

use super::description::{Answer, Operation};
use super::problem::{KeyProblem, Problem};
use crate::config::DocumentProblem;
use crate::control::caller::Role;
use crate::control::error::{ControlError, ReloadError};
use crate::control::uploads::TooManyUploads;

/// Why the operator does not get what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// What was asked for is not right, in words for the operator.
    #[error("{0}")]
    BadRequest(String),
    /// It is not there, in words for the operator.
    #[error("{0}")]
    NotFound(String),
    #[error("there is nothing at this path: /v1/openapi.json describes what there is")]
    NoRoute,
    #[error("this path does not take the method: /v1/openapi.json describes what there is")]
    NoMethod,
    #[error("the body has more than {0} bytes, the limit")]
    TooLarge(usize),
    #[error("{whose} have {limit} streams already, the limit: end one of them")]
    TooManyStreams { limit: usize, whose: &'static str },
    #[error(transparent)]
    TooManyUploads(#[from] TooManyUploads),
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

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind, title) = self.kind();
        if status.is_server_error()
            && !matches!(
                self,
                Self::Stopped | Self::TooManyStreams { .. } | Self::TooManyUploads(_)
            )
        {
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
        problem.into_response()
    }
}

impl From<&DocumentProblem> for KeyProblem {
    fn from(problem: &DocumentProblem) -> Self {
        Self {
            key: problem.key.clone(),
            detail: problem.what.clone(),
        }
    }
}

/// Whatever may be refused may be for want of the store.
impl<A: Answer> Answer for Result<A, Refusal> {
    fn describe(operation: &mut Operation<'_>) {
        A::describe(operation);
        let unwell = "The host does not run, its store is not well, or too many clients follow.";
        operation.refuses(StatusCode::SERVICE_UNAVAILABLE, unwell);
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
            Self::NotFound(_) | Self::NoRoute => NOT_FOUND,
            Self::NoMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "urn:botbox:method-not-allowed",
                "Method not allowed",
            ),
            Self::TooLarge(_) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "urn:botbox:too-large",
                "Too large",
            ),
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
            Self::TooManyStreams { .. }
            | Self::TooManyUploads(_)
            | Self::Stopped
            | Self::Store(_) => UNAVAILABLE,
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
