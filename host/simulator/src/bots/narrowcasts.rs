//! Narrowcasts: messages that LINE takes at once and sends in its own time.

use serde_json::{Value, json};

use crate::clock;

/// How many narrowcasts of one bot are remembered.
pub(crate) const MAX_NARROWCASTS: usize = 10_000;

/// How long LINE tells of a narrowcast: 14 days, in milliseconds (LINE reference, "Get narrowcast
/// message status").
const MEMORY_MS: u64 = 14 * 24 * 3600 * 1000;

/// A narrowcast that was accepted.
pub(crate) struct Narrowcast {
    accepted_at: u64,
    /// How many users it was for.
    target_count: usize,
    outcome: Outcome,
    /// How often the bot asked for its progress.
    asked: u32,
}

/// What becomes of a narrowcast.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is sent.
    Succeeded,
    /// It is not sent, because it would reach only some of its recipients.
    Canceled,
}

impl Narrowcast {
    /// Accepted now, in milliseconds since 1970.
    pub(crate) fn new(target_count: usize, outcome: Outcome, now: u64) -> Self {
        Self {
            accepted_at: now,
            target_count,
            outcome,
            asked: 0,
        }
    }

    /// Whether LINE says that it was sent, or is being sent.
    pub(crate) fn succeeded(&self) -> bool {
        self.outcome == Outcome::Succeeded && self.asked > 1
    }

    /// Whether LINE tells of it no more.
    pub(crate) fn is_forgotten(&self, now: u64) -> bool {
        now.saturating_sub(self.accepted_at) > MEMORY_MS
    }

    /// What LINE says of it. Users have their messages from the first; what is said of it lags
    /// behind and moves on by one phase with each question, so that a bot meets all phases,
    /// however fast it asks.
    pub(crate) fn next_progress(&mut self) -> Value {
        let asked = self.asked;
        self.asked = asked.saturating_add(1);
        let mut progress = json!({ "acceptedTime": clock::iso_8601(self.accepted_at) });
        match (asked, self.outcome) {
            (0, _) => {
                progress["phase"] = "waiting".into();
                return progress;
            }
            (1, Outcome::Succeeded) => {
                progress["phase"] = "sending".into();
                self.add_counts(&mut progress, 0);
                return progress;
            }
            (_, Outcome::Succeeded) => {
                progress["phase"] = "succeeded".into();
                self.add_counts(&mut progress, self.target_count);
            }
            (_, Outcome::Canceled) => {
                progress["phase"] = "failed".into();
                progress["failedDescription"] = "message delivery has been canceled".into();
                progress["errorCode"] = 5.into();
                self.add_counts(&mut progress, 0);
            }
        }
        progress["completedTime"] = clock::iso_8601(self.accepted_at).into();
        progress
    }

    fn add_counts(&self, progress: &mut Value, success_count: usize) {
        progress["successCount"] = success_count.into();
        progress["failureCount"] = 0.into();
        progress["targetCount"] = self.target_count.into();
    }
}
