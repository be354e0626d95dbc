//! Outcomes that wait for the journal.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most outcomes of all channels that wait for the journal without a turn of their channel: 1,024,
/// what a busy host has within one sync. When the disk is full or slow, each channel has as many more as
/// it has turns, and those of the events that had begun by then: they are in memory.
const UNSETTLED: usize = 1_024;

/// Room for outcomes that wait without a turn of their channel. Clones share it.
#[derive(Clone)]
pub(super) struct Unsettled(Arc<Semaphore>);

/// What an outcome holds until the journal has it.
pub(super) enum Held<T> {
    Room { _room: OwnedSemaphorePermit },
    Turn { _turn: T },
}

impl Unsettled {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(UNSETTLED)))
    }

    /// Holds room for an outcome, or one of its channel's turns where there is no room.
    pub(super) fn hold<T>(&self, take_turn: impl FnOnce() -> T) -> Held<T> {
        match Arc::clone(&self.0).try_acquire_owned() {
            Ok(room) => Held::Room { _room: room },
            Err(_) => Held::Turn { _turn: take_turn() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_takes_its_own_channels_turn_when_too_many_wait() {
        let unsettled = Unsettled(Arc::new(Semaphore::new(2)));
        let [busy, other] = [(), ()].map(Arc::new);
        let taken = |channel| Arc::strong_count(channel) - 1;
        let hold = |channel| unsettled.hold(|| Arc::clone(channel));
        let waiting = [&busy; 2].map(hold);
        assert_eq!(taken(&busy), 0, "there is room");
        let further = hold(&busy);
        assert_eq!(taken(&busy), 1, "one more has no room");
        let others = hold(&other);
        assert_eq!(taken(&other), 1, "room is all channels'");
        drop(others);
        assert_eq!(taken(&other), 0, "and turns are each one's own");
        drop(waiting);
        assert_eq!(taken(&busy), 1, "it has what it took");
        drop(further);
        assert_eq!(taken(&busy), 0);
        let again = hold(&busy);
        assert_eq!(taken(&busy), 0, "there is room again");
        drop(again);
    }
}
