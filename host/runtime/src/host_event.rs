//! Events that the host makes itself. They come in LINE's envelope, so that they wait, run and are
//! kept like any other event.

use botbox_line::webhook::{Event, EventJson, EventKind};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use ulid::Ulid;
use uuid::Uuid;

/// What happened.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "type")]
pub enum HostEvent {
    /// A time has come that the bot set.
    #[serde(rename = "botbox.timer")]
    Timer {
        /// The timer. Its id is the event's.
        timer: Timer,
    },
    /// A user's stay near a beacon has ended.
    #[serde(rename = "botbox.beaconVisit")]
    BeaconVisit {
        /// The visit.
        #[serde(rename = "beaconVisit")]
        visit: BeaconVisit,
    },
}

/// A timer that the bot set.
#[derive(Debug, Deserialize, Serialize)]
pub struct Timer {
    /// As the bot gave it.
    pub payload: String,
}

/// A user's stay near a beacon.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BeaconVisit {
    /// The beacon: 10 hexadecimal digits, in lower case.
    pub hwid: String,
    /// The time of the first event about it, in milliseconds since the Unix epoch.
    pub started_at: i64,
    /// From the first event to the last one, in milliseconds.
    pub duration: u64,
}

/// The event that an event comes from: the two have mode and source in common.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// Whether the bot may send.
    pub is_active: bool,
    /// The event.
    pub json: &'a EventJson,
}

impl<'a> From<&'a Event> for Origin<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            is_active: event.is_active(),
            json: &event.json,
        }
    }
}

/// An event as LINE writes it (LINE reference, "Common properties").
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(flatten)]
    event: &'a HostEvent,
    mode: &'a str,
    timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Box<RawValue>>,
    webhook_event_id: &'a str,
    delivery_context: DeliveryContext,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryContext {
    is_redelivery: bool,
}

impl HostEvent {
    /// Makes it an event, of a time in milliseconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// None, with what can be in it; JSON could not have a map whose keys are no texts.
    pub fn into_event(
        self,
        id: &str,
        timestamp: i64,
        origin: Origin<'_>,
    ) -> Result<Event, serde_json::Error> {
        let envelope = Envelope {
            event: &self,
            mode: if origin.is_active {
                "active"
            } else {
                "standby"
            },
            timestamp,
            source: origin.json.source(),
            webhook_event_id: id,
            delivery_context: DeliveryContext {
                is_redelivery: false,
            },
        };
        Event::from_host(&serde_json::to_string(&envelope)?)
    }

    /// What a host's event tells; `None` of any other, and of one that another version of the host
    /// made.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        match event.kind {
            EventKind::Host => serde_json::from_str(event.json.as_str()).ok(),
            _ => None,
        }
    }
}

/// An id for an event of the host: a ULID that is the same whenever it is made of the same time, in
/// milliseconds since the Unix epoch, and the same name. So an event that is made again is
/// the same event.
#[must_use]
pub fn event_id(time: i64, name: &str) -> String {
    let random = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
    let time = u64::try_from(time).unwrap_or_default();
    Ulid::from_parts(time, random.as_u128()).to_string()
}

#[cfg(test)]
mod tests {
    use botbox_line::webhook::Callback;

    use super::*;

    fn outside(event: &str) -> Event {
        let body = format!(r#"{{"events":[{event}]}}"#);
        Callback::parse(body.as_bytes()).unwrap().events.remove(0)
    }

    #[test]
    fn it_has_the_source_and_mode_of_its_origin() {
        let origin = outside(
            r#"{"type":"message","mode":"standby","source":{"type":"planet","id":1.50},"replyToken":"t"}"#,
        );
        let payload = String::from("\"tea\"\n");
        let timer = HostEvent::Timer {
            timer: Timer { payload },
        };
        let id = event_id(5, "a");
        let event = timer.into_event(&id, 7, Origin::from(&origin)).unwrap();
        assert_eq!((event.id.as_str(), event.timestamp), (id.as_str(), 7));
        assert_eq!(event.mode, "standby");
        assert!(
            event
                .json
                .as_str()
                .contains(r#"{"type":"planet","id":1.50}"#)
        );
        assert!(!event.json.as_str().contains("replyToken"));
        let Some(HostEvent::Timer { timer }) = HostEvent::of(&event) else {
            panic!("{event:?}")
        };
        assert_eq!(timer.payload, "\"tea\"\n");
    }

    #[test]
    fn nothing_from_outside_is_one() {
        let event = outside(r#"{"type":"botbox.timer","timer":{"payload":"forged"}}"#);
        assert!(matches!(event.kind, EventKind::Unknown));
        assert!(HostEvent::of(&event).is_none());
    }

    #[test]
    fn ids_are_made_again() {
        assert_eq!(
            event_id(1_700_000_000_000, "a"),
            event_id(1_700_000_000_000, "a")
        );
        assert_ne!(event_id(1, "a"), event_id(1, "b"));
        assert!(event_id(1, "a") < event_id(2, "a"));
        assert!(event_id(-1, "a").parse::<Ulid>().is_ok());
    }
}
