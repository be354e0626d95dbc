//! The record of the Messaging API calls that a bot made.

use std::collections::VecDeque;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// How many calls of one bot are kept; the oldest are dropped.
const MAX_CALLS: usize = 10_000;

/// How many bytes of request bodies of one bot are kept with them.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// The last calls of one bot.
#[derive(Default)]
pub(crate) struct Calls {
    calls: VecDeque<Call>,
    made: u64,
    body_bytes: usize,
}

/// One call and how it was answered.
pub(crate) struct Call {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    /// `None` when no answer was given.
    pub(crate) status: Option<u16>,
    pub(crate) request_id: String,
    pub(crate) retry_key: Option<String>,
    pub(crate) body: Bytes,
}

/// A call in the control API's form.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallView<'a> {
    seq: u64,
    method: &'a str,
    path: &'a str,
    status: Option<u16>,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

impl Calls {
    pub(crate) fn add(&mut self, call: Call) {
        self.made += 1;
        self.body_bytes += call.body.len();
        self.calls.push_back(call);
        while self.calls.len() > MAX_CALLS || self.body_bytes > MAX_BODY_BYTES {
            let Some(oldest) = self.calls.pop_front() else {
                return;
            };
            self.body_bytes -= oldest.body.len();
        }
    }

    /// The calls, oldest first. A call's `seq` counts all calls of the bot from 1, dropped ones
    /// too.
    pub(crate) fn view(&self) -> Vec<CallView<'_>> {
        let first = self.made - self.calls.len() as u64 + 1;
        (first..)
            .zip(&self.calls)
            .map(|(seq, call)| call.view(seq))
            .collect()
    }
}

impl Call {
    fn view(&self, seq: u64) -> CallView<'_> {
        CallView {
            seq,
            method: &self.method,
            path: &self.path,
            status: self.status,
            request_id: &self.request_id,
            retry_key: self.retry_key.as_deref(),
            body: self.body_view(),
        }
    }

    /// The body as JSON, or as a string when it is not JSON.
    fn body_view(&self) -> Option<Value> {
        if self.body.is_empty() {
            return None;
        }
        let json = serde_json::from_slice(&self.body);
        Some(json.unwrap_or_else(|_| String::from_utf8_lossy(&self.body).into()))
    }
}
