//! Long lists of ids, page by page.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::serve::Call;
use crate::answer::{Answer, Refusal};

/// How long a continuation token is good for (LINE reference, "Get a list of users who added your
/// LINE Official Account as a friend").
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// The page that a call asks for.
pub(super) struct Page {
    /// When it is asked for, in milliseconds since 1970.
    now: u64,
    limit: usize,
    /// The last id of the page before.
    after: Option<String>,
}

impl Page {
    /// The page after the continuation token `start`, of `limit` ids at most.
    pub(super) fn asked_for(
        call: &Call,
        default_limit: usize,
        max_limit: usize,
    ) -> Result<Self, Refusal> {
        let limit = match call.query("limit") {
            None => default_limit,
            Some(limit) => limit
                .parse()
                .ok()
                .filter(|limit| (1..=max_limit).contains(limit))
                .ok_or(Refusal::InvalidParameter("limit"))?,
        };
        let after = call
            .query("start")
            .map(|start| read_token(&start, call.time));
        Ok(Self {
            now: call.time,
            limit,
            after: after.transpose()?,
        })
    }

    /// The answer with this page of `ids`, which are in order, as its property `name`.
    pub(super) fn answer<'a>(&self, name: &str, ids: impl Iterator<Item = &'a str>) -> Answer {
        let (page, next) = self.cut(ids, |id| id);
        let mut body = json!({ name: page });
        if let Some(next) = next {
            body["next"] = next.into();
        }
        Answer::json(&body)
    }

    /// This page of `items`, which are in order of their ids, and the continuation token for the
    /// next page if there is one.
    pub(super) fn cut<'a, T>(
        &self,
        items: impl Iterator<Item = T>,
        id: impl Fn(&T) -> &'a str,
    ) -> (Vec<T>, Option<String>) {
        let is_before = |item: &T| self.after.as_deref().is_some_and(|after| id(item) <= after);
        let mut rest = items.skip_while(is_before).peekable();
        let page: Vec<T> = rest.by_ref().take(self.limit).collect();
        let last = page.last().filter(|_| rest.peek().is_some());
        let next = last.map(|last| write_token(id(last), self.now));
        (page, next)
    }
}

/// A token says when it was made and after which id to go on.
fn write_token(last: &str, now: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{now} {last}"))
}

fn read_token(token: &str, now: u64) -> Result<String, Refusal> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (made_at, last) = text.split_once(' ')?;
        let age = now.checked_sub(made_at.parse().ok()?)?;
        (u128::from(age) < TOKEN_LIFETIME.as_millis()).then(|| last.to_owned())
    };
    read().ok_or(Refusal::InvalidStart)
}
