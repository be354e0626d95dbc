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
        self.pool
            .change(|allocator, now| allocator.want(share, id, count, now));
    }

    /// Waits for the first of those that are wanted, and takes all that are granted by then. The
    /// others are still wanted.
    pub async fn granted(&mut self) -> Vec<Slot> {
        let granted = poll_fn(|context| {
            let granted = self.pool.allocator().granted(self.id, context.waker());
            granted.map_or(Poll::Pending, Poll::Ready)
        });
        let slot = |allocation| Slot::new(&self.pool, self.share, allocation);
        granted.await.into_iter().map(slot).collect()
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
}
