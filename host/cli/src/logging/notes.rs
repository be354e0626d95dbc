//! What the host logs of a bot's events, for the simulator's log: what the plugin logs, and why it failed.

use std::fmt::{Debug, Write as _};
use std::sync::LazyLock;

use serde::Serialize;
use tokio::sync::broadcast::{self, Receiver, Sender};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// How many notes wait for who hears them: 1,024. Who is slower misses some.
const CAPACITY: usize = 1_024;

/// The target of what plugins log.
const PLUGIN: &str = "plugin";

/// The target of what becomes of events.
const EVENTS: &str = "botbox_server::dispatch";

/// The log is the process's, and so is what is heard of it.
static NOTES: LazyLock<Sender<Note>> = LazyLock::new(|| broadcast::channel(CAPACITY).0);

/// A note, as the simulator takes it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Note {
    kind: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_event_id: Option<String>,
}

/// Hears the notes from now on.
pub(crate) fn hear() -> Receiver<Note> {
    NOTES.subscribe()
}

/// The layer of the log that makes notes.
pub(super) struct Notes;

/// The id of the event that a span is about.
struct EventId(String);

/// The fields of a line of the log that are of interest.
#[derive(Default)]
struct Fields {
    id: Option<String>,
    error: Option<String>,
    context: String,
    message: String,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Notes {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(id), Some(span)) = (fields.id, context.span(id)) {
            span.extensions_mut().insert(EventId(id));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let target = event.metadata().target();
        if NOTES.receiver_count() == 0 || !(target == PLUGIN || target.starts_with(EVENTS)) {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let (kind, text, level) = match (target == PLUGIN, fields.error) {
            (true, _) => {
                let colon = if fields.context.is_empty() { "" } else { ": " };
                let text = format!("{}{colon}{}", fields.context, fields.message);
                ("log", text, Some(name(*event.metadata().level())))
            }
            (false, Some(error)) => ("failure", error, None),
            (false, None) => return,
        };
        let event_id = context
            .event_scope(event)
            .into_iter()
            .flatten()
            .find_map(|span| {
                let extensions = span.extensions();
                extensions.get::<EventId>().map(|EventId(id)| id.clone())
            });
        // Nobody may hear any more.
        let _ = NOTES.send(Note {
            kind,
            text,
            level,
            webhook_event_id: event_id,
        });
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "id" => self.id = Some(value.to_owned()),
            "error" => self.error = Some(value.to_owned()),
            "context" => value.clone_into(&mut self.context),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing to a text does not fail.
            let _ = write!(self.message, "{value:?}");
        }
    }
}

fn name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}
