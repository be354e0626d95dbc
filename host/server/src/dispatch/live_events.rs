//! What happens to events, as it happens, for those who subscribe.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use tokio::sync::broadcast;

/// How many live events wait for the slowest subscriber: some seconds of a busy host. Who is slower
/// misses some.
const CAPACITY: usize = 1024;

/// Something happened to an event.
#[derive(Debug, Serialize)]
pub(crate) struct LiveEvent {
    /// When, in milliseconds since the Unix epoch.
    pub(crate) time: i64,
    /// The event's channel.
    #[serde(serialize_with = "as_text")]
    pub(crate) channel: Arc<str>,
    /// The event.
    pub(crate) id: String,
    /// Its chat, or nothing.
    pub(crate) chat: String,
    /// What happened.
    #[serde(rename = "what")]
    pub(crate) change: Change,
    /// Which attempt ended, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempt: Option<u32>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// What can happen to an event.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// It arrived, and is kept.
    Accepted,
    /// An attempt succeeded.
    Handled,
    /// An attempt failed; another one follows.
    Retry,
    /// The last attempt failed.
    Dead,
}

/// Where live events are published. Who publishes waits for no subscriber.
#[derive(Clone, Debug)]
pub(crate) struct LiveEvents(broadcast::Sender<Option<Arc<LiveEvent>>>);

/// What a subscriber receives: live events, and `None` when the host stops.
pub(crate) type Subscription = broadcast::Receiver<Option<Arc<LiveEvent>>>;

impl LiveEvents {
    /// Without subscribers yet.
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }

    /// Publishes a live event, which is made only for a subscriber.
    pub(crate) fn publish(&self, make: impl FnOnce() -> LiveEvent) {
        if self.subscribers() > 0 {
            self.send(Some(Arc::new(make())));
        }
    }

    /// Ends all subscriptions: their connections would hold up a stop.
    pub(crate) fn close(&self) {
        self.send(None);
    }

    /// Receives what is published from now on.
    pub(crate) fn subscribe(&self) -> Subscription {
        self.0.subscribe()
    }

    /// How many subscribe.
    pub(crate) fn subscribers(&self) -> usize {
        self.0.receiver_count()
    }

    fn send(&self, event: Option<Arc<LiveEvent>>) {
        // It fails when nobody subscribes any more.
        drop(self.0.send(event));
    }
}

fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    fn live_event(id: usize) -> LiveEvent {
        LiveEvent {
            time: 1,
            channel: "shop".into(),
            id: id.to_string(),
            chat: String::from("U1"),
            change: Change::Handled,
            attempt: None,
            error: None,
        }
    }

    #[test]
    fn nothing_is_made_for_nobody() {
        let events = LiveEvents::new();
        events.publish(|| panic!("nobody subscribes"));
        drop(events.subscribe());
        events.publish(|| panic!("nobody subscribes any more"));
    }

    #[test]
    fn a_slow_subscriber_is_told_what_it_missed() {
        let events = LiveEvents::new();
        let mut subscription = events.subscribe();
        for id in 0..CAPACITY + 3 {
            events.publish(|| live_event(id));
        }
        assert_eq!(
            subscription.try_recv().unwrap_err(),
            TryRecvError::Lagged(3)
        );
        assert_eq!(subscription.try_recv().unwrap().unwrap().id, "3");
        events.close();
        let rest: Vec<_> = std::iter::from_fn(|| subscription.try_recv().ok()).collect();
        assert!(rest.last().unwrap().is_none());
    }

    #[test]
    fn a_live_event_is_plain_json() {
        let json = serde_json::to_string(&live_event(7)).unwrap();
        let expected = r#"{"time":1,"channel":"shop","id":"7","chat":"U1","what":"handled"}"#;
        assert_eq!(json, expected);
    }
}
