//! Claims on their way to who claims: what makes a claim cancel-safe.

use super::shared::SharedVolatile;
use super::waiters::Waiters;
use crate::journal::Claims;

/// Claimed events on their way from the writer's thread to the caller.
///
/// The guard is dropped with its claims wherever the way ends early: when the caller has gone before
/// the answer or with it, and when the commit fails. It then releases the events, and wakes who could
/// claim them.
pub(super) struct ClaimGuard {
    /// `None` once they are handed over.
    claims: Option<Claims>,
    volatile: SharedVolatile,
    waiters: Waiters,
    channel: String,
}

impl ClaimGuard {
    pub(super) fn new(
        claims: Claims,
        volatile: SharedVolatile,
        waiters: Waiters,
        channel: String,
    ) -> Self {
        let positions = claims.events.iter().map(|claim| claim.position);
        volatile.lock().claim(positions);
        Self {
            claims: Some(claims),
            volatile,
            waiters,
            channel,
        }
    }

    /// The claims, which are the caller's from now on.
    pub(super) fn hand_over(mut self) -> Claims {
        self.claims.take().unwrap_or_default()
    }
}

impl Drop for ClaimGuard {
    fn drop(&mut self) {
        let Some(claims) = self.claims.take() else {
            return;
        };
        let mut volatile = self.volatile.lock();
        for claim in claims.events {
            volatile.release(claim.position);
        }
        drop(volatile);
        self.waiters.notify(&self.channel);
    }
}
