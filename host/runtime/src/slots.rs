//! The slots of the engine's pool, shared between channels by weight.
//!
//! Each channel has a clock that goes on by one over its weight with each slot that it gets. While
//! there are fewer slots than are asked for, the channel whose clock is furthest behind gets the
//! next one (stride scheduling; Waldspurger and Weihl, 1995). So a channel with a million events
//! gets no more than its share, and one with a single event gets the next slot.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// What a slot costs a channel of the weight 1, on its clock.
const STRIDE: u64 = 1 << 20;

/// The largest weight of a channel: 1,000.
pub const WEIGHT_MAX: u32 = 1_000;

/// The slots of a runtime.
pub(crate) struct Slots {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    free: u32,
    /// Where the clocks of the channels are that got slots last.
    clock: u64,
    /// By their channel's clock, then in order of asking.
    waiting: BTreeMap<(u64, u64), oneshot::Sender<Slot>>,
    asked: u64,
}

/// A channel's share of the slots.
#[derive(Debug)]
pub struct Share {
    stride: u64,
    /// Set by whoever has the slots' state.
    clock: AtomicU64,
}

/// Room for one instance, until it is dropped.
pub struct Slot {
    slots: Arc<Slots>,
}

impl Share {
    /// A share of this weight: from 1 to [`WEIGHT_MAX`], else the nearest of them.
    #[must_use]
    pub fn new(weight: u32) -> Self {
        Self {
            stride: STRIDE / u64::from(weight.clamp(1, WEIGHT_MAX)),
            clock: AtomicU64::default(),
        }
    }

    /// Where the channel's clock is, and goes on from. One that asked for nothing in the meantime
    /// has saved nothing up.
    fn tick(&self, now: u64) -> u64 {
        let at = now.max(self.clock.load(Ordering::Relaxed));
        self.clock.store(at + self.stride, Ordering::Relaxed);
        at
    }
}

impl Slots {
    pub(crate) fn new(count: u32) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                free: count,
                ..State::default()
            }),
        })
    }

    /// Waits for a slot.
    pub(crate) async fn take(self: &Arc<Self>, share: &Share) -> Slot {
        loop {
            let granted = {
                let mut state = self.state();
                if let Some(slot) = state.take(self, share) {
                    return slot;
                }
                let (grant, granted) = oneshot::channel();
                let place = (share.tick(state.clock), state.asked);
                state.asked += 1;
                state.waiting.insert(place, grant);
                granted
            };
            // Nobody drops a grant; if somebody did, there would be another.
            if let Ok(slot) = granted.await {
                return slot;
            }
        }
    }

    /// A slot, if one is free and nobody waits for it.
    pub(crate) fn try_take(self: &Arc<Self>, share: &Share) -> Option<Slot> {
        self.state().take(self, share)
    }

    /// Hands a slot on to who is next, or keeps it.
    fn give_back(self: &Arc<Self>) {
        let next = {
            let mut state = self.state();
            let Some(((clock, _), next)) = state.waiting.pop_first() else {
                state.free += 1;
                return;
            };
            state.clock = state.clock.max(clock);
            next
        };
        // If whoever waited has gone away, the slot is dropped, and comes back here.
        let _ = next.send(Slot {
            slots: Arc::clone(self),
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, slots: &Arc<Slots>, share: &Share) -> Option<Slot> {
        if self.free == 0 {
            return None;
        }
        self.free -= 1;
        self.clock = self.clock.max(share.tick(self.clock));
        Some(Slot {
            slots: Arc::clone(slots),
        })
    }
}

impl Slot {
    /// Gives it back unused. The share is not charged for it.
    pub fn forgo(self, share: &Share) {
        let state = self.slots.state();
        share.clock.fetch_sub(share.stride, Ordering::Relaxed);
        drop(state);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.give_back();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// How many of `count` slots each of the shares gets, when all always want one.
    async fn contest(shares: &[Share], count: usize) -> Vec<usize> {
        let slots = Slots::new(1);
        let mut got = vec![0; shares.len()];
        let mut held = slots.take(&shares[0]).await;
        let mut asked: Vec<_> = shares
            .iter()
            .map(|share| Box::pin(slots.take(share)))
            .collect();
        for future in &mut asked {
            assert!(future.now_or_never().is_none());
        }
        for _ in 0..count {
            drop(held);
            let (slot, winner, _) = futures_util::future::select_all(asked.iter_mut()).await;
            held = slot;
            got[winner] += 1;
            asked[winner] = Box::pin(slots.take(&shares[winner]));
            assert!((&mut asked[winner]).now_or_never().is_none());
        }
        got
    }

    #[tokio::test]
    async fn slots_are_shared_by_weight() {
        let shares = [Share::new(1), Share::new(3), Share::new(6)];
        let got = contest(&shares, 1_000).await;
        for (got, expected) in got.into_iter().zip([100, 300, 600]) {
            assert!(got.abs_diff(expected) <= 2, "{got} of {expected}");
        }
    }

    #[tokio::test]
    async fn who_comes_back_is_next_and_has_saved_nothing_up() {
        let shares = [Share::new(1), Share::new(1)];
        let (busy, calm) = (&shares[0], &shares[1]);
        let slots = Slots::new(1);
        for _ in 0..1_000 {
            drop(slots.take(busy).await);
        }
        let held = slots.take(busy).await;
        let mut first = Box::pin(slots.take(busy));
        let mut second = Box::pin(slots.take(calm));
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        drop(held);
        drop(second.await);
        drop(first.await);
        let got = contest(&shares, 100).await;
        assert!(got[0].abs_diff(got[1]) <= 2, "{got:?}");
    }

    #[tokio::test]
    async fn who_goes_away_leaves_the_slot_to_others() {
        let share = Share::new(1);
        let slots = Slots::new(1);
        let held = slots.take(&share).await;
        assert!(slots.try_take(&share).is_none());
        let mut gone = Box::pin(slots.take(&share));
        let mut patient = Box::pin(slots.take(&share));
        assert!((&mut gone).now_or_never().is_none());
        assert!((&mut patient).now_or_never().is_none());
        drop(gone);
        drop(held);
        drop(patient.await);
        assert!(slots.try_take(&share).is_some());
    }
}
