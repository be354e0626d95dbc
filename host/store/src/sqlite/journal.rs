//! The journal, as the rest of the host calls it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use rusqlite::Connection;

use super::appointments::{self, Agenda};
use super::events::Events;
use super::inspection;
use super::memory::Memory;
use super::writer::Urgency;
use super::{Answer, Sqlite};
use crate::error::StoreError;
use crate::journal::{
    Appended, Appointment, Backlog, ChannelStats, Claims, Details, Entry, EventFilter, Expected,
    Journal, NewEvent, Outcome, Position, Scheduled, Settlement,
};

/// What is known of the events as long as the host runs. The store's thread has it; nobody else
/// waits for it.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<Memory>>);

impl Shared {
    pub(super) fn new(memory: Memory) -> Self {
        Self(Arc::new(Mutex::new(memory)))
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What arrived, and in which channels.
struct Arrived<T> {
    answer: T,
    channels: Vec<String>,
}

impl Sqlite {
    /// Does `work` on the events, which must be on disk when that is urgent.
    fn on_events<T: Send + 'static>(
        &self,
        urgency: impl Fn(&T) -> Urgency + Send + 'static,
        work: impl FnOnce(&mut Events<'_>) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&Shared, &Result<T, StoreError>) + Send + 'static,
    ) -> Answer<'_, T> {
        let (memory, later) = (self.memory.clone(), self.memory.clone());
        Box::pin(self.writer.run_then(
            urgency,
            move |connection: &Connection| work(&mut Events::new(connection, &mut memory.lock())),
            move |outcome: &Result<T, StoreError>| then(&later, outcome),
        ))
    }

    /// Does `work`, by which events arrive. They can be claimed when they are on disk.
    async fn arrive<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Events<'_>) -> Result<Arrived<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let with_last = move |events: &mut Events<'_>| Ok((work(events)?, events.last()));
        let changes = self.changes.clone();
        let arrived = self.on_events(now, with_last, move |memory, arrived| {
            if let Ok((arrived, last)) = arrived {
                memory.lock().set_durable(*last);
                arrived.channels.iter().for_each(|it| changes.ring(it));
            }
        });
        Ok(arrived.await?.0.answer)
    }

    fn on_agenda<'a, T: Send + 'static>(
        &'a self,
        channel: &str,
        agenda: &str,
        urgency: Urgency,
        work: impl FnOnce(&Agenda<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'a, T> {
        let (channel, name) = (channel.to_owned(), agenda.to_owned());
        let work = move |connection: &Connection| {
            work(&Agenda {
                connection,
                channel: &channel,
                name: &name,
            })
        };
        Box::pin(self.writer.run_then(move |_: &T| urgency, work, |_| ()))
    }
}

/// What somebody waits for.
fn now<T>(_: &T) -> Urgency {
    Urgency::Now
}

impl Journal for Sqlite {
    fn append<'a>(
        &'a self,
        channel: &'a str,
        events: Vec<NewEvent>,
        backlog: Backlog,
    ) -> Answer<'a, Appended> {
        let channel = channel.to_owned();
        Box::pin(self.arrive(move |it| {
            let answer = it.append(&channel, &events, Some(backlog))?;
            let channels = vec![channel];
            Ok(Arrived { answer, channels })
        }))
    }

    fn claim<'a>(&'a self, channel: &'a str, limit: usize) -> Answer<'a, Claims> {
        Box::pin(async move {
            loop {
                let name = channel.to_owned();
                let claim = move |events: &mut Events<'_>| {
                    let due = appointments::next(events, &name)?;
                    if due.is_some_and(|due| due.is_zero()) {
                        return Ok(None);
                    }
                    let (claimed, ready) = events.claim(&name, limit)?;
                    Ok(Some(Claims {
                        events: claimed,
                        next: [ready, due].into_iter().flatten().min(),
                    }))
                };
                let hold = |memory: &Shared, claims: &Result<Option<Claims>, StoreError>| {
                    if let Ok(Some(claims)) = claims {
                        memory
                            .lock()
                            .hold(claims.events.iter().map(|claim| claim.position));
                    }
                };
                let claims = self.on_events(|_| Urgency::Never, claim, hold).await?;
                if let Some(claims) = claims {
                    return Ok(claims);
                }
                let name = channel.to_owned();
                self.arrive(move |events| {
                    appointments::arrive(events, &name)?;
                    // Whoever claims is here, and looks again.
                    Ok(Arrived {
                        answer: (),
                        channels: Vec::new(),
                    })
                })
                .await?;
            }
        })
    }

    fn changed<'a>(&'a self, channel: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(self.changes.wait(channel))
    }

    fn note<'a>(&'a self, _: &'a str, position: Position, note: String) -> Answer<'a, ()> {
        let work = move |events: &mut Events<'_>| events.note(position, &note);
        self.on_events(now, work, |_, _| ())
    }

    fn settle<'a>(&'a self, channel: &'a str, settlement: Settlement) -> Answer<'a, ()> {
        let position = settlement.position;
        let is_retry = matches!(settlement.outcome, Outcome::Retry { .. });
        // The chat's next event waits for this one.
        let urgency = |goes_on: &bool| match goes_on {
            true => Urgency::Now,
            false => Urgency::Soon,
        };
        let work = move |events: &mut Events<'_>| events.settle(&settlement);
        let (changes, channel) = (self.changes.clone(), channel.to_owned());
        let settled = self.on_events(urgency, work, move |memory, settled| {
            if let Ok(goes_on) = settled {
                memory.lock().release(position);
                if *goes_on || is_retry {
                    changes.ring(&channel);
                }
            }
        });
        Box::pin(async { settled.await.map(drop) })
    }

    fn schedule<'a>(
        &'a self,
        channel: &'a str,
        agenda: &'a str,
        appointment: Appointment,
        expected: Expected,
    ) -> Answer<'a, Scheduled> {
        let scheduled = self.on_agenda(channel, agenda, Urgency::Now, move |agenda| {
            agenda.schedule(&appointment, expected)
        });
        Box::pin(async move {
            let scheduled = scheduled.await?;
            self.changes.ring(channel);
            Ok(scheduled)
        })
    }

    fn scheduled<'a>(
        &'a self,
        channel: &'a str,
        agenda: &'a str,
        key: &'a str,
    ) -> Answer<'a, Option<String>> {
        let key = key.to_owned();
        self.on_agenda(channel, agenda, Urgency::Never, move |agenda| {
            agenda.get(&key)
        })
    }

    fn cancel<'a>(&'a self, channel: &'a str, agenda: &'a str, key: &'a str) -> Answer<'a, bool> {
        let key = key.to_owned();
        self.on_agenda(channel, agenda, Urgency::Now, move |agenda| {
            agenda.cancel(&key)
        })
    }

    fn postpone<'a>(&'a self, channel: &'a str, agenda: &'a str, until: i64) -> Answer<'a, ()> {
        self.on_agenda(channel, agenda, Urgency::Now, move |agenda| {
            agenda.postpone(until)
        })
    }

    fn list(
        &self,
        filter: EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> Answer<'_, Vec<Entry>> {
        Box::pin(
            self.reader
                .look(move |connection| inspection::list(connection, &filter, before, limit)),
        )
    }

    fn show<'a>(&'a self, channel: &'a str, id: &'a str) -> Answer<'a, Option<Details>> {
        let (channel, id) = (channel.to_owned(), id.to_owned());
        Box::pin(
            self.reader
                .look(move |connection| inspection::show(connection, &channel, &id)),
        )
    }

    fn stats(&self) -> Answer<'_, Vec<ChannelStats>> {
        Box::pin(self.reader.look(inspection::stats))
    }

    fn replay(
        &self,
        filter: EventFilter,
        after: Position,
        version: Option<String>,
    ) -> Answer<'_, Vec<Position>> {
        Box::pin(async move {
            let dead = self
                .reader
                .look(move |connection| inspection::dead(connection, &filter, after))
                .await?;
            self.arrive(move |events| {
                let answer = events.replay(dead, version.as_deref())?;
                let channels = events.channels(&answer)?.into_iter().collect();
                Ok(Arrived { answer, channels })
            })
            .await
        })
    }

    fn discard(&self, filter: EventFilter) -> Answer<'_, usize> {
        Box::pin(async move {
            let dead = self
                .reader
                .look(move |connection| inspection::dead(connection, &filter, Position::MIN))
                .await?;
            self.on_events(now, move |it| it.discard(&dead), |_, _| ())
                .await
        })
    }

    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is for the events of one lifetime, and the work for those of any"
    )]
    fn sweep(&self) -> Answer<'_, usize> {
        self.on_events(|_| Urgency::Soon, |events| events.sweep(), |_, _| ())
    }

    fn failure(&self) -> Option<StoreError> {
        self.writer.failure().cloned()
    }
}
