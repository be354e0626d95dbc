//! An event: as it arrives, as it fails, and as it ends.

use std::sync::Arc;
use std::time::Duration;

use crate::registry::deployments::DeploymentNumber;

/// The most events that one call replays, discards or removes: 256, which take some milliseconds, so
/// that no other call waits for long.
pub const STEP_EVENTS: usize = 256;

/// The place of an event in the journal: the order of arrival.
pub type Position = i64;

/// An event that arrives.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// LINE's `webhookEventId`: events with the same id are the same event.
    pub id: String,
    /// The user, group or room. Empty if the event names none: such events do not wait for one another.
    pub chat: String,
    /// The message that the event brings, edits or unsends.
    pub message: Option<String>,
    /// Whether the event unsends the message: what brought or edited it must not be used any more.
    pub is_unsend: bool,
    /// Whether the host made the event.
    pub is_from_host: bool,
    /// The event's JSON.
    pub body: Arc<str>,
}

/// Where an event is on its way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventState {
    /// It waits or runs.
    Waiting,
    /// It is handled.
    Handled,
    /// It is a dead letter: its attempts are used up.
    Dead,
    /// Its message was unsent before it was handled, or while it was a dead letter.
    Unsent,
    /// It was a dead letter, and an operator discarded it.
    Discarded,
}

/// An attempt that failed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FailedAttempt {
    /// When it began, in milliseconds since the Unix epoch.
    pub started: i64,
    /// How long it took.
    pub took: Duration,
    /// The deployment that made it. 0: not known, for the end of the host cut it off.
    pub deployment: DeploymentNumber,
    /// The digest of its plugin.
    pub digest: String,
    /// What went wrong.
    pub error: String,
    /// What the plugin logged.
    pub log: String,
}
