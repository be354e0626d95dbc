//! What the media of a channel may take of the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use botbox_runtime::ServiceError;

use super::files::on_disk;

/// Room for a file, taken of what the channel has. Given back when it is dropped.
pub(super) struct Room {
    used: Arc<AtomicU64>,
    limit: u64,
    taken: u64,
}

impl Room {
    pub(super) fn new(used: Arc<AtomicU64>, limit: u64) -> Result<Self, ServiceError> {
        let taken = 0;
        let mut room = Self { used, limit, taken };
        room.grow(0)?;
        Ok(room)
    }

    /// Takes what a file of `size` bytes needs.
    pub(super) fn grow(&mut self, size: u64) -> Result<(), ServiceError> {
        let more = on_disk(size).saturating_sub(self.taken);
        let grown = |used: u64| used.checked_add(more).filter(|&it| it <= self.limit);
        let grown = self
            .used
            .try_update(Ordering::Relaxed, Ordering::Relaxed, grown);
        grown.map_err(|used| {
            ServiceError::LimitReached(format!(
                "the channel's media have {used} bytes, and {more} more are too many; the limit \
                 is {}: delete some, or give them shorter lifetimes",
                self.limit
            ))
        })?;
        self.taken += more;
        Ok(())
    }

    /// Leaves the room to the file.
    pub(super) fn keep(mut self) {
        self.taken = 0;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.used.fetch_sub(self.taken, Ordering::Relaxed);
    }
}
