//! The room on the disk that a medium takes, of what its channel may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use botbox_runtime::ServiceError;

use super::files::on_disk;

/// Room that is reserved for a file, and free again when it is dropped.
pub(super) struct Reservation {
    used: Arc<AtomicU64>,
    limit: u64,
    taken: u64,
}

impl Reservation {
    pub(super) fn new(used: Arc<AtomicU64>, limit: u64) -> Result<Self, ServiceError> {
        let taken = 0;
        let mut reservation = Self { used, limit, taken };
        reservation.grow(0)?;
        Ok(reservation)
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
    pub(super) fn commit(mut self) {
        self.taken = 0;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.used.fetch_sub(self.taken, Ordering::Relaxed);
    }
}
