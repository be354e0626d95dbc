//! Faults: answers and webhooks that go wrong on purpose.

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

/// A fault that waits for calls or webhooks.
#[derive(Clone, Deserialize)]
#[serde(try_from = "FaultForm")]
pub(crate) struct Fault {
    /// Only this bot's; without it, every bot's.
    pub(crate) bot: Option<String>,
    /// How many more it strikes; without it, all.
    times: Option<u32>,
    /// Which share of them it strikes, at random: above 0, at most 1.
    share: f64,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Call {
        /// Without it, any.
        operation: Option<Operation>,
        strike: Strike,
    },
    Webhook(Misdelivery),
}

/// What one call meets.
#[derive(Clone)]
pub(crate) struct Strike {
    /// Whether the operation takes effect before its answer is replaced.
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
    /// The connection ends without an answer.
    Drop,
    /// The right answer is late.
    Delay(Duration),
}

/// How the delivery of a webhook goes wrong.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Misdelivery {
    /// It comes so many times more, all at once.
    Duplicate(u32),
    /// It comes late by so many milliseconds of the simulator's clock, behind those that are sent
    /// meanwhile, and together with others that are due then.
    Delay(u64),
    /// Its signature is wrong.
    BadSignature(bool),
    /// It never comes, as if the host had not answered.
    Lose(bool),
}

/// The faults that wait, oldest first.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Whether there was room for `fault`.
    pub(crate) fn add(&mut self, fault: Fault) -> bool {
        let room = self.0.len() < MAX_FAULTS;
        if room && fault.times != Some(0) {
            self.0.push(fault);
        }
        room
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The fault that this call meets, if any: the oldest that fits.
    pub(crate) fn strike(&mut self, bot: &str, called: Operation) -> Option<Strike> {
        self.meet(bot, |kind| match kind {
            Kind::Call { operation, strike } if operation.is_none_or(|it| it == called) => {
                Some(strike.clone())
            }
            _ => None,
        })
    }

    /// The fault that this webhook to `bot` meets, if any: the oldest that fits.
    pub(crate) fn misdeliver(&mut self, bot: &str) -> Option<Misdelivery> {
        self.meet(bot, |kind| match kind {
            Kind::Webhook(misdelivery) => Some(*misdelivery),
            Kind::Call { .. } => None,
        })
    }

    fn meet<T>(&mut self, bot: &str, fits: impl Fn(&Kind) -> Option<T>) -> Option<T> {
        let (index, met) = self.0.iter().enumerate().find_map(|(index, fault)| {
            let of_bot = fault.bot.as_deref().is_none_or(|id| id == bot);
            let met = fits(&fault.kind).filter(|_| of_bot)?;
            (fastrand::f64() < fault.share).then_some((index, met))
        })?;
        if let Some(times) = &mut self.0[index].times {
            *times -= 1;
            if *times == 0 {
                self.0.remove(index);
            }
        }
        Some(met)
    }
}

/// The control API's form of a [`Fault`].
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FaultForm {
    bot: Option<String>,
    /// The `operationId` of LINE's OpenAPI description, in any case: LINE's own spellings differ.
    operation: Option<String>,
    /// How many calls it strikes: one, or with a share any number.
    times: Option<u32>,
    share: Option<f64>,
    #[serde(default)]
    perform_first: bool,
    answer: Option<Misbehaviour>,
    webhook: Option<Misdelivery>,
}

impl TryFrom<FaultForm> for Fault {
    type Error = String;

    fn try_from(form: FaultForm) -> Result<Self, String> {
        let share = form.share.unwrap_or(1.0);
        if !(share > 0.0 && share <= 1.0) {
            return Err(format!("a share is above 0 and at most 1, not {share}"));
        }
        let kind = match (form.answer, form.webhook) {
            (Some(misbehaviour), None) => Kind::Call {
                operation: form.operation.as_deref().map(find_operation).transpose()?,
                strike: Strike {
                    perform_first: form.perform_first,
                    misbehaviour,
                },
            },
            (None, Some(misdelivery)) if form.operation.is_none() && !form.perform_first => {
                Kind::Webhook(misdelivery)
            }
            _ => {
                return Err(
                    "a fault has an answer, to a call of an operation, or is of a webhook"
                        .to_owned(),
                );
            }
        };
        Ok(Self {
            bot: form.bot,
            times: form.times.or(form.share.is_none().then_some(1)),
            share,
            kind,
        })
    }
}

fn find_operation(id: &str) -> Result<Operation, String> {
    let mut all = Operation::ALL.iter();
    let found = all.find(|it| it.endpoint().id.eq_ignore_ascii_case(id));
    found.copied().ok_or(format!("no operation {id}"))
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
    #[serde(default)]
    drop: bool,
    /// Milliseconds.
    delay: Option<u64>,
}

impl TryFrom<Form> for Misbehaviour {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        let (status, delay) = (form.status, form.delay);
        match (status, form.hang, form.truncate, form.drop, delay) {
            (Some(status), false, false, false, None) => Ok(Self::Answer(form.answer(status)?)),
            (None, true, false, false, None) => Ok(Self::Hang),
            (None, false, true, false, None) => Ok(Self::Truncate),
            (None, false, false, true, None) => Ok(Self::Drop),
            (None, false, false, false, Some(ms)) => Ok(Self::Delay(Duration::from_millis(ms))),
            _ => Err("an answer is one of status, hang, truncate, drop, delay".to_owned()),
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
