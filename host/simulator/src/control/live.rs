//! The stream of live changes, as server-sent events (HTML standard, "Server-sent events").

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::live::Change;
use crate::world::Shared;

/// How often a stream without changes says that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Tells of each change until the reader goes or the simulator stops. A reader begins with
/// `missed`: whatever it knows is from before.
pub(super) async fn watch(
    State(shared): State<Shared>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = shared.world().live.watch();
    let first = Some(HashSet::from([Change::Missed]));
    let bursts = stream::unfold(
        (shared, changes, first),
        |(shared, mut changes, first)| async move {
            let burst = match first {
                Some(first) => first,
                None => tokio::select! {
                    burst = burst(&mut changes) => burst?,
                    () = shared.until_stopped() => return None,
                },
            };
            Some((event(&burst), (shared, changes, None)))
        },
    );
    Sse::new(bursts).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// Waits for a change and takes all others that are there, each once.
async fn burst(changes: &mut Receiver<Change>) -> Option<HashSet<Change>> {
    let first = match changes.recv().await {
        Ok(change) => change,
        Err(RecvError::Lagged(_)) => Change::Missed,
        Err(RecvError::Closed) => return None,
    };
    let mut burst = HashSet::from([first]);
    loop {
        match changes.try_recv() {
            Ok(change) => burst.insert(change),
            Err(TryRecvError::Lagged(_)) => burst.insert(Change::Missed),
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(burst),
        };
    }
}

fn event(burst: &HashSet<Change>) -> Result<Event, Infallible> {
    let changes = serde_json::to_string(burst).unwrap_or_default();
    Ok(Event::default().data(changes))
}
