//! Which events the operator means, and how that is told.

use std::error::Error;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use botbox_store::{EventFilter, EventState, PAGE_EVENTS, Position};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;

/// How many events a page has if nobody says.
const DEFAULT_LIMIT: usize = 100;

/// The parameters of a URL. What is wrong with them is told in the API's own way.
pub(super) struct Parameters<T>(pub(super) T);

/// Where an event is, as the API names it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Waiting,
    Handled,
    Dead,
    Unsent,
    Discarded,
}

/// A page of events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    channel: Option<String>,
    chat: Option<String>,
    id: Option<String>,
    state: Option<State>,
    error: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
    before: Option<Position>,
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

    /// The same of dead letters only.
    pub(super) fn dead_letter_page(mut self) -> Result<Page, Refusal> {
        match self.state.replace(State::Dead) {
            None | Some(State::Dead) => self.page(),
            Some(_) => Err(Refusal::BadRequest(String::from(
                "state: all dead letters are dead; leave it out, or ask for /v1/journal/events",
            ))),
        }
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
