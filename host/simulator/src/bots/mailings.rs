//! Messages that went to many users at once: what insights and audiences name by request id.

use crate::recent::Recent;

/// How many mailings of one bot are remembered.
const MAX_MAILINGS: usize = 10_000;

/// How long LINE knows a mailing: 60 days, in milliseconds (LINE reference, "Create message click
/// audience").
const MEMORY_MS: u64 = 60 * 24 * 3_600 * 1_000;

/// The broadcasts and narrowcasts of one bot, by request id.
pub(crate) struct Mailings(Recent<String, Mailing>);

/// A broadcast or narrowcast.
pub(crate) struct Mailing {
    /// In milliseconds since 1970.
    pub(crate) sent_at: u64,
    pub(crate) recipients: usize,
    /// How many messages each recipient has.
    pub(crate) messages: usize,
}

impl Default for Mailings {
    fn default() -> Self {
        Self(Recent::new(MAX_MAILINGS))
    }
}

impl Mailings {
    pub(crate) fn add(&mut self, request_id: &str, mailing: Mailing) {
        self.0.insert(request_id.to_owned(), mailing);
    }

    pub(crate) fn get(&self, request_id: &str, now: u64) -> Option<&Mailing> {
        let mailing = self.0.get(request_id);
        mailing.filter(|mailing| now.saturating_sub(mailing.sent_at) <= MEMORY_MS)
    }
}
