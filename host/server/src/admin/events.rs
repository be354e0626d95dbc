//! Live events, as server-sent events.

use std::sync::Arc;

use axum::extract::State;
use axum::response::sse::Event;
use botbox_store::ProviderId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::access::{May, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::refusal::Refusal;
use super::request::InPath;
use super::streams::{self, EventStream, LastEventId, Source};
use crate::control::caller::Caller;
use crate::watch::live_events::{LiveEvent, Subscription, Told};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsQuery {
    /// Of this channel.
    channel: Option<String>,
    /// Of this chat.
    chat: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelEventsQuery {
    /// Of this chat.
    chat: Option<String>,
}

/// The live events that a caller asked for.
struct Follower {
    subscription: Subscription,
    query: EventsQuery,
    /// Whose things the caller sees. `None`: all.
    owner: Option<ProviderId>,
}

pub(super) async fn all(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    last: LastEventId,
    Parameters(query): Parameters<EventsQuery>,
) -> Result<EventStream, Refusal> {
    follow(&operator, caller, last, query).await
}

pub(super) async fn of_channel(
    State(operator): State<Arc<Operator>>,
    InPath(channel): InPath<String>,
    May(caller, _): May<Read>,
    last: LastEventId,
    Parameters(query): Parameters<ChannelEventsQuery>,
) -> Result<EventStream, Refusal> {
    let query = EventsQuery {
        channel: Some(channel),
        chat: query.chat,
    };
    follow(&operator, caller, last, query).await
}

async fn follow(
    operator: &Arc<Operator>,
    caller: Caller,
    LastEventId(last): LastEventId,
    query: EventsQuery,
) -> Result<EventStream, Refusal> {
    if let Some(channel) = &query.channel {
        operator.key(&caller, channel).await?;
    }
    let open = operator.streams.open(&caller)?;
    let after = last.and_then(|it| it.parse().ok());
    let follower = Follower {
        subscription: operator.watch.live_events.subscribe(after),
        query,
        owner: caller.provider,
    };
    Ok(streams::answer(
        open,
        operator.token_ended(&caller),
        follower,
    ))
}

impl Source for Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            match self.subscription.next().await? {
                Told::Lagged(missed) => return Some(streams::lagged(missed)),
                Told::Event(id, event) if self.is_wanted(&event) => {
                    let told = streams::event(event.what.name(), &*event);
                    return Some(told.id(id.to_string()));
                }
                Told::Event(..) => {}
            }
        }
    }
}

impl Follower {
    fn is_wanted(&self, event: &LiveEvent) -> bool {
        let EventsQuery { channel, chat } = &self.query;
        let is_of_chat = |chat: &String| event.what.chat() == Some(chat);
        self.owner.is_none_or(|owner| owner == event.owner)
            && channel.as_ref().is_none_or(|it| **it == *event.channel)
            && chat.as_ref().is_none_or(is_of_chat)
    }
}
