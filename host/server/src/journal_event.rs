//! LINE's event as the journal takes it.

use botbox_line::webhook::{Event, EventKind};
use botbox_store::NewEvent;

/// An event as the journal takes it.
pub(crate) fn new_event(event: &Event) -> NewEvent {
    NewEvent {
        id: event.id.clone(),
        chat: event.chat().unwrap_or_default().to_owned(),
        message: event.message_id().map(str::to_owned),
        is_unsend: matches!(event.kind, EventKind::Unsend { .. }),
        is_from_host: matches!(event.kind, EventKind::Host),
        body: event.json.shared(),
    }
}
