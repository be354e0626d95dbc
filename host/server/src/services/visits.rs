//! Visits to beacons. LINE tells again and again that a user is near a beacon; the plugin gets one event
//! when the user comes, and one when the user has gone (LINE reference, "Beacon event").

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::beacon::Hwid;
use botbox_line::webhook::{Beacon, Event, EventKind, Source};
use botbox_runtime::host_event::{BeaconVisit, HostEvent, Origin, event_id};
use botbox_store::{
    EventSchedule, Expected, KeyValue, ScheduleOutcome, ScheduledEvent, Space, StoreError, Swap,
};

use super::expiry::expires_in;
use crate::config::BeaconVisits;
use crate::journal_event::new_event;

/// The most visits of a channel at a time: 10,000. A stadium has more, but not near beacons of one
/// account.
const VISITS: usize = 10_000;

/// The kind of scheduled events that their ends are.
pub(crate) const KIND: &str = "beacon-visits";

/// The visits to a channel's beacons.
pub(crate) struct Visits {
    schedule: Arc<dyn EventSchedule>,
    channel: Arc<str>,
    settings: BeaconVisits,
    store: Arc<dyn KeyValue>,
    clock: Clock,
    /// The last `enter` that the plugin got, by user and beacon.
    entered: Space,
}

/// A user near a beacon.
struct Sighting<'a> {
    beacon: &'a Beacon,
    event: &'a Event,
    /// Of the user and the beacon.
    key: String,
}

impl Visits {
    pub(crate) async fn open(
        schedule: Arc<dyn EventSchedule>,
        store: Arc<dyn KeyValue>,
        channel: Arc<str>,
        settings: BeaconVisits,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        // While the host was down, it got no events of users who stayed.
        let end = after(&clock, settings.gap);
        schedule.postpone(&channel, KIND, end).await?;
        Ok(Self {
            schedule,
            entered: Space::channel(&channel, "beacon-enters"),
            channel,
            settings,
            store,
            clock,
        })
    }

    /// Takes note of an event before the plugin gets it. Returns whether the plugin is to get it. Events
    /// of one chat must come one after the other.
    pub(crate) async fn observe(&self, event: &Event) -> bool {
        let Some(sighting) = Sighting::of(event) else {
            return true;
        };
        if let Err(error) = self.extend_visit(&sighting).await {
            self.log(&error);
        }
        let is_enter = sighting.beacon.beacon_type == "enter";
        is_enter
            && self.is_new_enter(&sighting).await.unwrap_or_else(|error| {
                self.log(&error);
                true
            })
    }

    /// Begins a visit, or has it end later.
    async fn extend_visit(&self, sighting: &Sighting<'_>) -> Result<(), StoreError> {
        let Self {
            schedule, channel, ..
        } = self;
        let visit = schedule.scheduled(channel, KIND, &sighting.key).await?;
        let visit = visit.and_then(|json| Event::from_host(&json).ok());
        let outcome = self.schedule(sighting, visit.as_ref()).await?;
        // It has just ended: the next one begins.
        if outcome == ScheduleOutcome::Differs {
            self.schedule(sighting, None).await?;
        }
        Ok(())
    }

    /// Has the visit end later, or a new one begin if there is none.
    async fn schedule(
        &self,
        sighting: &Sighting<'_>,
        visit: Option<&Event>,
    ) -> Result<ScheduleOutcome, StoreError> {
        let Sighting { beacon, event, key } = sighting;
        let expected = match visit {
            Some(_) => Expected::Event,
            None => Expected::Nothing(VISITS),
        };
        let visit = extended_visit(visit, beacon, event.timestamp);
        let last = visit.started_at.saturating_add_unsigned(visit.duration);
        let name = format!("botbox:visit:{}:{key}", self.channel);
        let id = event_id(visit.started_at, &name);
        let visit = HostEvent::BeaconVisit { visit };
        let visit = match visit.into_event(&id, last, Origin::from(*event)) {
            Ok(visit) => visit,
            Err(error) => {
                tracing::error!(channel = &*self.channel, %error, "cannot write a visit");
                return Ok(ScheduleOutcome::Done);
            }
        };
        let end = ScheduledEvent {
            key: key.clone(),
            at: after(&self.clock, self.settings.gap),
            event: new_event(&visit),
        };
        let outcome = self
            .schedule
            .schedule(&self.channel, KIND, end, expected)
            .await?;
        if outcome == ScheduleOutcome::Full {
            tracing::warn!(
                channel = &*self.channel,
                "a visit to a beacon goes unnoticed: there are {VISITS} already, the limit"
            );
        }
        Ok(outcome)
    }

    /// Whether the plugin got no `enter` of this user and beacon just before. The same event counts as
    /// new: it is run again.
    async fn is_new_enter(&self, sighting: &Sighting<'_>) -> Result<bool, StoreError> {
        let Sighting { event, key, .. } = sighting;
        let id = event.id.as_bytes();
        let until = expires_in(&self.clock, self.settings.debounce);
        let swap = self
            .store
            .swap(&self.entered, key, None, Some(id.to_vec()), Some(until));
        Ok(match swap.await? {
            Swap::Done => true,
            Swap::Differs(entered) => entered.as_deref() == Some(id),
        })
    }

    fn log(&self, error: &StoreError) {
        let why = botbox_line::error::with_causes(error);
        tracing::error!(
            channel = &*self.channel,
            why,
            "cannot keep a visit to a beacon"
        );
    }
}

impl<'a> Sighting<'a> {
    /// A user whom LINE shows, in or coming into the range of a beacon.
    fn of(event: &'a Event) -> Option<Self> {
        let EventKind::Beacon(beacon) = &event.kind else {
            return None;
        };
        if !matches!(event.source, Some(Source::User { .. })) {
            return None;
        }
        let user_id = event.chat()?;
        let hwid: Hwid = beacon.hwid.parse().ok()?;
        matches!(beacon.beacon_type.as_str(), "enter" | "stay").then(|| Self {
            beacon,
            event,
            key: format!("{hwid}/{user_id}"),
        })
    }
}

/// The visit with one more sighting. Events may come out of order.
fn extended_visit(visit: Option<&Event>, beacon: &Beacon, seen: i64) -> BeaconVisit {
    let (first, last) = match visit.and_then(HostEvent::of) {
        Some(HostEvent::BeaconVisit { visit }) => (
            visit.started_at,
            visit.started_at.saturating_add_unsigned(visit.duration),
        ),
        _ => (seen, seen),
    };
    let started_at = first.min(seen);
    BeaconVisit {
        hwid: beacon.hwid.clone(),
        started_at,
        duration: last.max(seen).abs_diff(started_at),
    }
}

/// The time after a gap that begins now, in milliseconds since the Unix epoch.
fn after(clock: &Clock, gap: Duration) -> i64 {
    let gap = i64::try_from(gap.as_millis()).unwrap_or(i64::MAX);
    clock.now_ms().saturating_add(gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_goes_from_the_first_sighting_to_the_last() {
        let beacon = Beacon {
            hwid: String::from("32af519e88"),
            beacon_type: String::from("stay"),
            device_message: None,
        };
        let origin = Event::from_host("{}").unwrap();
        let mut visit = None;
        for (seen, expected) in [
            (5_000, (5_000, 0)),
            (9_000, (5_000, 4_000)),
            (7_000, (5_000, 4_000)),
            (4_000, (4_000, 5_000)),
        ] {
            let longer = extended_visit(visit.as_ref(), &beacon, seen);
            assert_eq!((longer.started_at, longer.duration), expected);
            let longer = HostEvent::BeaconVisit { visit: longer };
            visit = Some(longer.into_event("id", 0, Origin::from(&origin)).unwrap());
        }
    }
}
