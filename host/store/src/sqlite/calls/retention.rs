//! [`EventRetention`].

use crate::error::StoreFuture;
use crate::journal::EventRetention;
use crate::sqlite::database::{JobClass, Priority, Urgency};
use crate::sqlite::events::Events;
use crate::sqlite::journal::now;
use crate::sqlite::store::Sqlite;

impl EventRetention for Sqlite {
    fn sweep(&self) -> StoreFuture<'_, usize> {
        let class = JobClass::new("", Priority::Low);
        let sweep = |events: &mut Events<'_>| events.sweep();
        let soon = |_: &usize| Urgency::Soon;
        Box::pin(self.journal.on_events(class, soon, sweep, |_| ()))
    }

    fn purge_channel<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, usize> {
        let class = JobClass::new(channel, Priority::Low);
        let name = channel.to_owned();
        let purge = move |events: &mut Events<'_>| events.purge_channel(&name);
        let (ready, name) = (self.journal.ready.clone(), channel.to_owned());
        // Who has the name next must not be given its events.
        let then = move |_: &mut _| ready.end(&name);
        Box::pin(self.journal.on_events(class, now, purge, then))
    }
}
