//! How a failure of the host's own store or disk is told.

use std::error::Error;

use botbox_runtime::ServiceError;

/// Tells the operator why the host fails, and the plugin only that it does.
pub(crate) fn unavailable(error: impl Error) -> ServiceError {
    tracing::error!(
        why = botbox_line::error::with_causes(&error),
        "a service of the host failed"
    );
    ServiceError::Unavailable
}
