//! [`EventRetention`].

use crate::error::StoreFuture;
use crate::journal::EventRetention;
use crate::sqlite::database::{JobClass, Priority, Urgency};
use crate::sqlite::events::Events;
use crate::sqlite::store::Sqlite;

impl EventRetention for Sqlite {
    fn sweep(&self) -> StoreFuture<'_, usize> {
        let class = JobClass::new("", Priority::Low);
        let sweep = |events: &mut Events<'_>| events.sweep();
        let soon = |_: &usize| Urgency::Soon;
        Box::pin(self.journal.on_events(class, soon, sweep, |_, _| ()))
    }
}
