//! The journal, as the rest of the host calls it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::Sqlite;
use super::events::Events;
use super::inspection;
use super::log::Unmoved;
use super::memory::Memory;
use super::queue::Priority;
use super::schedule::{self, Schedule};
use super::waiters::Waiters;
use super::writer::{Ticket, Urgency};
use crate::error::{StoreError, StoreFuture};
use crate::health::StoreHealth;
use crate::journal::{
    Appended, Backlog, Changes, ChannelStats, Claims, Details, Entry, EventFilter, EventInspection,
    EventNotes, EventQueue, EventRetention, EventSchedule, Expected, NewEvent, Outcome, Position,
    STEP_EVENTS, ScheduleOutcome, ScheduledEvent, Settlement, Step,
};

/// How soon it is looked again when the log is full.
const LOG_PAUSE: Duration = Duration::from_secs(1);

/// What is known of the events as long as the host runs. The store's thread has it; nobody else
/// waits for it.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Memory>>);

impl Shared {
    pub(super) fn new(memory: Memory) -> Self {
        Self(Arc::new(Mutex::new(memory)))
    }

    /// For the writer, when a transaction has ended.
    pub(super) fn end_transaction(&self) {
        self.lock().end_transaction();
    }

    #[cfg(test)]
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Claimed events on their way to who claims them. Whoever goes away meanwhile gives them back.
struct Hold {
    /// Until they are handed over.
    claims: Option<Claims>,
    memory: Shared,
    waiters: Waiters,
    channel: String,
}

impl Hold {
    fn new(claims: Claims, memory: Shared, waiters: Waiters, channel: String) -> Self {
        let positions = claims.events.iter().map(|claim| claim.position);
        memory.lock().hold(positions);
        Self {
            claims: Some(claims),
            memory,
            waiters,
            channel,
        }
    }

    fn hand_over(mut self) -> Claims {
        self.claims.take().unwrap_or_default()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let Some(claims) = self.claims.take() else {
            return;
        };
        let mut memory = self.memory.lock();
        for claim in claims.events {
            memory.release(claim.position);
        }
        drop(memory);
        self.waiters.notify(&self.channel);
    }
}

/// What arrived, and in which channels.
struct Arrived<T> {
    answer: T,
    channels: Vec<String>,
}

impl Sqlite {
    /// Does `work` on the events, which must be on disk when that is urgent.
    async fn on_events<T: Send + 'static>(
        &self,
        ticket: Ticket<'_>,
        urgency: impl Fn(&T) -> Urgency + Send + 'static,
        work: impl FnOnce(&mut Events<'_>) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&Shared, &Result<T, StoreError>) + Send + 'static,
    ) -> Result<T, StoreError> {
        let (memory, later) = (self.memory.clone(), self.memory.clone());
        let work =
            move |connection: &Connection| work(&mut Events::new(connection, &mut memory.lock()));
        let then = move |outcome: &Result<T, StoreError>| then(&later, outcome);
        self.writer.run_then(ticket, urgency, work, then).await
    }

    /// Does `work`, by which events arrive. They can be claimed when they are on disk.
    async fn arrive<T: Send + 'static>(
        &self,
        ticket: Ticket<'_>,
        work: impl FnOnce(&mut Events<'_>) -> Result<Arrived<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let with_last = move |events: &mut Events<'_>| Ok((work(events)?, events.last()));
        let (waiters, running) = (self.waiters.clone(), Arc::clone(&self.running));
        let arrived = self.on_events(ticket, now, with_last, move |memory, arrived| {
            if let Ok((arrived, last)) = arrived {
                memory.lock().set_durable(*last);
                running.set_last(*last);
                arrived.channels.iter().for_each(|it| waiters.notify(it));
            }
        });
        Ok(arrived.await?.0.answer)
    }

    /// Claims events, or returns nothing when some have to arrive before: at their time or, if it
    /// `unpacks`, out of a pack.
    async fn claim_arrived(
        &self,
        channel: &str,
        limit: usize,
        unpacks: bool,
    ) -> Result<Option<Claims>, StoreError> {
        let name = channel.to_owned();
        let (memory, waiters) = (self.memory.clone(), self.waiters.clone());
        let claim = move |connection: &Connection| {
            let before = connection.total_changes();
            let claims = {
                let mut memory = memory.lock();
                let events = &mut Events::new(connection, &mut memory);
                let due = schedule::next(events, &name)?;
                if due.is_some_and(|due| due.is_zero()) {
                    return Ok((None, Urgency::Never));
                }
                let (claimed, ready) = events.claim(&name, limit)?;
                let is_packed = events.has_packs(&name)?;
                if is_packed && unpacks && claimed.is_empty() {
                    return Ok((None, Urgency::Never));
                }
                let packed = is_packed.then_some(Duration::ZERO);
                Claims {
                    events: claimed,
                    next: [ready, due, packed].into_iter().flatten().min(),
                }
            };
            // Who looks again must find what an event that was taken back has made way for.
            let urgency = match connection.total_changes() == before {
                true => Urgency::Never,
                false => Urgency::Now,
            };
            Ok((Some(Hold::new(claims, memory, waiters, name)), urgency))
        };
        let ticket = Ticket::new(channel, Priority::Normal);
        let claimed = self
            .writer
            .run_then(ticket, |&(_, urgency)| urgency, claim, |_| ());
        Ok(claimed.await?.0.map(Hold::hand_over))
    }

    /// Does `work` on a channel's schedule, and tells who claims its events when that `changed` it.
    async fn on_schedule<T: Send + 'static>(
        &self,
        channel: &str,
        kind: &str,
        urgency: Urgency,
        changed: impl Fn(&T) -> bool + Send + 'static,
        work: impl FnOnce(&Schedule<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (owned, kind) = (channel.to_owned(), kind.to_owned());
        let work = move |connection: &Connection| {
            work(&Schedule {
                connection,
                channel: &owned,
                kind: &kind,
            })
        };
        let (waiters, owned) = (self.waiters.clone(), channel.to_owned());
        // Also for a caller that has gone meanwhile.
        let then = move |outcome: &Result<T, StoreError>| {
            if outcome.as_ref().is_ok_and(changed) {
                waiters.notify(&owned);
            }
        };
        let ticket = Ticket::new(channel, Priority::Low);
        let done = self.writer.run_then(ticket, move |_| urgency, work, then);
        done.await
    }
}

/// What somebody waits for.
fn now<T>(_: &T) -> Urgency {
    Urgency::Now
}

impl EventQueue for Sqlite {
    fn append<'a>(
        &'a self,
        channel: &'a str,
        events: Vec<NewEvent>,
        backlog: Backlog,
    ) -> StoreFuture<'a, Appended> {
        Box::pin(async move {
            self.disk.check_log(&self.unmoved)?;
            let ticket = Ticket::new(channel, Priority::High);
            let channel = channel.to_owned();
            let append = move |it: &mut Events<'_>| {
                let answer = it.append(&channel, &events, Some(backlog))?;
                let channels = vec![channel];
                Ok(Arrived { answer, channels })
            };
            self.arrive(ticket, append).await
        })
    }

    fn claim<'a>(&'a self, channel: &'a str, limit: usize) -> StoreFuture<'a, Claims> {
        Box::pin(async move {
            if self.disk.check_log(&self.unmoved).is_err() {
                // What became of an event could not be written for long.
                return Ok(Claims {
                    events: Vec::new(),
                    next: Some(LOG_PAUSE),
                });
            }
            // One pack for a call: who claims has room for its events meanwhile.
            let mut unpacks = true;
            loop {
                if let Some(claims) = self.claim_arrived(channel, limit, unpacks).await? {
                    return Ok(claims);
                }
                unpacks = false;
                let name = channel.to_owned();
                let arrive = move |events: &mut Events<'_>| {
                    events.unpack(&name)?;
                    schedule::arrive(events, &name)?;
                    // Whoever claims is here, and looks again.
                    Ok(Arrived {
                        answer: (),
                        channels: Vec::new(),
                    })
                };
                self.arrive(Ticket::new(channel, Priority::Low), arrive)
                    .await?;
            }
        })
    }

    fn changes(&self, channel: &str) -> Changes {
        self.waiters.changes(channel, &self.clock)
    }

    fn begin(&self, position: Position) {
        self.running.begin(position, self.clock.now_ms());
    }

    fn settle<'a>(&'a self, channel: &'a str, settlement: Settlement) -> StoreFuture<'a, ()> {
        let mut settlement = settlement;
        if let Outcome::Handled { keep } = &mut settlement.outcome
            && self.disk.check_reserve().is_err()
        {
            // What is left of the disk is for what arrives.
            *keep = Duration::ZERO;
        }
        let position = settlement.position;
        let is_retry = matches!(settlement.outcome, Outcome::Retry { .. });
        // The chat's next event waits for this one.
        let urgency = |goes_on: &bool| match goes_on {
            true => Urgency::Now,
            false => Urgency::Soon,
        };
        let work = move |events: &mut Events<'_>| events.settle(&settlement);
        let (waiters, name) = (self.waiters.clone(), channel.to_owned());
        let running = Arc::clone(&self.running);
        let ticket = Ticket::new(channel, Priority::Normal);
        let settled = self.on_events(ticket, urgency, work, move |memory, settled| {
            if let Ok(goes_on) = settled {
                memory.lock().release(position);
                running.end(position);
                if *goes_on || is_retry {
                    waiters.notify(&name);
                }
            }
        });
        Box::pin(async { settled.await.map(drop) })
    }
}

impl EventNotes for Sqlite {
    fn note<'a>(
        &'a self,
        channel: &'a str,
        position: Position,
        note: String,
    ) -> StoreFuture<'a, ()> {
        let work = move |events: &mut Events<'_>| events.note(position, &note);
        let ticket = Ticket::new(channel, Priority::Normal);
        Box::pin(self.on_events(ticket, now, work, |_, _| ()))
    }
}

impl EventSchedule for Sqlite {
    fn schedule<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        event: ScheduledEvent,
        expected: Expected,
    ) -> StoreFuture<'a, ScheduleOutcome> {
        let schedule = move |it: &Schedule<'_>| it.schedule(&event, expected);
        let is_done = |outcome: &ScheduleOutcome| *outcome == ScheduleOutcome::Done;
        Box::pin(self.on_schedule(channel, kind, Urgency::Now, is_done, schedule))
    }

    fn scheduled<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        key: &'a str,
    ) -> StoreFuture<'a, Option<String>> {
        let key = key.to_owned();
        let get = move |it: &Schedule<'_>| it.get(&key);
        Box::pin(self.on_schedule(channel, kind, Urgency::Never, |_| false, get))
    }

    fn cancel<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        key: &'a str,
    ) -> StoreFuture<'a, bool> {
        let key = key.to_owned();
        let cancel = move |it: &Schedule<'_>| it.cancel(&key);
        Box::pin(self.on_schedule(channel, kind, Urgency::Now, |_| false, cancel))
    }

    fn postpone<'a>(&'a self, channel: &'a str, kind: &'a str, until: i64) -> StoreFuture<'a, ()> {
        let postpone = move |it: &Schedule<'_>| it.postpone(until);
        Box::pin(self.on_schedule(channel, kind, Urgency::Now, |()| false, postpone))
    }
}

impl EventInspection for Sqlite {
    fn list(
        &self,
        filter: EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<Entry>> {
        Box::pin(
            self.reader
                .look(move |connection| inspection::list(connection, &filter, before, limit)),
        )
    }

    fn show<'a>(&'a self, channel: &'a str, id: &'a str) -> StoreFuture<'a, Option<Details>> {
        let (channel, id) = (channel.to_owned(), id.to_owned());
        Box::pin(
            self.reader
                .look(move |connection| inspection::show(connection, &channel, &id)),
        )
    }

    fn stats(&self) -> StoreFuture<'_, Vec<ChannelStats>> {
        Box::pin(self.reader.look(inspection::stats))
    }

    fn replay(
        &self,
        filter: EventFilter,
        after: Position,
        version: Option<String>,
    ) -> StoreFuture<'_, Step> {
        Box::pin(async move {
            let owner = filter.channel.clone().unwrap_or_default();
            let dead = self
                .reader
                .look(move |connection| inspection::dead(connection, &filter, after))
                .await?;
            let next = next(&dead);
            let ticket = Ticket::new(&owner, Priority::Low);
            let replay = move |events: &mut Events<'_>| {
                let answer = events.replay(dead, version.as_deref())?;
                let channels = events.channels(&answer)?.into_iter().collect();
                Ok(Arrived { answer, channels })
            };
            let positions = self.arrive(ticket, replay).await?;
            Ok(Step { positions, next })
        })
    }

    fn discard(&self, filter: EventFilter, after: Position) -> StoreFuture<'_, Step> {
        Box::pin(async move {
            let owner = filter.channel.clone().unwrap_or_default();
            let dead = self
                .reader
                .look(move |connection| inspection::dead(connection, &filter, after))
                .await?;
            let next = next(&dead);
            let ticket = Ticket::new(&owner, Priority::Low);
            let discard = move |events: &mut Events<'_>| events.discard(dead);
            let positions = self.on_events(ticket, now, discard, |_, _| ()).await?;
            Ok(Step { positions, next })
        })
    }
}

impl EventRetention for Sqlite {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is for the events of one lifetime, and the work for those of any"
    )]
    fn sweep(&self) -> StoreFuture<'_, usize> {
        let ticket = Ticket::new("", Priority::Low);
        let sweep = self.on_events(ticket, |_| Urgency::Soon, |it| it.sweep(), |_, _| ());
        Box::pin(sweep)
    }
}

impl StoreHealth for Sqlite {
    fn failure(&self) -> Option<StoreError> {
        let failures = [self.writer.failure(), self.values.failure()];
        failures.into_iter().flatten().next().cloned()
    }

    fn warning(&self) -> Option<StoreError> {
        let logs = [&self.unmoved, self.values.unmoved()];
        let full = logs.map(|log| self.disk.check_log(log));
        let held = logs.map(Unmoved::check_held);
        let checks = full.into_iter().chain([self.disk.check_reserve()]);
        checks.chain(held).find_map(Result::err)
    }
}

/// Where a step of dead letters goes on, if there may be more.
fn next(dead: &[Position]) -> Option<Position> {
    let last = dead.last().copied();
    last.filter(|_| dead.len() == STEP_EVENTS)
}
