//! What all parts of the benchmark go by.

use std::time::Duration;

/// The argument that makes this program the plain native bot.
pub(crate) const PLAIN_BOT: &str = "plain-bot";

/// How long to wait for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Where the bots have their data: beside what was built, because the system's folder for
/// temporary files is in memory on many machines, where a sync costs nothing.
pub(crate) const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
