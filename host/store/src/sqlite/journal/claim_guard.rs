//! Claims on their way to who claims: what makes a claim cancel-safe.

use super::waiters::Waiters;
use crate::journal::Claims;
use crate::sqlite::events::ReadyQueues;

/// Claimed events on their way from the writer's thread to the caller.
///
/// The guard is dropped with its claims wherever the way ends early: when the caller has gone before
/// the answer or with it, and when the commit fails. It then releases the events, and wakes who could
/// claim them.
pub(super) struct ClaimGuard {
    /// `None` once they are handed over.
    claims: Option<Claims>,
    ready: ReadyQueues,
    waiters: Waiters,
    channel: String,
}

impl ClaimGuard {
    pub(super) fn new(
        claims: Claims,
        ready: ReadyQueues,
        waiters: Waiters,
        channel: String,
    ) -> Self {
        let positions = claims.events.iter().map(|claim| claim.position);
        ready.set_claimed(positions);
        Self {
            claims: Some(claims),
            ready,
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
        for claim in claims.events {
            self.ready.release(claim.position);
        }
        self.waiters.notify(&self.channel);
    }
}
