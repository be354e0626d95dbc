//! [`EventQueue`].

use std::sync::Arc;
use std::time::Duration;

use crate::error::{StoreError, StoreFuture};
use crate::journal::{
    Appended, Backlog, Changes, Claims, EventQueue, NewEvent, Outcome, Position, Settlement,
};
use crate::sqlite::database::{JobClass, Priority, Urgency};
use crate::sqlite::events::{Arrival, Events, Settled};
use crate::sqlite::journal::{Enqueued, now};
use crate::sqlite::store::Sqlite;

/// How soon a claim is worth another try while the log is full: after 1 s, as a checkpoint is.
const LOG_PAUSE: Duration = Duration::from_secs(1);

impl EventQueue for Sqlite {
    fn append<'a>(
        &'a self,
        channel: &'a str,
        events: Vec<NewEvent>,
        backlog: Backlog,
    ) -> StoreFuture<'a, Appended> {
        Box::pin(async move {
            self.journal.check_log()?;
            let mut class = JobClass::new(channel, Priority::High);
            if !events.iter().any(|event| event.is_unsend) {
                class = class.without_savepoint();
            }
            let channel = channel.to_owned();
            let (waiters, name) = (self.journal.waiters.clone(), channel.clone());
            // Shared here, where nobody waits for it, by what is in memory of them.
            let events: Vec<_> = events.into_iter().map(Arc::new).collect();
            let arrived = Arc::new((channel, events));
            let ahead = {
                let arrived = Arc::clone(&arrived);
                move |it: &mut Events<'_>| it.append_ahead(&arrived.0, &arrived.1, backlog)
            };
            let append =
                move |it: &mut Events<'_>| it.append(&arrived.0, &arrived.1, Some(backlog));
            let then = move |arrival: &mut Result<Arrival, StoreError>| match arrival
                .as_mut()
                .map(|it| it.ready.take())
            {
                Ok(Some(ready)) => waiters.notify_of(&name, ready),
                Ok(None) => waiters.notify(&name),
                Err(_) => {}
            };
            let appended = self
                .journal
                .ahead_of_tables(class, now, ahead, append, then);
            Ok(appended.await?.appended)
        })
    }

    fn claim<'a>(&'a self, channel: &'a str, limit: usize) -> StoreFuture<'a, Claims> {
        Box::pin(async move {
            if self.journal.check_log().is_err() {
                // For long, no outcome could be written.
                return Ok(Claims {
                    events: Vec::new(),
                    next: Some(LOG_PAUSE),
                });
            }
            if self.journal.writer.failure().is_none()
                && let Some(claims) = self.journal.ready.claim(channel, limit)
            {
                return Ok(claims);
            }
            // A call unpacks one pack: the caller has room for its events meanwhile.
            let mut unpacks = true;
            loop {
                let claimed = self.journal.claim_queued(channel, limit, unpacks).await?;
                if let Some(claims) = claimed {
                    return Ok(claims);
                }
                unpacks = false;
                let name = channel.to_owned();
                let enqueue = move |events: &mut Events<'_>| {
                    events.unpack(&name)?;
                    events.append_due(&name)?;
                    // Who claims is here and looks again, unless the call was dropped meanwhile.
                    Ok(Enqueued {
                        answer: (),
                        channels: vec![name],
                    })
                };
                let class = JobClass::new(channel, Priority::Low);
                self.journal.enqueue(class, enqueue).await?;
            }
        })
    }

    fn changes(&self, channel: &str) -> Changes {
        self.journal.waiters.changes(channel, &self.journal.clock)
    }

    fn begin(&self, position: Position) {
        let now = self.journal.clock.now_ms();
        self.journal.running.begin(position, now);
    }

    fn settle<'a>(&'a self, channel: &'a str, settlement: Settlement) -> StoreFuture<'a, ()> {
        let mut settlement = settlement;
        if let Outcome::Handled { keep } = &mut settlement.outcome
            && self.journal.disk.check_reserve().is_err()
        {
            // What is left of the disk is for webhooks.
            *keep = Duration::ZERO;
        }
        let position = settlement.position;
        let is_retry = matches!(settlement.outcome, Outcome::Retry { .. });
        // The chat's next event waits for this one.
        let urgency = |settled: &Settled| match settled.goes_on {
            true => Urgency::Now,
            false => Urgency::Soon,
        };
        let is_handled = matches!(settlement.outcome, Outcome::Handled { .. });
        let settlement = Arc::new(settlement);
        let ahead = {
            let (settlement, channel) = (Arc::clone(&settlement), channel.to_owned());
            move |events: &mut Events<'_>| events.settle_ahead(&channel, &settlement)
        };
        let work = move |events: &mut Events<'_>| events.settle(&settlement);
        let (waiters, name) = (self.journal.waiters.clone(), channel.to_owned());
        let ready = self.journal.ready.clone();
        let running = Arc::clone(&self.journal.running);
        let class = JobClass::new(channel, Priority::Normal).without_savepoint();
        let then = move |settled: &mut Result<Settled, StoreError>| {
            if let Ok(settled) = settled {
                ready.release(position);
                running.end(position, !is_handled);
                match settled.next.take() {
                    Some(next) => waiters.notify_of(&name, vec![next]),
                    None if settled.goes_on || is_retry => waiters.notify(&name),
                    None => {}
                }
            }
        };
        let settled = self
            .journal
            .ahead_of_tables(class, urgency, ahead, work, then);
        Box::pin(async { settled.await.map(drop) })
    }
}
