//! Failures as errors of the WIT package.

use botbox_line::error;

use crate::bindings::botbox::line::errors::{CallError, ErrorDetail, ErrorKind};
use crate::governor::MemoryFull;
use crate::push_budget::BudgetError;
use crate::resources::{ContentError, ImageError, UploadError};
use crate::services::ServiceError;

pub(super) fn call_error(kind: ErrorKind, message: impl Into<String>) -> CallError {
    CallError {
        kind,
        message: message.into(),
        details: Vec::new(),
        request_id: None,
    }
}

impl From<botbox_line::Error> for CallError {
    fn from(error: botbox_line::Error) -> Self {
        Self {
            kind: match error.kind() {
                error::ErrorKind::Invalid => ErrorKind::Invalid,
                error::ErrorKind::RateLimited => ErrorKind::RateLimited,
                error::ErrorKind::QuotaExceeded => ErrorKind::QuotaExceeded,
                error::ErrorKind::NotFound => ErrorKind::NotFound,
                error::ErrorKind::Expired => ErrorKind::Expired,
                error::ErrorKind::Unavailable => ErrorKind::Unavailable,
                error::ErrorKind::Other => ErrorKind::Other,
            },
            message: error::with_causes(&error),
            request_id: error.request_id().map(str::to_owned),
            details: match error {
                botbox_line::Error::Response(response) => response
                    .details
                    .into_iter()
                    .map(|it| ErrorDetail {
                        message: it.message,
                        property: it.property,
                    })
                    .collect(),
                _ => Vec::new(),
            },
        }
    }
}

impl From<ServiceError> for CallError {
    fn from(error: ServiceError) -> Self {
        let kind = match error {
            ServiceError::Invalid(_) => ErrorKind::Invalid,
            ServiceError::LimitReached(_) => ErrorKind::QuotaExceeded,
            ServiceError::RateLimited(_) => ErrorKind::RateLimited,
            ServiceError::NotConfigured(_) => ErrorKind::Denied,
            ServiceError::Unavailable => ErrorKind::Unavailable,
        };
        call_error(kind, error.to_string())
    }
}

impl From<MemoryFull> for CallError {
    fn from(error: MemoryFull) -> Self {
        call_error(ErrorKind::Unavailable, error.to_string())
    }
}

impl From<BudgetError> for CallError {
    fn from(error: BudgetError) -> Self {
        let kind = match error {
            BudgetError::Line(error) => return error.into(),
            BudgetError::Uncountable(_) | BudgetError::Spent { .. } => ErrorKind::QuotaExceeded,
            BudgetError::Unavailable => ErrorKind::Unavailable,
        };
        call_error(kind, error.to_string())
    }
}

impl From<ContentError> for CallError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Line(error) => error.into(),
            ContentError::Memory(error) => error.into(),
            ContentError::Broken => call_error(ErrorKind::Invalid, error.to_string()),
        }
    }
}

impl From<ImageError> for CallError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Line(error) => error.into(),
            ImageError::Memory(error) => error.into(),
            ImageError::Sent | ImageError::TooLarge(_) => {
                call_error(ErrorKind::Invalid, error.to_string())
            }
        }
    }
}

impl From<UploadError> for CallError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Service(error) => error.into(),
            UploadError::Memory(error) => error.into(),
            UploadError::Ended | UploadError::TooLarge(_) => {
                call_error(ErrorKind::Invalid, error.to_string())
            }
        }
    }
}
