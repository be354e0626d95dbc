//! What an attempt writes down while it runs.
//!
//! This is apart from the queue because whoever makes an attempt must be able to do this, and nothing
//! else, to the journal.

use crate::error::StoreFuture;
use crate::journal::event::Position;

/// The notes of running attempts. What all calls of the journal have in common is told at
/// [`journal`](crate::EventQueue).
pub trait EventNotes: Send + Sync {
    /// Replaces the note of a claimed event. Who claims the event after a crash gets the note with it.
    /// An event that is not waiting any more keeps the note that it has.
    fn note<'a>(
        &'a self,
        channel: &'a str,
        position: Position,
        note: String,
    ) -> StoreFuture<'a, ()>;
}
