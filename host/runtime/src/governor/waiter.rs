//! A channel's place in the queue of a pool.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::pool::Pool;
use super::share::Share;
use super::slot::Slot;

/// Waits for slots of a pool, for a channel. When it is dropped, it gives back what was granted
/// and not taken.
pub struct Waiter {
    pool: Arc<Pool>,
    share: Share,
    id: u64,
}

impl Waiter {
    /// Joins the queue, and wants nothing yet.
    pub(crate) fn join(pool: &Arc<Pool>, share: Share) -> Self {
        let id = pool.allocator().join(share);
        let pool = Arc::clone(pool);
        Self { pool, share, id }
    }

    /// Waits for one slot.
    pub(crate) async fn one(pool: &Arc<Pool>, share: Share) -> Slot {
        let mut waiter = Self::join(pool, share);
        loop {
            waiter.want(1);
            if let Some(slot) = waiter.granted().await.pop() {
                return slot;
            }
        }
    }

    /// Sets how many are wanted, including those that were granted and are not taken yet.
    pub fn want(&mut self, count: usize) {
        let (share, id) = (self.share, self.id);
        let mut unused = Vec::new();
        self.pool
            .change(|allocator, now| unused = allocator.want(share, id, count, now));
        let slot = |grant| Slot::new(&self.pool, share, id, grant);
        unused.into_iter().map(slot).for_each(Slot::release_unused);
    }

    /// Its turns.
    #[must_use]
    pub fn turns(&self) -> Turns {
        Turns {
            pool: Arc::clone(&self.pool),
            share: self.share,
            waiter: self.id,
        }
    }

    /// Waits for the first of those that are wanted, and takes all that are granted by then. The
    /// others are still wanted.
    pub async fn granted(&mut self) -> Vec<Slot> {
        let granted = poll_fn(|context| {
            let granted = self.pool.allocator().granted(self.id, context.waker());
            granted.map_or(Poll::Pending, Poll::Ready)
        });
        let slot = |grant| Slot::new(&self.pool, self.share, self.id, grant);
        granted.await.into_iter().map(slot).collect()
    }
}

/// The turns of a [`Waiter`]: how many of the slots that it took are held at a time. A slot gives its turn back
/// as it comes free. Clones are the same ones.
#[derive(Clone)]
pub struct Turns {
    pool: Arc<Pool>,
    share: Share,
    waiter: u64,
}

/// A turn that is taken, until it is dropped.
pub struct HeldTurn(Turns);

impl Turns {
    /// Sets how many there are; without it, nothing limits them. What is taken stays taken.
    pub fn limit(&self, count: usize) {
        self.pool
            .change(|allocator, now| allocator.limit(self.share, self.waiter, count, now));
    }

    /// Takes one at once, be there one or not. While more are taken than there are, no slot is granted.
    #[must_use]
    pub fn take(&self) -> HeldTurn {
        self.pool
            .change(|allocator, now| allocator.take_turn(self.share, self.waiter, now));
        HeldTurn(self.clone())
    }
}

impl Drop for HeldTurn {
    fn drop(&mut self) {
        let Turns {
            pool,
            share,
            waiter,
        } = &self.0;
        pool.change(|allocator, now| allocator.release_turn(*share, *waiter, now));
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.want(0);
        self.pool.allocator().leave(self.id);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::governor::Provider;

    /// Each that goes away hands what it got to the next one.
    #[test]
    fn many_who_wait_may_go_away() {
        let pool = Pool::new(1, 0, 0);
        let provider = Provider::new(1);
        let held = Waiter::one(&pool, provider.channel(1))
            .now_or_never()
            .unwrap();
        let waiters: Vec<_> = (0..28_000)
            .map(|_| {
                let mut waiter = Waiter::join(&pool, provider.channel(1));
                waiter.want(1);
                waiter
            })
            .collect();
        drop(held);
        drop(waiters);
        assert!(
            Waiter::one(&pool, provider.channel(1))
                .now_or_never()
                .is_some()
        );
    }

    #[test]
    fn what_is_granted_is_taken_at_once_and_the_rest_still_wanted() {
        let pool = Pool::new(3, 0, 0);
        let share = Provider::new(1).channel(1);
        let mut waiter = Waiter::join(&pool, share);
        waiter.want(5);
        let mut slots = waiter.granted().now_or_never().unwrap();
        assert_eq!(slots.len(), 3);
        assert!(waiter.granted().now_or_never().is_none());
        drop(slots.pop());
        drop(slots.pop());
        assert_eq!(waiter.granted().now_or_never().unwrap().len(), 2);
        waiter.want(0);
        drop(slots);
        assert!(Waiter::one(&pool, share).now_or_never().is_some());
    }

    #[test]
    fn a_waiter_has_as_many_slots_as_turns() {
        let pool = Pool::new(8, 0, 0);
        let share = Provider::new(1).channel(1);
        let mut waiter = Waiter::join(&pool, share);
        let turns = waiter.turns();
        turns.limit(2);
        waiter.want(5);
        let mut slots = waiter.granted().now_or_never().unwrap();
        assert_eq!(slots.len(), 2);
        let turn = turns.take();
        drop(slots.pop());
        assert!(waiter.granted().now_or_never().is_none(), "it is taken");
        drop(turn);
        slots.extend(waiter.granted().now_or_never().unwrap());
        assert_eq!(slots.len(), 2);
        turns.limit(3);
        slots.extend(waiter.granted().now_or_never().unwrap());
        assert_eq!(slots.len(), 3);
        // Those beyond are given up as they come back.
        turns.limit(1);
        slots.truncate(1);
        assert!(waiter.granted().now_or_never().is_none());
        // Who does not ask with this waiter needs no turn of it.
        assert!(Waiter::one(&pool, share).now_or_never().is_some());
        slots.clear();
        assert_eq!(waiter.granted().now_or_never().unwrap().len(), 1);
    }
}
