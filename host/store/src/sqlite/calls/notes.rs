//! [`EventNotes`].

use crate::error::StoreFuture;
use crate::journal::{EventNotes, Position};
use crate::sqlite::database::{JobClass, Priority};
use crate::sqlite::events::Events;
use crate::sqlite::journal::now;
use crate::sqlite::store::Sqlite;

impl EventNotes for Sqlite {
    fn note<'a>(
        &'a self,
        channel: &'a str,
        position: Position,
        note: String,
    ) -> StoreFuture<'a, ()> {
        let work = move |events: &mut Events<'_>| events.note(position, &note);
        let class = JobClass::new(channel, Priority::Normal).without_savepoint();
        Box::pin(self.journal.on_events(class, now, work, |_| ()))
    }
}
