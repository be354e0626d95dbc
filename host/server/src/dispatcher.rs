//! Runs events: those of one chat one after the other in order of arrival, those of different
//! chats at once.
//!
//! A task works on each chat that has events. It waits for a turn of its channel, then for a slot
//! of the runtime. Both are given in order of asking, and a channel never has, or asks for, more
//! slots than it has turns: so one with many events waiting leaves the other slots to others.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use botbox_line::error::with_causes;
use botbox_line::webhook::Event;
use botbox_runtime::{AttemptError, Runtime};
use futures_util::FutureExt;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::account_link::CompletionError;
use crate::channel::{self, Channel, QueueFull};
use crate::room::Room;

/// Why an event was not handled.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot complete an account link")]
    AccountLink(#[from] CompletionError),
    #[error(transparent)]
    Attempt(#[from] AttemptError),
}

#[derive(Clone)]
pub(crate) struct Dispatcher {
    runtime: Arc<Runtime>,
    room: Arc<Room>,
    tasks: TaskTracker,
}

impl Dispatcher {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        Self {
            runtime,
            room: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Takes all events, or none.
    pub(crate) fn dispatch(
        &self,
        channel: &Arc<Channel>,
        events: Vec<Event>,
    ) -> Result<(), QueueFull> {
        let count = events.len();
        let bytes = events.iter().map(channel::size).sum();
        if !self.room.take(bytes) {
            return Err(QueueFull::Host);
        }
        let enqueued = channel
            .enqueue(events)
            .inspect_err(|_| self.room.give(bytes))?;
        self.room
            .give(enqueued.unsent.iter().map(channel::size).sum());
        channel.counters.unsent.add(enqueued.unsent.len());
        for chat in enqueued.idle {
            let worker = self.clone();
            let channel = Arc::clone(channel);
            self.tasks
                .spawn(async move { worker.work_on(&channel, &chat).await });
        }
        channel.counters.accepted.add(count);
        Ok(())
    }

    /// Waits until no event is left. No more may be dispatched.
    pub(crate) async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Handles a chat's events until there are none.
    async fn work_on(&self, channel: &Channel, chat: &str) {
        while channel.has_next(chat) {
            // Before the event leaves the line, where it can still be taken back. The semaphore is
            // never closed.
            let _turn = channel.turns.acquire().await;
            let Some(event) = channel.next(chat) else {
                continue;
            };
            let size = channel::size(&event);
            // At the level of an error, so that no filter takes the channel's name from one.
            let span = tracing::error_span!("event", channel = channel.id, id = event.id);
            handle(&self.runtime, channel, event).instrument(span).await;
            channel.release(size);
            self.room.give(size);
        }
    }
}

async fn handle(runtime: &Runtime, channel: &Channel, event: Event) {
    let started = Instant::now();
    // A panic would be a bug of the host. It must not leave the chat stuck.
    let attempt = AssertUnwindSafe(attempt(runtime, channel, event)).catch_unwind();
    let outcome = attempt.await;
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
    match outcome {
        Ok(Ok(())) => {
            channel.counters.handled.increment();
            tracing::debug!(milliseconds, "handled");
        }
        Ok(Err(error)) => {
            channel.counters.failed.increment();
            let error = with_causes(&error);
            tracing::warn!(milliseconds, error, "failed");
        }
        Err(_) => {
            channel.counters.failed.increment();
            tracing::error!(milliseconds, "the host panicked while it handled an event");
        }
    }
}

/// Lets the host's own parts hear of an event, and then the plugin.
async fn attempt(runtime: &Runtime, channel: &Channel, mut event: Event) -> Result<(), Failure> {
    if let Some(links) = &channel.services.account_links {
        links.complete(&mut event, SystemTime::now()).await?;
    }
    if let Some(visits) = &channel.visits
        && !visits.hear(&event).await
    {
        return Ok(());
    }
    Ok(runtime.handle(&channel.deployment, event).await?)
}
