//! A span as OTLP has it.

use std::fmt::{self, Debug};

use serde_json::{Value, json};
use tracing::field::{Field, Visit};

/// The most characters of a value: 1,000. What a plugin says of a failure may be long.
const VALUE: usize = 1_000;

/// A span, while it lasts and afterwards.
#[derive(Debug)]
pub(super) struct TraceSpan {
    pub(super) trace_id: String,
    pub(super) span_id: String,
    /// Nothing: it is the first of its trace.
    pub(super) parent_id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// In nanoseconds since the Unix epoch.
    pub(super) start: i128,
    pub(super) end: i128,
    pub(super) fields: Fields,
}

/// What a span is to other systems.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Work of the host.
    Internal = 1,
    /// A call of another system.
    Client = 3,
    /// The handling of a message that came before.
    Consumer = 5,
}

/// What a span was told.
#[derive(Debug, Default)]
pub(super) struct Fields {
    attributes: Vec<(&'static str, Value)>,
    error: Option<String>,
    // These say what the span is.
    pub(super) trace_id: Option<String>,
    pub(super) span_id: Option<String>,
    pub(super) parent_id: Option<String>,
    /// How long before its making it began.
    pub(super) since_us: Option<u64>,
    /// The function of an import, and its interface.
    pub(super) function: Option<String>,
    pub(super) module: Option<String>,
}

impl TraceSpan {
    pub(super) fn json(&self) -> Value {
        let attributes = self.fields.attributes.iter();
        let attributes: Vec<_> = attributes
            .map(|(key, value)| json!({"key": key, "value": value}))
            .collect();
        let status = match &self.fields.error {
            Some(message) => json!({"code": 2, "message": message}),
            None => json!({}),
        };
        json!({
            "traceId": self.trace_id,
            "spanId": self.span_id,
            "parentSpanId": self.parent_id,
            "name": self.name,
            "kind": self.kind as u8,
            "startTimeUnixNano": self.start.to_string(),
            "endTimeUnixNano": self.end.to_string(),
            "attributes": attributes,
            "status": status,
        })
    }
}

impl Fields {
    fn text(&mut self, name: &'static str, value: String) {
        let slot = match name {
            "trace_id" => &mut self.trace_id,
            "span_id" => &mut self.span_id,
            "parent_id" => &mut self.parent_id,
            "function" => &mut self.function,
            "module" => &mut self.module,
            "error" => &mut self.error,
            _ => {
                let value = json!({"stringValue": cut(value)});
                self.attributes.push((name, value));
                return;
            }
        };
        *slot = Some(cut(value));
    }
}

fn cut(mut value: String) -> String {
    if let Some((end, _)) = value.char_indices().nth(VALUE) {
        value.truncate(end);
    }
    value
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field.name(), fmt::format(format_args!("{value:?}")));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        // OTLP's JSON has numbers of 64 bits as texts.
        let value = json!({"intValue": value.to_string()});
        self.attributes.push((field.name(), value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "since_us" {
            self.since_us = Some(value);
        } else {
            self.record_i64(field, value.try_into().unwrap_or(i64::MAX));
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        let value = json!({"boolValue": value});
        self.attributes.push((field.name(), value));
    }
}
