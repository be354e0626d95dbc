//! Which events the operator means, and how that is told.

use std::error::Error;

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use botbox_store::{EventFilter, EventState, PAGE_EVENTS, Position};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::description::{Input, Operation};
use super::refusal::Refusal;

/// How many events a page has if nobody says.
const DEFAULT_LIMIT: usize = 100;

/// The parameters of a URL. What is wrong with them is told in the API's own way.
pub(super) struct Parameters<T>(pub(super) T);

/// Where an event is, as the API names it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EventState")]
pub(super) enum State {
    Waiting,
    Handled,
    Dead,
    Unsent,
    Discarded,
}

/// A page of events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Of this channel. A provider's token must name one.
    channel: Option<String>,
    /// Of this chat.
    chat: Option<String>,
    /// With this `webhookEventId`.
    id: Option<String>,
    /// In this state.
    state: Option<State>,
    /// Whose last error has this text in it.
    error: Option<String>,
    /// Received at this time or later.
    since: Option<i64>,
    /// Received before this time.
    until: Option<i64>,
    /// The `next` of the page before.
    before: Option<Position>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A page of dead letters.
// The same without a state. serde refuses no unknown parameters of what it flattens, so the fields stand here again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeadLetterQuery {
    /// Of this channel. A provider's token must name one.
    channel: Option<String>,
    /// Of this chat.
    chat: Option<String>,
    /// With this `webhookEventId`.
    id: Option<String>,
    /// Whose last error has this text in it.
    error: Option<String>,
    /// Received at this time or later.
    since: Option<i64>,
    /// Received before this time.
    until: Option<i64>,
    /// The `next` of the page before.
    before: Option<Position>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// Which page is meant.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) filter: EventFilter,
    pub(super) before: Option<Position>,
    pub(super) limit: usize,
}

impl ListQuery {
    pub(super) fn page(self) -> Result<Page, Refusal> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=PAGE_EVENTS).contains(&limit) {
            let why = format!("limit: a page has 1 to {PAGE_EVENTS} events, not {limit}");
            return Err(Refusal::BadRequest(why));
        }
        Ok(Page {
            filter: EventFilter {
                channel: self.channel,
                chat: self.chat,
                id: self.id,
                state: self.state.map(EventState::from),
                error: self.error,
                since: self.since,
                until: self.until,
            },
            before: self.before,
            limit,
        })
    }
}

impl DeadLetterQuery {
    pub(super) fn page(self) -> Result<Page, Refusal> {
        let page = ListQuery {
            channel: self.channel,
            chat: self.chat,
            id: self.id,
            state: Some(State::Dead),
            error: self.error,
            since: self.since,
            until: self.until,
            before: self.before,
            limit: self.limit,
        };
        page.page()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            // Its own words begin with a sentence about serialization.
            Err(rejection) => Err(Refusal::BadRequest(match root(&rejection) {
                Some(cause) => cause.to_string(),
                None => rejection.body_text(),
            })),
        }
    }
}

impl<T: JsonSchema> Input for Parameters<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.query::<T>();
        operation.refuses(
            StatusCode::BAD_REQUEST,
            "A parameter is unknown, or its value is wrong.",
        );
    }
}

/// What is told last of an error's causes.
fn root(error: &dyn Error) -> Option<&dyn Error> {
    let cause = error.source()?;
    Some(root(cause).unwrap_or(cause))
}

impl From<State> for EventState {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Handled => Self::Handled,
            State::Dead => Self::Dead,
            State::Unsent => Self::Unsent,
            State::Discarded => Self::Discarded,
        }
    }
}

impl From<EventState> for State {
    fn from(state: EventState) -> Self {
        match state {
            EventState::Waiting => Self::Waiting,
            EventState::Handled => Self::Handled,
            EventState::Dead => Self::Dead,
            EventState::Unsent => Self::Unsent,
            EventState::Discarded => Self::Discarded,
        }
    }
}
