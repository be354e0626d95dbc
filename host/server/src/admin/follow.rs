//! Live events, a line of JSON for each.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::access::{May, Read};
use super::description::{Answer, Operation};
use super::filter::Parameters;
use super::operator::Operator;
use super::refusal::{FOLLOWERS, Refusal};
use crate::dispatch::live_events::{LiveEvent, Subscription};
use crate::http::connections::ANSWER_TIME;

/// After how long without a live event a client hears that the host is there.
const HEARTBEAT: Duration = Duration::from_secs(15);

const HEARTBEAT_LINE: Bytes = Bytes::from_static(b"\n");

/// How long one answer goes on. The listener cuts one that takes a little longer: who is followed to
/// the end knows that nothing was cut.
const FOLLOW_TIME: Duration = ANSWER_TIME.saturating_sub(Duration::from_secs(10));

/// Lines of JSON.
const MEDIA_TYPE: &str = "application/x-ndjson";

/// Live events, a line each.
pub(super) struct Lines(Body);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowQuery {
    /// Of this channel.
    channel: Option<String>,
    /// Of this chat.
    chat: Option<String>,
}

/// A line in the place of live events that came too fast.
#[derive(Serialize)]
struct Missed {
    missed: u64,
}

struct Follower {
    subscription: Subscription,
    query: FollowQuery,
    /// The channels that the caller saw when it began. `None`: all.
    seen: Option<HashSet<String>>,
    end: Instant,
}

pub(super) async fn follow(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<FollowQuery>,
) -> Result<Lines, Refusal> {
    if let Some(channel) = &query.channel {
        operator.key(&caller, channel).await?;
    }
    if operator.live_events.subscribers() >= FOLLOWERS {
        return Err(Refusal::TooManyFollowers);
    }
    let follower = Follower {
        subscription: operator.live_events.subscribe(),
        query,
        seen: operator.seen(&caller).await?,
        end: Instant::now() + FOLLOW_TIME,
    };
    // A heartbeat at once: proxies pass an answer on when it has begun.
    let lines = stream::once(async { HEARTBEAT_LINE }).chain(stream::unfold(follower, next));
    let body = Body::from_stream(lines.map(Ok::<_, Infallible>));
    Ok(Lines(body))
}

impl IntoResponse for Lines {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, MEDIA_TYPE)], self.0).into_response()
    }
}

impl Answer for Lines {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_text(MEDIA_TYPE, "A line of JSON for each event, for minutes.");
    }
}

async fn next(mut follower: Follower) -> Option<(Bytes, Follower)> {
    let line = follower.line().await?;
    Some((line, follower))
}

impl Follower {
    /// The next line, or nothing when the answer has ended.
    async fn line(&mut self) -> Option<Bytes> {
        let heartbeat = self.end.min(Instant::now() + HEARTBEAT);
        loop {
            match timeout_at(heartbeat, self.subscription.recv()).await {
                Ok(Ok(Some(event))) if self.is_wanted(&event) => return line(&*event),
                Ok(Ok(Some(_))) => {}
                Ok(Err(RecvError::Lagged(missed))) => return line(&Missed { missed }),
                Ok(Ok(None) | Err(RecvError::Closed)) => return None,
                Err(_) if heartbeat == self.end => return None,
                Err(_) => return Some(HEARTBEAT_LINE),
            }
        }
    }

    fn is_wanted(&self, event: &LiveEvent) -> bool {
        let FollowQuery { channel, chat } = &self.query;
        let is_seen = |seen: &HashSet<String>| seen.contains(&*event.channel);
        self.seen.as_ref().is_none_or(is_seen)
            && channel.as_ref().is_none_or(|it| **it == *event.channel)
            && chat.as_ref().is_none_or(|it| *it == event.chat)
    }
}

/// Nothing is lost with what can't be written as JSON, for there is no such live event.
fn line(value: &impl Serialize) -> Option<Bytes> {
    let mut line = serde_json::to_vec(value).ok()?;
    line.push(b'\n');
    Some(line.into())
}
