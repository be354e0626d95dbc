//! Memory for the events that wait, of all channels together.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of JSON in all events that wait or run: 128 MiB. Their parsed form beside it is
/// several times larger at worst.
pub(crate) const ROOM: usize = 128 << 20;

/// How much of the room is taken.
#[derive(Debug, Default)]
pub(crate) struct Room {
    taken: AtomicUsize,
}

impl Room {
    /// Takes `bytes` if they are there.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let taken = self
            .taken
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                Some(taken + bytes).filter(|&taken| taken <= ROOM)
            });
        taken.is_ok()
    }

    /// Gives back what was taken.
    pub(crate) fn give(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_there_is() {
        let room = Room::default();
        assert!(room.take(ROOM - 1));
        assert!(!room.take(2));
        assert!(room.take(1));
        room.give(ROOM);
        assert!(room.take(ROOM));
    }
}
