//! The first waiting events of chats are claimed.

use std::ops::ControlFlow;
use std::time::Duration;

use rusqlite::{OptionalExtension, params};

use super::times::duration_until;
use super::transaction::Events;
use crate::error::StoreError;
use crate::journal::{Claim, EventState, Position};

/// How often a channel's oldest waiting event is looked for: each 200 ms at most, because the answer
/// of a webhook must not wait for it each time.
const AGE_INTERVAL: i64 = 200;

impl Events<'_> {
    /// The events that can be claimed now, and in how long there will be more.
    pub(crate) fn claimable(
        &mut self,
        channel: &str,
        limit: usize,
    ) -> Result<(Vec<Claim>, Option<Duration>), StoreError> {
        let Some(channel) = self.known_channel(channel)? else {
            return Ok((Vec::new(), None));
        };
        let mut next = None;
        let mut positions = Vec::new();
        self.for_each_ready(channel, |position, ready| {
            if ready > self.now || positions.len() == limit {
                next = Some(duration_until(ready, self.now));
                return ControlFlow::Break(());
            }
            positions.push(position);
            ControlFlow::Continue(())
        })?;
        let mut claims = Vec::with_capacity(positions.len());
        for position in positions {
            if let Some(claim) = self.read_claim(position)? {
                self.get_to_know(channel, &claim)?;
                claims.push(claim);
            } else if let Some(event) = self.waiting_event(position)? {
                // It was unsent while somebody had claimed it, who did not settle it.
                self.end(position, &event, EventState::Unsent, Duration::ZERO)?;
                next = Some(Duration::ZERO);
            }
        }
        Ok((claims, next))
    }

    /// An event that is claimed from the tables is settled ahead of them, if no other one of its chat waits.
    fn get_to_know(&mut self, channel: i64, claim: &Claim) -> Result<(), StoreError> {
        if self.volatile.recent.knows(claim.position) {
            return Ok(());
        }
        let is_alone = claim.chat.is_empty() || {
            let mut others = self.connection.prepare_cached(
                "SELECT 1 FROM events
                 WHERE channel = ?1 AND chat = ?2 AND state = 0 AND position <> ?3",
            )?;
            !others.exists(params![channel, claim.chat, claim.position])?
        };
        if is_alone {
            let bytes = claim.body.len() as u64;
            let recent = &mut self.volatile.recent;
            recent.add_row(channel, claim.position, &claim.chat, bytes, true);
        }
        Ok(())
    }

    /// Tells if an event that could run has waited for too long. Then more of them would only make it
    /// worse.
    pub(super) fn check_age(
        &mut self,
        channel: i64,
        limit: Duration,
    ) -> Result<Result<(), StoreError>, StoreError> {
        let checked = self.volatile.age_checks.get(&channel);
        if checked.is_some_and(|checked| self.now < checked + AGE_INTERVAL) {
            return Ok(Ok(()));
        }
        let mut age = Duration::ZERO;
        self.for_each_ready(channel, |_, ready| {
            age = duration_until(self.now, ready.max(self.volatile.start));
            ControlFlow::Break(())
        })?;
        if age > limit {
            return Ok(Err(StoreError::BacklogAge { age, limit }));
        }
        self.volatile.age_checks.insert(channel, self.now);
        Ok(Ok(()))
    }

    /// Visits the first waiting events of a channel's chats that nobody has claimed, in the order in
    /// which they can run.
    fn for_each_ready(
        &self,
        channel: i64,
        mut visit: impl FnMut(Position, i64) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut ready = self.connection.prepare_cached(
            "SELECT position, ready FROM events
             WHERE channel = ?1 AND ready IS NOT NULL ORDER BY ready, position",
        )?;
        let mut ready = ready.query([channel])?;
        while let Some(row) = ready.next()? {
            let position = row.get(0)?;
            if self.volatile.is_free(position) && visit(position, row.get(1)?).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The event as it is claimed, unless it has lost its content.
    fn read_claim(&self, position: Position) -> Result<Option<Claim>, StoreError> {
        let mut claim = self.connection.prepare_cached(
            "SELECT id, is_hosts, body, received, attempts, failing_since, note, deployment, chat,
                cut_off
             FROM events WHERE position = ?1 AND body IS NOT NULL",
        )?;
        let claim = claim.query_row([position], |row| {
            let since = |time: i64| duration_until(self.now, time);
            let failing_since: Option<i64> = row.get(5)?;
            Ok(Claim {
                position,
                id: row.get(0)?,
                is_from_host: row.get(1)?,
                body: row.get(2)?,
                waited: since(row.get(3)?),
                attempts: row.get(4)?,
                failing: failing_since.map(since).unwrap_or_default(),
                note: row.get(6)?,
                deployment: row.get(7)?,
                chat: row.get(8)?,
                cut_off: row.get(9)?,
            })
        });
        Ok(claim.optional()?)
    }
}
