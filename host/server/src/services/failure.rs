//! How a failure of the host's own store or disk is told.

use std::error::Error;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use botbox_line::error::with_causes;
use botbox_line::log_rate::LogRate;
use botbox_runtime::ServiceError;

/// How often it is logged: when the disk is full, each plugin's each call fails.
static FAILURES: LazyLock<Arc<LogRate>> = LazyLock::new(|| {
    LogRate::new(5, Duration::from_secs(60), |more| {
        tracing::error!(more, "services of the host failed more often in 60 s");
    })
});

/// Tells the operator why the host fails, and the plugin only that it does.
pub(crate) fn unavailable(error: impl Error) -> ServiceError {
    if FAILURES.passes(1) {
        tracing::error!(why = with_causes(&error), "a service of the host failed");
    }
    ServiceError::Unavailable
}
