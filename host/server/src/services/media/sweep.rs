//! Removes expired media.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;

use super::Media;
use super::files::{blocking, remove};
use super::name::Name;

/// How often expired files are looked for: every 10 minutes. Nobody gets them meanwhile.
const SWEEP: Duration = Duration::from_secs(600);

/// The most files of a channel that are removed at a time, so that others are not kept from the
/// disk.
const SWEEP_FILES: usize = 1_000;

/// Removes expired files of all `channels` that there are at a time, for ever.
pub(crate) async fn sweep(channels: impl Fn() -> Vec<Arc<Media>>, clock: Clock) {
    loop {
        for media in channels() {
            if let Err(error) = blocking(move || media.remove_expired()).await {
                tracing::warn!(%error, "cannot remove expired media");
            }
        }
        clock.sleep(SWEEP).await;
    }
}

impl Media {
    /// Removes some expired files.
    pub(super) fn remove_expired(&self) -> io::Result<()> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_str().and_then(|it| it.parse().ok());
            if name.is_some_and(|name: Name| self.time_left(&name).is_zero()) {
                // One that can't be removed must not keep the others.
                if let Err(error) = remove(&entry.path(), &self.used) {
                    let path = entry.path();
                    tracing::warn!(path = %path.display(), %error, "cannot remove a medium");
                    continue;
                }
                removed += 1;
            }
            if removed == SWEEP_FILES {
                break;
            }
        }
        Ok(())
    }
}
