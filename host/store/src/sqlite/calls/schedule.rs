//! [`EventSchedule`].

use rusqlite::Connection;

use crate::error::{StoreError, StoreFuture};
use crate::journal::{EventSchedule, Expected, PendingEvent, ScheduleOutcome, ScheduledEvent};
use crate::sqlite::database::{JobClass, Priority, Urgency};
use crate::sqlite::events::{self, Schedule};
use crate::sqlite::journal::JournalDatabase;
use crate::sqlite::store::Sqlite;

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
        Box::pin(
            self.journal
                .on_schedule(channel, kind, Urgency::Now, is_done, schedule),
        )
    }

    fn scheduled<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        key: &'a str,
    ) -> StoreFuture<'a, Option<String>> {
        let key = key.to_owned();
        let get = move |it: &Schedule<'_>| it.get(&key);
        Box::pin(
            self.journal
                .on_schedule(channel, kind, Urgency::Never, |_| false, get),
        )
    }

    fn pending<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        after: Option<(i64, String)>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<PendingEvent>> {
        let (channel, kind) = (channel.to_owned(), kind.to_owned());
        let pending = move |it: &_| events::pending(it, &channel, &kind, after, limit);
        Box::pin(self.journal.reader.read(pending))
    }

    fn cancel<'a>(
        &'a self,
        channel: &'a str,
        kind: &'a str,
        key: &'a str,
    ) -> StoreFuture<'a, bool> {
        let key = key.to_owned();
        let cancel = move |it: &Schedule<'_>| it.cancel(&key);
        Box::pin(
            self.journal
                .on_schedule(channel, kind, Urgency::Now, |_| false, cancel),
        )
    }

    fn postpone<'a>(&'a self, channel: &'a str, kind: &'a str, until: i64) -> StoreFuture<'a, ()> {
        let postpone = move |it: &Schedule<'_>| it.postpone(until);
        Box::pin(
            self.journal
                .on_schedule(channel, kind, Urgency::Now, |()| false, postpone),
        )
    }
}

impl JournalDatabase {
    /// Does `work` on a channel's schedule. If something may be due earlier then, `is_earlier` says so,
    /// and the channel's waiter is woken, also when the caller has gone meanwhile.
    async fn on_schedule<T: Send + 'static>(
        &self,
        channel: &str,
        kind: &str,
        urgency: Urgency,
        is_earlier: impl Fn(&T) -> bool + Send + 'static,
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
        let then = move |outcome: &mut Result<T, StoreError>| {
            if outcome.as_ref().is_ok_and(is_earlier) {
                waiters.notify(&owned);
            }
        };
        let class = JobClass::new(channel, Priority::Low);
        let done = self.writer.run_then(class, move |_| urgency, work, then);
        done.await
    }
}
