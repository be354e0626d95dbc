//! What is counted to bill by.
//!
//! It outlives what it is about: a provider that was deleted can still be billed, by its id, and a new one of
//! its name has an id of its own.

use super::tenants::{ChannelId, ProviderId};
use crate::error::StoreFuture;

/// The most rows that a page of [`Metering::usage`] has.
pub const PAGE_USAGE: usize = 1_000;

/// What a channel used in a month.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChannelUsage {
    /// Such as `2026-11`.
    pub month: String,
    /// The channel's owner.
    pub provider: ProviderId,
    /// What operators called the owner.
    pub provider_name: String,
    /// The channel.
    pub channel: ChannelId,
    /// What operators called it.
    pub channel_name: String,
    /// How much it used.
    pub counts: UsageCounts,
}

/// How much was used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct UsageCounts {
    /// Events that were handled.
    pub events: u64,
    /// Attempts at events, whether they succeeded or not.
    pub attempts: u64,
    /// Processor time of plugins, in microseconds.
    pub cpu_us: u64,
    /// Replies that LINE took.
    pub replies: u64,
    /// Pushes that LINE took.
    pub pushes: u64,
    /// Multicasts that LINE took, each to any number of users.
    pub multicasts: u64,
    /// Narrowcasts that LINE took, each to any number of users.
    pub narrowcasts: u64,
    /// Broadcasts that LINE took, each to all friends.
    pub broadcasts: u64,
    /// LINE notification messages that LINE took.
    pub notifications: u64,
}

impl UsageCounts {
    /// Adds what was used beside it.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.attempts += other.attempts;
        self.cpu_us += other.cpu_us;
        self.replies += other.replies;
        self.pushes += other.pushes;
        self.multicasts += other.multicasts;
        self.narrowcasts += other.narrowcasts;
        self.broadcasts += other.broadcasts;
        self.notifications += other.notifications;
    }
}

/// Which rows of a month are meant.
#[derive(Clone, Debug)]
pub struct UsageFilter {
    /// Such as `2026-11`.
    pub month: String,
    /// Those of this provider. `None`: of all.
    pub provider: Option<ProviderId>,
    /// Those after this one.
    pub after: Option<(ProviderId, ChannelId)>,
}

/// What channels used. Nothing of it is ever deleted: a channel has a row of some hundred bytes for each month.
pub trait Metering: Send + Sync {
    /// Adds to what channels have used: all of it, or none. It is durable when this returns.
    fn add_usage(&self, used: Vec<ChannelUsage>) -> StoreFuture<'_, ()>;

    /// Up to `limit` rows and no more than [`PAGE_USAGE`], by the ids of provider and channel.
    fn usage(&self, filter: UsageFilter, limit: usize) -> StoreFuture<'_, Vec<ChannelUsage>>;
}
