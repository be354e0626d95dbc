//! What happens, told while it happens, for those who subscribe.
//!
//! The newest live events are in a ring, and each subscriber reads on from where it is. So nobody waits for
//! who is slow: what has left the ring before it was read is missed, and the subscriber is told how many
//! those were. Whose connection broke goes on from the last live event that it knows.
//!
//! An event can run before the webhook that brought it knows that it is kept. So the webhook announces its
//! events before they are kept, and whoever tells of one first tells before that it has arrived.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use botbox_store::{DeploymentNumber, ProviderId};
use serde::{Serialize, Serializer};
use tokio::sync::watch;

/// How many live events the ring has: 1,024, some seconds of a busy host. Who is slower misses some.
const CAPACITY: usize = 1_024;

/// How long they are recorded for who comes back: 30 s after the last subscriber has left.
const RESUME_TIME: Duration = Duration::from_secs(30);

/// Something happened.
#[derive(Debug, Serialize)]
pub(crate) struct LiveEvent {
    /// When, in milliseconds since the Unix epoch.
    pub(crate) time: i64,
    /// Whose channel it is. Who sees another provider does not see this.
    #[serde(skip)]
    pub(crate) owner: ProviderId,
    #[serde(serialize_with = "as_text")]
    pub(crate) provider: Arc<str>,
    #[serde(serialize_with = "as_text")]
    pub(crate) channel: Arc<str>,
    #[serde(flatten)]
    pub(crate) what: What,
}

/// What can happen.
#[derive(Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum What {
    /// An event arrived, and is kept.
    Arrived {
        id: String,
        /// Nothing, if the event names none.
        chat: String,
    },
    /// An attempt at an event ended.
    Attempt {
        id: String,
        chat: String,
        /// Counted from 1.
        attempt: u32,
        outcome: AttemptOutcome,
        /// 0: it is not known which one was to run.
        deployment: DeploymentNumber,
        took_ms: f64,
        /// How many sends LINE took in this attempt.
        sends: u64,
        /// Why it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// An event became a dead letter.
    DeadLetter {
        id: String,
        chat: String,
        attempts: u32,
        error: String,
    },
    /// Other deployments serve.
    Switch {
        stable: DeploymentNumber,
        #[serde(skip_serializing_if = "Option::is_none")]
        canary: Option<DeploymentNumber>,
        /// The canary's share of the chats.
        #[serde(skip_serializing_if = "Option::is_none")]
        percent: Option<u8>,
        by: String,
        reason: String,
    },
    /// The guard took a deployment out of traffic.
    Abort {
        deployment: DeploymentNumber,
        /// The stable one from then on.
        stable: DeploymentNumber,
        reason: String,
    },
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AttemptOutcome {
    Handled,
    /// It failed; another one follows.
    Retry,
    /// It failed, and was the last one.
    Dead,
}

impl What {
    /// As it is called in a stream.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Arrived { .. } => "arrived",
            Self::Attempt { .. } => "attempt",
            Self::DeadLetter { .. } => "dead_letter",
            Self::Switch { .. } => "switch",
            Self::Abort { .. } => "abort",
        }
    }

    /// The event that it is about.
    fn event(&self) -> Option<&str> {
        match self {
            Self::Arrived { id, .. } | Self::Attempt { id, .. } | Self::DeadLetter { id, .. } => {
                Some(id)
            }
            Self::Switch { .. } | Self::Abort { .. } => None,
        }
    }

    /// The chat that it is about.
    pub(crate) fn chat(&self) -> Option<&str> {
        match self {
            Self::Arrived { chat, .. }
            | Self::Attempt { chat, .. }
            | Self::DeadLetter { chat, .. } => Some(chat),
            Self::Switch { .. } | Self::Abort { .. } => None,
        }
    }
}

/// Names a live event: which recording it is of, and its number in it. A new start records anew, and so does
/// the host when nobody has subscribed for a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct LiveEventId {
    recording: i64,
    number: u64,
}

impl fmt::Display for LiveEventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.recording, self.number)
    }
}

impl FromStr for LiveEventId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (recording, number) = text.split_once('-').ok_or(())?;
        Ok(Self {
            recording: recording.parse().map_err(drop)?,
            number: number.parse().map_err(drop)?,
        })
    }
}

/// Where live events are published. Clones are the same.
#[derive(Clone)]
pub(crate) struct LiveEvents(Arc<Shared>);

struct Shared {
    /// Whether anything is recorded: so who publishes need not ask the ring.
    is_recording: AtomicBool,
    ring: Mutex<Ring>,
    /// Changes when there is something to read.
    changed: watch::Sender<()>,
}

struct Ring {
    recording: i64,
    /// The number of the next live event.
    next: u64,
    /// The newest ones. The last is the one before `next`.
    events: VecDeque<Arc<LiveEvent>>,
    /// Those of events that may be kept by now, by channel and event.
    announced: HashMap<(Arc<str>, String), LiveEvent>,
    subscribers: usize,
    /// When the last subscriber left.
    left: Option<Instant>,
    is_closed: bool,
}

/// Events that are about to be kept. Dropped, they are not told.
pub(crate) struct Announced {
    events: LiveEvents,
    /// In the order of arrival.
    keys: Vec<(Arc<str>, String)>,
}

/// Reads live events.
pub(crate) struct Subscription {
    events: LiveEvents,
    changed: watch::Receiver<()>,
    recording: i64,
    /// The number of the next one that is to be read.
    next: u64,
    /// Whether it is to be told that it is not known what it missed.
    is_lost: bool,
}

/// What a subscriber is told.
#[derive(Debug)]
pub(crate) enum Told {
    Event(LiveEventId, Arc<LiveEvent>),
    /// So many live events are missed. `None`: it is not known how many.
    Lagged(Option<u64>),
}

impl LiveEvents {
    /// Without subscribers yet. `now` tells recordings of one process from those of another.
    pub(crate) fn new(now_ms: i64) -> Self {
        Self(Arc::new(Shared {
            is_recording: AtomicBool::new(false),
            ring: Mutex::new(Ring {
                recording: now_ms,
                next: 0,
                events: VecDeque::new(),
                announced: HashMap::new(),
                subscribers: 0,
                left: None,
                is_closed: false,
            }),
            changed: watch::Sender::new(()),
        }))
    }

    /// Publishes a live event, which is made only when somebody may read it.
    pub(crate) fn publish(&self, make: impl FnOnce() -> LiveEvent) {
        if !self.0.is_recording.load(Ordering::Relaxed) {
            return;
        }
        let event = make();
        let mut ring = self.ring();
        if ring.is_forgotten() {
            self.stop_recording(&mut ring);
            return;
        }
        if !ring.announced.is_empty()
            && let Some(id) = event.what.event()
        {
            ring.tell_announced(&(Arc::clone(&event.channel), id.to_owned()));
        }
        ring.push(event);
        drop(ring);
        self.0.changed.send_replace(());
    }

    /// Announces the arrival of events, which are made only when somebody may read them.
    pub(crate) fn announce(&self, make: impl FnOnce() -> Vec<LiveEvent>) -> Option<Announced> {
        if !self.0.is_recording.load(Ordering::Relaxed) {
            return None;
        }
        let made = make();
        let mut keys = Vec::with_capacity(made.len());
        let mut ring = self.ring();
        for event in made {
            if let Some(id) = event.what.event() {
                let key = (Arc::clone(&event.channel), id.to_owned());
                keys.push(key.clone());
                ring.announced.insert(key, event);
            }
        }
        drop(ring);
        let events = self.clone();
        Some(Announced { events, keys })
    }

    /// Reads what is published after a live event, or from now on.
    pub(crate) fn subscribe(&self, after: Option<LiveEventId>) -> Subscription {
        let changed = self.0.changed.subscribe();
        let mut ring = self.ring();
        if ring.is_forgotten() {
            self.stop_recording(&mut ring);
        }
        ring.subscribers += 1;
        ring.left = None;
        self.0.is_recording.store(true, Ordering::Relaxed);
        let known = after.filter(|it| it.recording == ring.recording && it.number < ring.next);
        Subscription {
            events: self.clone(),
            changed,
            recording: ring.recording,
            next: known.map_or(ring.next, |it| it.number + 1),
            is_lost: after.is_some() && known.is_none(),
        }
    }

    /// Ends all subscriptions: their connections would hold up a stop.
    pub(crate) fn close(&self) {
        self.ring().is_closed = true;
        self.0.changed.send_replace(());
    }

    /// What is numbered from now on is of another recording: there is a gap before it.
    fn stop_recording(&self, ring: &mut Ring) {
        self.0.is_recording.store(false, Ordering::Relaxed);
        ring.recording += 1;
        ring.next = 0;
        ring.events = VecDeque::new();
        ring.announced = HashMap::new();
        ring.left = None;
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // It is whole at any time.
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Announced {
    /// The events are kept.
    pub(crate) fn arrived(mut self) {
        let mut ring = self.events.ring();
        for key in std::mem::take(&mut self.keys) {
            ring.tell_announced(&key);
        }
        drop(ring);
        self.events.0.changed.send_replace(());
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        let mut ring = self.events.ring();
        for key in &self.keys {
            ring.announced.remove(key);
        }
    }
}

impl Ring {
    /// Tells that an event has arrived, if it was announced and nobody has told it yet.
    fn tell_announced(&mut self, key: &(Arc<str>, String)) {
        if let Some(event) = self.announced.remove(key) {
            self.push(event);
        }
    }

    fn push(&mut self, event: LiveEvent) {
        if self.events.len() == CAPACITY {
            self.events.pop_front();
        }
        self.events.push_back(Arc::new(event));
        self.next += 1;
    }

    /// Whether nobody has subscribed for a while.
    fn is_forgotten(&self) -> bool {
        self.subscribers == 0 && self.left.is_some_and(|it| it.elapsed() >= RESUME_TIME)
    }
}

impl Subscription {
    /// Waits for what is told next. Nothing when the host stops.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        loop {
            // Before it looks: what comes after that, wakes it.
            self.changed.mark_unchanged();
            match self.look() {
                Look::Told(told) => return Some(told),
                Look::Closed => return None,
                Look::Nothing => {}
            }
            self.changed.changed().await.ok()?;
        }
    }

    fn look(&mut self) -> Look {
        if std::mem::take(&mut self.is_lost) {
            return Look::Told(Told::Lagged(None));
        }
        let ring = self.events.ring();
        let oldest = ring.next - ring.events.len() as u64;
        if self.next < oldest {
            let missed = oldest - self.next;
            self.next = oldest;
            return Look::Told(Told::Lagged(Some(missed)));
        }
        let index = usize::try_from(self.next - oldest).ok();
        match index.and_then(|index| ring.events.get(index)) {
            Some(event) => {
                let id = LiveEventId {
                    recording: self.recording,
                    number: self.next,
                };
                let told = Told::Event(id, Arc::clone(event));
                self.next += 1;
                Look::Told(told)
            }
            None if ring.is_closed => Look::Closed,
            None => Look::Nothing,
        }
    }
}

enum Look {
    Told(Told),
    Nothing,
    Closed,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut ring = self.events.ring();
        ring.subscribers -= 1;
        if ring.subscribers == 0 {
            ring.left = Some(Instant::now());
        }
    }
}

fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live_event(id: u64) -> LiveEvent {
        LiveEvent {
            time: 1,
            owner: ProviderId(1),
            provider: "acme".into(),
            channel: "shop".into(),
            what: What::Arrived {
                id: id.to_string(),
                chat: String::from("U1"),
            },
        }
    }

    /// The numbers of the live events that can be read, and how many are missed.
    fn read(subscription: &mut Subscription) -> (Vec<String>, Vec<Option<u64>>) {
        let (mut ids, mut missed) = (Vec::new(), Vec::new());
        while let Look::Told(told) = subscription.look() {
            match told {
                Told::Event(_, event) => match &event.what {
                    What::Arrived { id, .. } => ids.push(id.clone()),
                    other => panic!("{other:?}"),
                },
                Told::Lagged(count) => missed.push(count),
            }
        }
        (ids, missed)
    }

    #[test]
    fn nothing_is_made_for_nobody() {
        let events = LiveEvents::new(1);
        events.publish(|| panic!("nobody subscribes"));
        drop(events.subscribe(None));
        // For who comes back.
        events.publish(|| live_event(1));
        events.ring().left = Instant::now().checked_sub(RESUME_TIME);
        events.publish(|| live_event(2));
        events.publish(|| panic!("nobody has come back"));
    }

    #[test]
    fn an_event_arrives_before_it_is_attempted() {
        let events = LiveEvents::new(1);
        assert!(events.announce(|| panic!("nobody subscribes")).is_none());
        let mut subscription = events.subscribe(None);
        let announced = events.announce(|| vec![live_event(1), live_event(2), live_event(3)]);
        // Some dead letter of an announced event, before the webhook goes on.
        events.publish(|| LiveEvent {
            what: What::DeadLetter {
                id: String::from("2"),
                chat: String::new(),
                attempts: 1,
                error: String::from("no"),
            },
            ..live_event(2)
        });
        announced.unwrap().arrived();
        let told = std::iter::from_fn(|| match subscription.look() {
            Look::Told(Told::Event(_, event)) => Some(format!(
                "{} {}",
                event.what.name(),
                event.what.event().unwrap()
            )),
            _ => None,
        });
        let told: Vec<String> = told.collect();
        assert_eq!(
            told,
            ["arrived 2", "dead_letter 2", "arrived 1", "arrived 3"]
        );
        // What is not kept has not arrived.
        drop(events.announce(|| vec![live_event(4)]));
        events.publish(|| live_event(5));
        assert_eq!(read(&mut subscription).0, ["5"]);
    }

    #[test]
    fn a_slow_subscriber_is_told_what_it_missed() {
        let events = LiveEvents::new(1);
        let mut subscription = events.subscribe(None);
        for id in 0..CAPACITY as u64 + 3 {
            events.publish(|| live_event(id));
        }
        let (ids, missed) = read(&mut subscription);
        assert_eq!((ids[0].as_str(), ids.len()), ("3", CAPACITY));
        assert_eq!(missed, [Some(3)]);
        events.close();
        assert!(matches!(subscription.look(), Look::Closed));
    }

    #[test]
    fn who_comes_back_goes_on_where_it_was() {
        let events = LiveEvents::new(1);
        let mut subscription = events.subscribe(None);
        events.publish(|| live_event(0));
        let Look::Told(Told::Event(last, _)) = subscription.look() else {
            panic!("there is one");
        };
        assert_eq!(last.to_string().parse(), Ok(last));
        drop(subscription);
        events.publish(|| live_event(1));
        let mut again = events.subscribe(Some(last));
        events.publish(|| live_event(2));
        let (ids, missed) = read(&mut again);
        assert_eq!(ids, ["1", "2"]);
        assert!(missed.is_empty());
        // Too late.
        drop(again);
        events.ring().left = Instant::now().checked_sub(RESUME_TIME);
        let mut late = events.subscribe(Some(last));
        events.publish(|| live_event(4));
        assert_eq!(read(&mut late), (vec![String::from("4")], vec![None]));
        // What was never given.
        let foreign = LiveEventId { number: 9, ..last };
        assert_eq!(
            read(&mut events.subscribe(Some(foreign))),
            (vec![], vec![None])
        );
    }

    #[test]
    fn a_live_event_is_plain_json() {
        let json = serde_json::to_string(&live_event(7)).unwrap();
        let expected = r#"{"time":1,"provider":"acme","channel":"shop","what":"arrived","id":"7","chat":"U1"}"#;
        assert_eq!(json, expected);
    }
}
