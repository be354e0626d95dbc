//! What failed for good: looked at, given another chance, or thrown away.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_store::{
    DeploymentNumber, Deployments, EventFilter, EventState, Position, ReplayOn, StoreError, Tenants,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::{Deploy, May, Read};
use super::filter::{DeadLetterQuery, Parameters};
use super::journal::{self, PageAnswer};
use super::operator::Operator;
use super::refusal::Refusal;
use super::request::{Document, to_the_end};
use crate::control::caller::Caller;
use crate::http::cut;

/// How much of a condition is in the audit: 256 bytes. Ids are whole.
const CONDITION_DETAIL: usize = 256;

/// Which dead letters are meant, in the body of a request.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "an object that says which dead letters"
)]
#[schemars(extend("examples" = [{"channel": "shop", "error": "trap"}]))]
#[schemars(rename = "DeadLetterSelection")]
pub(super) struct Selection {
    /// Of this channel.
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
    /// In the place of all others: nobody replays or discards everything by leaving something out.
    #[serde(default)]
    all: bool,
    /// What replays: `kept`, which is the default, `current`, or a number.
    deployment: Option<Wish>,
}

/// The deployment that replays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "`kept`, `current` or the number of a deployment"
)]
#[schemars(rename = "ReplayOn")]
enum Wish {
    Named(Named),
    Number(DeploymentNumber),
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Named {
    Kept,
    Current,
}

/// How many dead letters wait again.
#[derive(Serialize, JsonSchema)]
pub(super) struct Replayed {
    replayed: usize,
}

/// How many dead letters are gone.
#[derive(Serialize, JsonSchema)]
pub(super) struct Discarded {
    discarded: usize,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<DeadLetterQuery>,
) -> Result<Json<PageAnswer>, Refusal> {
    journal::page(&operator, &caller, query.page()?).await
}

pub(super) async fn replay(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Deploy>,
    Document(selection): Document<Selection>,
) -> Result<Json<Replayed>, Refusal> {
    selection.check()?;
    // Of a channel that left the configuration, a replayed event would wait for nobody.
    let channels = match &selection.channel {
        Some(channel) => vec![channel.as_str().into()],
        None => {
            let seen = operator.seen(&caller).await?;
            let mut all = operator.directory.ids();
            all.retain(|it| seen.as_ref().is_none_or(|seen| seen.contains(&**it)));
            all
        }
    };
    let on = operator.replay_on(&caller, &selection).await?;
    let selection = Arc::new(selection);
    let mut replayed = 0;
    for channel in channels {
        let record = operator.served(&caller, &channel).await?;
        let filter = selection.filter(Some(record.key()));
        let (operator, caller) = (Arc::clone(&operator), caller.clone());
        let selection = Arc::clone(&selection);
        let replay = async move {
            let count = operator.replay(&channel, filter, on).await?;
            if count > 0 {
                let detail = selection.in_words(count);
                let action = "dead letters replayed";
                let audited = operator.add_to_audit(&caller, Some(&record), action, detail);
                audited.await?;
            }
            Ok(count)
        };
        replayed += to_the_end(replay).await?;
    }
    Ok(Json(Replayed { replayed }))
}

pub(super) async fn discard(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Deploy>,
    Document(selection): Document<Selection>,
) -> Result<Json<Discarded>, Refusal> {
    selection.check()?;
    if selection.deployment.is_some() {
        let why = "deployment: none is needed to discard dead letters; leave it out";
        return Err(Refusal::BadRequest(String::from(why)));
    }
    let mut filter = selection.filter(selection.channel.clone());
    operator.restrict(&caller, &mut filter).await?;
    let record = match &selection.channel {
        // One of before the registry is not in it.
        Some(channel) => operator.store.channel_named(channel).await?,
        None => None,
    };
    to_the_end(async move {
        let discarded = operator.discard(&selection, filter).await?;
        if discarded > 0 {
            let detail = selection.in_words(discarded);
            let action = "dead letters discarded";
            let audited = operator.add_to_audit(&caller, record.as_ref(), action, detail);
            audited.await?;
        }
        Ok(Json(Discarded { discarded }))
    })
    .await
}

impl Selection {
    /// Fails if it does not say which dead letters are meant.
    fn check(&self) -> Result<(), Refusal> {
        let wrong = match (self.has_filter(), self.all) {
            (true, false) | (false, true) => return Ok(()),
            (false, false) => {
                "nothing says which dead letters: give `channel`, `chat`, `id`, `error`, `since` or \
                 `until`, or `\"all\": true`"
            }
            (true, true) => "all: with it, all dead letters are meant; leave it out, or the rest",
        };
        Err(Refusal::BadRequest(String::from(wrong)))
    }

    fn has_filter(&self) -> bool {
        let texts = [&self.channel, &self.chat, &self.id, &self.error];
        let times = [self.since, self.until];
        texts.into_iter().any(Option::is_some) || times.iter().any(Option::is_some)
    }

    /// For the audit, which has the channel beside it: how many were meant, and by what.
    fn in_words(&self, count: usize) -> String {
        let texts = [
            ("chat", &self.chat),
            ("id", &self.id),
            ("error", &self.error),
        ];
        let texts = texts.into_iter().filter_map(|(name, value)| {
            let value = cut(value.as_ref()?, CONDITION_DETAIL);
            Some(format!(", {name} {value:?}"))
        });
        let times = [("since", self.since), ("until", self.until)];
        let times = times
            .into_iter()
            .filter_map(|(name, value)| Some(format!(", {name} {}", value?)));
        let conditions: String = texts.chain(times).collect();
        format!("{count}{conditions}")
    }

    /// Which events are meant, of the channel that the store knows by a key.
    fn filter(&self, channel: Option<String>) -> EventFilter {
        EventFilter {
            channel,
            chat: self.chat.clone(),
            id: self.id.clone(),
            state: Some(EventState::Dead),
            error: self.error.clone(),
            since: self.since,
            until: self.until,
        }
    }
}

impl Operator {
    /// The deployment that replays.
    async fn replay_on(&self, caller: &Caller, selection: &Selection) -> Result<ReplayOn, Refusal> {
        let number = match &selection.deployment {
            None | Some(Wish::Named(Named::Kept)) => return Ok(ReplayOn::Kept),
            Some(Wish::Named(Named::Current)) => return Ok(ReplayOn::Current),
            Some(Wish::Number(number)) => *number,
        };
        let Some(channel) = &selection.channel else {
            let why = "deployment: each channel has deployments of its own; give `channel`, too";
            return Err(Refusal::BadRequest(String::from(why)));
        };
        let record = self.served(caller, channel).await?.id;
        if self.store.deployment(record, number).await?.is_none() {
            let why = format!("deployment: the channel {channel:?} has no deployment {number}");
            return Err(Refusal::NotFound(why));
        }
        Ok(ReplayOn::Deployment(number))
    }

    /// Replays dead letters of a channel, each once, though what fails again at once is a dead letter
    /// again.
    async fn replay(
        &self,
        channel: &str,
        filter: EventFilter,
        on: ReplayOn,
    ) -> Result<usize, StoreError> {
        let mut replayed = 0;
        let mut after = Some(Position::MIN);
        while let Some(behind) = after {
            let step = self.journal.replay(filter.clone(), behind, on).await?;
            replayed += step.positions.len();
            after = step.next;
            if !step.positions.is_empty() {
                tracing::info!(channel, replayed, ?on, "the operator replayed dead letters");
            }
        }
        Ok(replayed)
    }

    /// Discards dead letters, for good.
    async fn discard(
        &self,
        selection: &Selection,
        filter: EventFilter,
    ) -> Result<usize, StoreError> {
        let mut discarded = 0;
        let mut after = Some(Position::MIN);
        while let Some(behind) = after {
            let step = self.journal.discard(filter.clone(), behind).await?;
            discarded += step.positions.len();
            after = step.next;
            if !step.positions.is_empty() {
                tracing::info!(
                    channel = selection.channel,
                    chat = selection.chat,
                    id = selection.id,
                    discarded,
                    "the operator discarded dead letters"
                );
            }
        }
        Ok(discarded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> String {
        let selection: Selection = serde_json::from_str(body).unwrap();
        selection.check().unwrap_err().to_string()
    }

    #[test]
    fn everything_is_only_meant_when_it_is_said() {
        assert!(refusal("{}").starts_with("nothing says which dead letters"));
        assert!(refusal(r#"{"all": false}"#).starts_with("nothing says which dead letters"));
        assert!(refusal(r#"{"deployment": 3}"#).starts_with("nothing says which"));
        assert!(refusal(r#"{"all": true, "id": "x"}"#).starts_with("all: "));
        let right = |body| serde_json::from_str::<Selection>(body).unwrap().check();
        assert!(right(r#"{"all": true}"#).is_ok());
        assert!(right(r#"{"since": 0}"#).is_ok());
    }

    #[test]
    fn a_misspelt_filter_is_no_filter() {
        let wrong = |body| {
            serde_json::from_str::<Selection>(body)
                .unwrap_err()
                .to_string()
        };
        let said = wrong(r#"{"chanel": "shop"}"#);
        assert!(
            said.contains("unknown field `chanel`, expected one of `channel`"),
            "{said}"
        );
        assert!(wrong("3").contains("an object that says which dead letters"));
    }
}
