//! Events are claimed.

use std::time::Duration;

use rusqlite::Connection;

use super::claim_guard::ClaimGuard;
use super::database::JournalDatabase;
use crate::error::StoreError;
use crate::journal::Claims;
use crate::sqlite::database::{JobClass, Priority, Urgency};
use crate::sqlite::events::Events;

impl JournalDatabase {
    /// Claims events of the queue. Returns nothing if some must join the queue before: those that are
    /// due and, if the call `unpacks` and nothing else can be claimed, those of a pack.
    pub(crate) async fn claim_queued(
        &self,
        channel: &str,
        limit: usize,
        unpacks: bool,
    ) -> Result<Option<Claims>, StoreError> {
        let name = channel.to_owned();
        let (volatile, waiters) = (self.volatile.clone(), self.waiters.clone());
        let ready = self.ready.clone();
        let claim = move |connection: &Connection| {
            // It must not have what is claimed here.
            ready.end(&name);
            let before = connection.total_changes();
            let mut volatile = volatile.lock();
            let found = find(
                &mut Events::new(connection, &mut volatile),
                &name,
                limit,
                unpacks,
            );
            volatile.end_step(found.is_ok());
            drop(volatile);
            let Some(claims) = found? else {
                return Ok((None, Urgency::Never));
            };
            // Usually a claim only reads. If it has ended an event that was unsent, its caller must find
            // the next one of the chat when it looks again.
            let urgency = match connection.total_changes() == before {
                true => Urgency::Never,
                false => Urgency::Now,
            };
            if claims.next.is_none() {
                ready.begin(&name);
            }
            let guard = ClaimGuard::new(claims, ready, waiters, name);
            Ok((Some(guard), urgency))
        };
        let class = JobClass::new(channel, Priority::Normal);
        let claimed = self
            .writer
            .run_then(class, |&(_, urgency)| urgency, claim, |_| ());
        Ok(claimed.await?.0.map(ClaimGuard::hand_over))
    }
}

/// The claimable events. Nothing if some must join the queue before.
fn find(
    events: &mut Events<'_>,
    channel: &str,
    limit: usize,
    unpacks: bool,
) -> Result<Option<Claims>, StoreError> {
    let due = events.next_scheduled(channel)?;
    if due.is_some_and(|due| due.is_zero()) {
        return Ok(None);
    }
    let (claimable, next) = events.claimable(channel, limit)?;
    let is_packed = events.has_packs(channel)?;
    if is_packed && unpacks && claimable.is_empty() {
        return Ok(None);
    }
    let packed = is_packed.then_some(Duration::ZERO);
    Ok(Some(Claims {
        events: claimable,
        next: [next, due, packed].into_iter().flatten().min(),
    }))
}
