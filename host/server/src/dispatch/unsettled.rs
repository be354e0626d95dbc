//! Outcomes that wait for the journal.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most outcomes of all channels that wait for the journal without a turn of their channel: 1,024,
/// what a busy host has within one sync. When the disk is full or slow, each channel has as many more as
/// it has turns, and no more: they are in memory.
const UNSETTLED: usize = 1_024;

/// Room for outcomes that wait without a turn of their channel. Clones share it.
#[derive(Clone)]
pub(super) struct Unsettled(Arc<Semaphore>);

impl Unsettled {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(UNSETTLED)))
    }

    /// What an outcome holds until the journal has it: room, and its channel's turn is free at once; or the
    /// turn where there is no room.
    pub(super) fn hold(&self, turn: OwnedSemaphorePermit) -> OwnedSemaphorePermit {
        let room = Arc::clone(&self.0).try_acquire_owned();
        room.unwrap_or(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A channel with one turn.
    fn channel() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(1))
    }

    fn turn(channel: &Arc<Semaphore>) -> OwnedSemaphorePermit {
        Arc::clone(channel).try_acquire_owned().unwrap()
    }

    #[test]
    fn an_outcome_keeps_its_own_channels_turn_when_too_many_wait() {
        let unsettled = Unsettled(Arc::new(Semaphore::new(2)));
        let (busy, other) = (channel(), channel());
        let waiting = [(); 2].map(|()| unsettled.hold(turn(&busy)));
        assert_eq!(busy.available_permits(), 1, "its turn is free meanwhile");
        let further = unsettled.hold(turn(&busy));
        assert_eq!(busy.available_permits(), 0, "one more has no room");
        let others = unsettled.hold(turn(&other));
        assert_eq!(other.available_permits(), 0, "room is all channels'");
        drop(others);
        assert_eq!(other.available_permits(), 1, "and turns are each one's own");
        drop(waiting);
        assert_eq!(busy.available_permits(), 0, "it has what it took");
        drop(further);
        assert_eq!(busy.available_permits(), 1);
        let again = unsettled.hold(turn(&busy));
        assert_eq!(busy.available_permits(), 1, "there is room again");
        drop(again);
    }
}
