//! How long tests wait.

use std::time::Duration;

/// How long the tests wait for what must come: much longer than it takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often the tests poll for what nothing notifies them of.
pub(crate) const POLL: Duration = Duration::from_millis(20);
