//! Faults: answers that go wrong on purpose.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use botbox_line::Operation;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::answer::Answer;

/// How many faults can wait; more are refused.
pub(crate) const MAX_FAULTS: usize = 1_000;

/// A fault that waits for calls.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Fault {
    /// Only this bot's calls; without it, every bot's.
    pub(crate) bot: Option<String>,
    operation: Operation,
    /// How many calls it strikes.
    #[serde(default = "once")]
    times: u32,
    /// Whether the operation takes effect before its answer is replaced.
    #[serde(default)]
    perform_first: bool,
    answer: Misbehaviour,
}

/// What one call meets.
#[derive(Clone)]
pub(crate) struct Strike {
    pub(crate) perform_first: bool,
    pub(crate) misbehaviour: Misbehaviour,
}

/// How an answer goes wrong.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Form")]
pub(crate) enum Misbehaviour {
    /// This answer is given in place of the right one.
    Answer(Answer),
    /// No answer is ever given.
    Hang,
    /// The connection breaks in the middle of the right answer's body.
    Truncate,
    /// The right answer is late.
    Delay(Duration),
}

/// The faults that wait, oldest first.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Whether there was room for `fault`.
    pub(crate) fn add(&mut self, fault: Fault) -> bool {
        let room = self.0.len() < MAX_FAULTS;
        if room && fault.times > 0 {
            self.0.push(fault);
        }
        room
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that this call meets, if any: the oldest that fits.
    pub(crate) fn strike(&mut self, bot: &str, operation: Operation) -> Option<Strike> {
        let index = self.0.iter().position(|fault| {
            fault.operation == operation && fault.bot.as_deref().is_none_or(|id| id == bot)
        })?;
        let fault = &mut self.0[index];
        let strike = Strike {
            perform_first: fault.perform_first,
            misbehaviour: fault.answer.clone(),
        };
        fault.times -= 1;
        if fault.times == 0 {
            self.0.remove(index);
        }
        Some(strike)
    }
}

fn once() -> u32 {
    1
}

/// The control API's form of a [`Misbehaviour`].
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Form {
    status: Option<u16>,
    content_type: Option<String>,
    /// A string is sent as it is, anything else as JSON.
    body: Option<Value>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    hang: bool,
    #[serde(default)]
    truncate: bool,
    /// Milliseconds.
    delay: Option<u64>,
}

impl TryFrom<Form> for Misbehaviour {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        match (form.status, form.hang, form.truncate, form.delay) {
            (Some(status), false, false, None) => Ok(Self::Answer(form.answer(status)?)),
            (None, true, false, None) => Ok(Self::Hang),
            (None, false, true, None) => Ok(Self::Truncate),
            (None, false, false, Some(ms)) => Ok(Self::Delay(Duration::from_millis(ms))),
            _ => Err("an answer is one of status, hang, truncate, delay".to_owned()),
        }
    }
}

impl Form {
    fn answer(self, status: u16) -> Result<Answer, String> {
        // Statuses below 200 are not answers.
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| status.as_u16() >= 200)
            .ok_or(format!("{status} is not the status of an answer"))?;
        let (natural_type, body) = match self.body {
            None => (None, Bytes::new()),
            Some(Value::String(text)) => (Some("text/plain; charset=utf-8"), text.into()),
            Some(json) => (Some("application/json"), json.to_string().into()),
        };
        let mut headers = HeaderMap::new();
        if let Some(content_type) = self.content_type.as_deref().or(natural_type) {
            headers.insert(CONTENT_TYPE, header_value(content_type)?);
        }
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).map_err(|e| format!("header {name}: {e}"))?;
            headers.insert(name, header_value(value)?);
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

fn header_value(value: &str) -> Result<HeaderValue, String> {
    HeaderValue::try_from(value).map_err(|e| format!("header value {value:?}: {e}"))
}
