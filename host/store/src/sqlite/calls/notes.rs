//! [`EventNotes`].

use std::sync::Arc;

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
        let note = Arc::new(note);
        let ahead = {
            let note = Arc::clone(&note);
            move |events: &mut Events<'_>| events.note_ahead(position, &note)
        };
        let work = move |events: &mut Events<'_>| events.note(position, &note);
        let class = JobClass::new(channel, Priority::Normal).without_savepoint();
        Box::pin(
            self.journal
                .ahead_of_tables(class, now, ahead, work, |_| ()),
        )
    }
}
