//! Streams of server-sent events, which may last for minutes: how many there are, and until when they go on.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use botbox_store::ProviderId;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use super::description::{Answer, Input, Operation};
use super::refusal::Refusal;
use crate::control::caller::Caller;
use crate::http::connections::ANSWER_TIME;

/// The most streams of the host's tokens at a time.
const HOST_STREAMS: usize = 8;

/// The most streams of a provider's tokens at a time: for its people and a program or two.
const PROVIDER_STREAMS: usize = 4;

/// The most streams of all providers' tokens at a time. With those of the host they are half of the
/// listener's connections, so that the rest of the API can always be reached.
const PROVIDERS_STREAMS: usize = 24;

/// After how long without an event a client hears that the host is there: 15 s.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// After how long a client connects again: 1 s.
const RECONNECT: Duration = Duration::from_secs(1);

/// How long one stream goes on. The listener cuts an answer that takes a little longer: whose stream has
/// ended knows that nothing was cut, and asks again.
const STREAM_TIME: Duration = ANSWER_TIME.saturating_sub(Duration::from_secs(10));

/// How many streams there are, by whose they are.
#[derive(Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<Option<ProviderId>, usize>>>);

/// A stream that is counted for as long as it lives.
pub(super) struct OpenStream {
    streams: Arc<Mutex<HashMap<Option<ProviderId>, usize>>>,
    owner: Option<ProviderId>,
}

/// A stream of server-sent events.
pub(super) struct EventStream(Response);

/// Where a client was when its connection broke, if it says so.
pub(super) struct LastEventId(pub(super) Option<String>);

const LAST_EVENT_ID: &str = "last-event-id";

/// What is told in a stream, until there is nothing more to tell.
pub(super) trait Source: Send + 'static {
    /// Waits for the next event.
    fn next(&mut self) -> impl Future<Output = Option<Event>> + Send;
}

/// In the place of what a client missed.
#[derive(Serialize)]
struct Lagged {
    what: &'static str,
    /// Absent: it is not known how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    missed: Option<u64>,
}

impl Streams {
    /// Counts one more stream of a caller, if it may have one.
    pub(super) fn open(&self, caller: &Caller) -> Result<OpenStream, Refusal> {
        let owner = caller.provider;
        let mut streams = lock(&self.0);
        let own = streams.get(&owner).copied().unwrap_or_default();
        let of_providers = streams.iter().filter(|(owner, _)| owner.is_some());
        let of_providers: usize = of_providers.map(|(_, count)| count).sum();
        let full = match owner {
            None => (own >= HOST_STREAMS).then_some((HOST_STREAMS, "the host's tokens")),
            Some(_) if own >= PROVIDER_STREAMS => Some((PROVIDER_STREAMS, "the provider's tokens")),
            Some(_) => (of_providers >= PROVIDERS_STREAMS)
                .then_some((PROVIDERS_STREAMS, "all providers' tokens")),
        };
        if let Some((limit, whose)) = full {
            return Err(Refusal::TooManyStreams { limit, whose });
        }
        *streams.entry(owner).or_default() += 1;
        Ok(OpenStream {
            streams: Arc::clone(&self.0),
            owner,
        })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut streams = lock(&self.streams);
        if let Some(count) = streams.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.owner);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // It is whole at any time.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a stream is made of.
struct State<S> {
    source: S,
    /// Ends with the caller's token.
    token_ended: BoxFuture<'static, ()>,
    end: Instant,
    _open: OpenStream,
}

/// Answers with a stream of what a source tells. It ends when the source does, when the caller's token has
/// ended, or after some minutes; then the client asks again.
pub(super) fn answer(
    open: OpenStream,
    token_ended: BoxFuture<'static, ()>,
    source: impl Source,
) -> EventStream {
    let state = State {
        source,
        token_ended,
        end: Instant::now() + STREAM_TIME,
        _open: open,
    };
    // At once: proxies pass an answer on when it has begun.
    let begin = stream::once(async { Event::default().retry(RECONNECT).comment("botbox") });
    let events = begin.chain(stream::unfold(state, next));
    let alive = KeepAlive::new().interval(HEARTBEAT);
    let events = Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(alive);
    EventStream(events.into_response())
}

async fn next<S: Source>(mut state: State<S>) -> Option<(Event, State<S>)> {
    let told = tokio::select! {
        biased;
        () = &mut state.token_ended => None,
        told = timeout_at(state.end, state.source.next()) => told.ok().flatten(),
    };
    told.map(|event| (event, state))
}

/// An event of a stream. Nothing is lost with what can't be written as JSON, for there is no such thing.
pub(super) fn event(name: &str, data: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    event.json_data(data).unwrap_or_default()
}

/// That a client missed so much.
pub(super) fn lagged(missed: Option<u64>) -> Event {
    const NAME: &str = "lagged";
    let lagged = Lagged { what: NAME, missed };
    event(NAME, &lagged)
}

impl<S: Send + Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let id = parts.headers.get(LAST_EVENT_ID);
        Ok(Self(id.and_then(|it| Some(it.to_str().ok()?.to_owned()))))
    }
}

impl Input for LastEventId {
    fn describe(operation: &mut Operation<'_>) {
        let about = "The `id` of the last event that came: the stream goes on after it.";
        operation.header("Last-Event-ID", about, "^[0-9-]{0,41}$");
    }
}

impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for EventStream {
    fn describe(operation: &mut Operation<'_>) {
        let about = "Server-sent events, for up to 290 s; `data` is JSON.";
        operation.answers_text("text/event-stream", about);
    }
}

#[cfg(test)]
mod tests {
    use botbox_store::ProviderId;

    use super::*;

    #[test]
    fn nobody_takes_the_streams_of_others() {
        let streams = Streams::default();
        let of = |provider: Option<i64>| Caller {
            provider: provider.map(ProviderId),
            ..Caller::root()
        };
        let mut open: Vec<_> = (0..PROVIDER_STREAMS)
            .map(|_| streams.open(&of(Some(1))).ok().unwrap())
            .collect();
        assert!(streams.open(&of(Some(1))).is_err());
        for provider in 2.. {
            match streams.open(&of(Some(provider))) {
                Ok(stream) => open.push(stream),
                Err(_) => break,
            }
        }
        assert_eq!(open.len(), PROVIDERS_STREAMS);
        let host: Vec<_> = (0..HOST_STREAMS)
            .map(|_| streams.open(&of(None)).ok().unwrap())
            .collect();
        assert!(streams.open(&of(None)).is_err());
        drop((open, host));
        assert!(lock(&streams.0).is_empty());
    }
}
