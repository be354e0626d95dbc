//! What every journal does.

pub(crate) mod fixture;
mod inspection;
mod notes;
mod queue;
mod retention;
mod schedule;

use std::sync::Arc;

use botbox_clock::Clock;

use self::fixture::Journal;

/// Runs all of them on an empty store that goes by the clock.
pub(crate) async fn all(store: Arc<dyn Journal>, clock: &Clock) {
    queue::all(&store, clock).await;
    notes::all(&*store).await;
    schedule::all(&*store, clock).await;
    inspection::all(&*store, clock).await;
    retention::all(&*store, clock).await;
    assert!(store.failure().is_none());
}
