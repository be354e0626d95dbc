//! How many messages a bot sent: LINE's statistics, and what its monthly quota is spent on.

use std::collections::{BTreeMap, BTreeSet};

use botbox_clock::Clock;

use crate::bots::chats::Via;
use crate::clock;

/// How many counts are kept, one for each day and way of sending; the oldest are dropped. It is
/// more than a year, which is what LINE's console shows.
const MAX_COUNTS: usize = 2_000;

/// How many names a bot can give its aggregation units in a month; messages with more are sent,
/// and their names are not assigned (LINE reference, "Send push message").
const MAX_UNITS: usize = 1_000;

/// What one bot sent. All is counted per recipient (LINE documentation, "Messaging API pricing").
pub(crate) struct Deliveries {
    clock: Clock,
    /// By day, as `yyyyMMdd`.
    counts: BTreeMap<(u32, Via), u64>,
    /// The month that `units` is of, as `yyyyMM`.
    units_month: u32,
    units: BTreeSet<String>,
}

impl Deliveries {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            counts: BTreeMap::new(),
            units_month: 0,
            units: BTreeSet::new(),
        }
    }

    pub(crate) fn count(&mut self, via: Via, recipients: usize) {
        let today = self.today();
        let count = self.counts.entry((today, via)).or_default();
        *count += recipients as u64;
        if self.counts.len() > MAX_COUNTS {
            self.counts.pop_first();
        }
    }

    /// How many were sent on a day, given as `yyyyMMdd`.
    pub(crate) fn on(&self, day: u32, via: Via) -> u64 {
        self.counts.get(&(day, via)).copied().unwrap_or_default()
    }

    /// What counts against the quota. The month is one of UTC+9, as the days of
    /// the statistics are; LINE does not say.
    pub(crate) fn this_month(&self) -> u64 {
        let first_day = self.today() / 100 * 100;
        let counts = self.counts.range((first_day, Via::User)..);
        counts
            .filter(|((_, via), _)| via.is_counted())
            .map(|(_, count)| count)
            .sum()
    }

    /// Assigns a unit name to what is sent.
    pub(crate) fn assign_unit(&mut self, name: &str) {
        let month = self.today() / 100;
        if self.units_month != month {
            self.units_month = month;
            self.units.clear();
        }
        if self.units.len() < MAX_UNITS {
            self.units.insert(name.to_owned());
        }
    }

    /// The unit names of this month, in order.
    pub(crate) fn units(&self) -> impl Iterator<Item = &str> {
        let current = self.units_month == self.today() / 100;
        let units = self.units.iter().filter(move |_| current);
        units.map(String::as_str)
    }

    fn today(&self) -> u32 {
        clock::statistics_day(clock::now_ms(&self.clock))
    }
}
