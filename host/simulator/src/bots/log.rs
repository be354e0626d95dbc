//! The log of one bot: what went between it and the platform, webhooks and calls alike, in the order
//! in which they ended.
//!
//! An exchange is logged when it is over, so that an entry never changes and a reader needs nothing
//! but the last number that it knows. Who wants the order in which exchanges began sorts by `time`.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids;
use crate::webhook::Reason;

/// How many exchanges of one bot are kept; the oldest are dropped.
const MAX_ENTRIES: usize = 10_000;

/// How many bytes of bodies of one bot are kept with them.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// The last exchanges of one bot.
#[derive(Default)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
    /// How many exchanges there were, dropped ones too.
    logged: u64,
    /// How many of them were calls.
    calls: u64,
    body_bytes: usize,
}

/// When an exchange began, and how long it took.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Times {
    /// Milliseconds since 1970.
    pub(crate) time: u64,
    /// Milliseconds.
    pub(crate) took: u64,
}

/// A webhook, and what came of it.
pub(crate) struct SentWebhook {
    pub(crate) url: Option<String>,
    pub(crate) signature: String,
    pub(crate) body: Bytes,
    /// `None` when no answer came.
    pub(crate) status: Option<u16>,
    pub(crate) reason: Reason,
    /// For people.
    pub(crate) detail: String,
}

/// A call of the Messaging API, and how it was answered.
pub(crate) struct Call {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    /// `None` when no answer was given.
    pub(crate) status: Option<u16>,
    pub(crate) request_id: String,
    pub(crate) retry_key: Option<String>,
    pub(crate) body: Bytes,
    /// Names in lower case; without the access token.
    pub(crate) headers: BTreeMap<String, String>,
    /// The answer's, when it is JSON or text.
    pub(crate) answer: Bytes,
}

/// What a host tells of what it did with an event.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Note {
    kind: NoteKind,
    text: String,
    /// How serious the plugin takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webhook_event_id: Option<String>,
}

/// What a note is about.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum NoteKind {
    /// A line that the plugin logged.
    Log,
    /// The plugin failed.
    Failure,
    /// The plugin could not be built, or is built again.
    Build,
}

struct Entry {
    seq: u64,
    /// Counts the exchanges of all bots.
    order: u64,
    times: Times,
    exchange: Exchange,
}

enum Exchange {
    Webhook(SentWebhook),
    Call {
        /// Counts the calls alone.
        number: u64,
        call: Call,
    },
    Note(Note),
}

/// An exchange in the control API's form.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryView<'a> {
    seq: u64,
    order: u64,
    #[serde(flatten)]
    times: Times,
    #[serde(flatten)]
    exchange: ExchangeView<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum ExchangeView<'a> {
    #[serde(rename_all = "camelCase")]
    Webhook {
        url: Option<&'a str>,
        signature: &'a str,
        /// The bytes that were signed, as text.
        body: String,
        status: Option<u16>,
        reason: Reason,
        detail: &'a str,
    },
    #[serde(rename_all = "camelCase")]
    Call {
        #[serde(flatten)]
        call: CallView<'a>,
        headers: &'a BTreeMap<String, String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        answer: Option<Value>,
    },
    Note(&'a Note),
}

/// A call in the control API's form.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    method: &'a str,
    path: &'a str,
    status: Option<u16>,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

impl Log {
    pub(crate) fn add_call(&mut self, times: Times, call: Call) {
        self.calls += 1;
        let number = self.calls;
        self.add(times, Exchange::Call { number, call });
    }

    pub(crate) fn add_note(&mut self, time: u64, note: Note) {
        self.add(Times { time, took: 0 }, Exchange::Note(note));
    }

    pub(crate) fn add_webhook(&mut self, times: Times, webhook: SentWebhook) {
        self.add(times, Exchange::Webhook(webhook));
    }

    /// The exchanges with a number above `seq`, oldest first; of those the `last` newest.
    pub(crate) fn after(&self, seq: u64, last: usize) -> Vec<EntryView<'_>> {
        let start = self.entries.partition_point(|entry| entry.seq <= seq);
        let start = start.max(self.entries.len().saturating_sub(last));
        self.entries.range(start..).map(Entry::view).collect()
    }

    /// The exchanges that ended after that one of any bot, oldest first.
    pub(crate) fn after_order(&self, order: u64) -> impl Iterator<Item = (u64, EntryView<'_>)> {
        let start = self.entries.partition_point(|entry| entry.order <= order);
        let entries = self.entries.range(start..);
        entries.map(|entry| (entry.order, entry.view()))
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.body_bytes = 0;
    }

    /// The calls, oldest first. A call's `seq` counts all calls of the bot from 1, dropped ones
    /// too.
    pub(crate) fn calls(&self) -> Vec<CallView<'_>> {
        let calls = self.entries.iter().filter_map(|entry| {
            let Exchange::Call { number, call } = &entry.exchange else {
                return None;
            };
            Some(call.view(Some(*number)))
        });
        calls.collect()
    }

    /// The webhook that was logged under that number, if it is kept.
    pub(crate) fn webhook(&self, seq: u64) -> Option<&SentWebhook> {
        let found = self.entries.binary_search_by_key(&seq, |entry| entry.seq);
        match &self.entries.get(found.ok()?)?.exchange {
            Exchange::Webhook(webhook) => Some(webhook),
            Exchange::Call { .. } | Exchange::Note(_) => None,
        }
    }

    /// The bodies of the webhooks that are kept, oldest first.
    pub(crate) fn webhook_bodies(&self) -> impl Iterator<Item = &Bytes> {
        self.entries
            .iter()
            .filter_map(|entry| match &entry.exchange {
                Exchange::Webhook(webhook) => Some(&webhook.body),
                Exchange::Call { .. } | Exchange::Note(_) => None,
            })
    }

    fn add(&mut self, times: Times, exchange: Exchange) {
        self.logged += 1;
        let entry = Entry {
            seq: self.logged,
            order: ids::log_entry(),
            times,
            exchange,
        };
        self.body_bytes += entry.body_bytes();
        self.entries.push_back(entry);
        while self.entries.len() > MAX_ENTRIES || self.body_bytes > MAX_BODY_BYTES {
            let Some(oldest) = self.entries.pop_front() else {
                return;
            };
            self.body_bytes -= oldest.body_bytes();
        }
    }
}

impl Entry {
    fn body_bytes(&self) -> usize {
        match &self.exchange {
            Exchange::Webhook(webhook) => webhook.body.len(),
            Exchange::Call { call, .. } => call.body.len() + call.answer.len(),
            Exchange::Note(note) => note.text.len(),
        }
    }

    fn view(&self) -> EntryView<'_> {
        let exchange = match &self.exchange {
            Exchange::Webhook(webhook) => ExchangeView::Webhook {
                url: webhook.url.as_deref(),
                signature: &webhook.signature,
                body: String::from_utf8_lossy(&webhook.body).into_owned(),
                status: webhook.status,
                reason: webhook.reason,
                detail: &webhook.detail,
            },
            Exchange::Call { call, .. } => ExchangeView::Call {
                call: call.view(None),
                headers: &call.headers,
                answer: json_or_text(&call.answer),
            },
            Exchange::Note(note) => ExchangeView::Note(note),
        };
        EntryView {
            seq: self.seq,
            order: self.order,
            times: self.times,
            exchange,
        }
    }
}

impl Call {
    fn view(&self, seq: Option<u64>) -> CallView<'_> {
        CallView {
            seq,
            method: &self.method,
            path: &self.path,
            status: self.status,
            request_id: &self.request_id,
            retry_key: self.retry_key.as_deref(),
            body: json_or_text(&self.body),
        }
    }
}

/// A body as JSON, or as a string when it is not JSON; `None` when there is none.
fn json_or_text(body: &Bytes) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    let json = serde_json::from_slice(body);
    Some(json.unwrap_or_else(|_| String::from_utf8_lossy(body).into()))
}
