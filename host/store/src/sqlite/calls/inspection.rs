//! [`EventInspection`].

use crate::error::StoreFuture;
use crate::journal::{
    ChannelStats, Details, Entry, EventFilter, EventInspection, Position, ReplayOn, STEP_EVENTS,
    Step,
};
use crate::sqlite::database::{JobClass, Priority};
use crate::sqlite::events::{self, Events};
use crate::sqlite::journal::{Enqueued, now};
use crate::sqlite::store::Sqlite;

impl EventInspection for Sqlite {
    fn list(
        &self,
        filter: EventFilter,
        before: Option<Position>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<Entry>> {
        let list = move |it: &_| events::list(it, &filter, before, limit);
        Box::pin(self.journal.read(list))
    }

    fn show<'a>(&'a self, channel: &'a str, id: &'a str) -> StoreFuture<'a, Option<Details>> {
        let (channel, id) = (channel.to_owned(), id.to_owned());
        let show = move |it: &_| events::show(it, &channel, &id);
        Box::pin(self.journal.read(show))
    }

    fn stats(&self) -> StoreFuture<'_, Vec<ChannelStats>> {
        Box::pin(self.journal.read(events::stats))
    }

    fn next_due<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, Option<i64>> {
        let channel = channel.to_owned();
        let next_due = move |it: &_| events::next_due(it, &channel);
        Box::pin(self.journal.read(next_due))
    }

    fn replay(&self, filter: EventFilter, after: Position, on: ReplayOn) -> StoreFuture<'_, Step> {
        Box::pin(async move {
            let owner = filter.channel.clone().unwrap_or_default();
            let dead = move |it: &_| events::dead(it, &filter, after);
            let dead = self.journal.reader.read(dead).await?;
            let next = next(&dead);
            let replay = move |events: &mut Events<'_>| {
                let answer = events.replay(dead, on)?;
                let channels = events.channels(&answer)?.into_iter().collect();
                Ok(Enqueued { answer, channels })
            };
            let class = JobClass::new(&owner, Priority::Low);
            let positions = self.journal.enqueue(class, replay).await?;
            Ok(Step { positions, next })
        })
    }

    fn discard(&self, filter: EventFilter, after: Position) -> StoreFuture<'_, Step> {
        Box::pin(async move {
            let owner = filter.channel.clone().unwrap_or_default();
            let dead = move |it: &_| events::dead(it, &filter, after);
            let dead = self.journal.reader.read(dead).await?;
            let next = next(&dead);
            let discard = move |events: &mut Events<'_>| events.discard(dead);
            let class = JobClass::new(&owner, Priority::Low);
            let discarded = self.journal.on_events(class, now, discard, |_| ());
            let positions = discarded.await?;
            Ok(Step { positions, next })
        })
    }
}

/// The position behind which the next step begins, if there may be more dead letters.
fn next(dead: &[Position]) -> Option<Position> {
    let last = dead.last().copied();
    last.filter(|_| dead.len() == STEP_EVENTS)
}
