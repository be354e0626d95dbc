//! What handles events.

use crate::bindings::botbox::line::events::Event;
use crate::failure::Result;

/// What [`bot!`](crate::bot) exports: a function `fn(Event) -> Result`, or a [`Router`](crate::Router).
pub trait Handler {
    /// Handles one event.
    ///
    /// # Errors
    ///
    /// Why the event could not be handled, and whether another try may succeed.
    fn handle(&self, event: Event) -> Result;
}

impl<F: Fn(Event) -> Result> Handler for F {
    fn handle(&self, event: Event) -> Result {
        self(event)
    }
}
