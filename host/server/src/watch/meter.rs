//! Counts what channels use in a month, to bill by.
//!
//! Attempts are counted in memory, and written down together every few seconds and at a stop. What a crash
//! can lose is what was counted since.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use botbox_clock::{Clock, LINE_TIME};
use botbox_line::error::with_causes;
use botbox_store::{ChannelId, ChannelUsage, Metering, UsageCounts};
use jiff::Timestamp;

use crate::channel::Channel;

/// How often what was counted is written down: every 5 s. So a busy host makes one small write in that time,
/// and a crash loses no more.
const INTERVAL: Duration = Duration::from_secs(5);

/// Counts what channels use.
pub(crate) struct Meter {
    store: Arc<dyn Metering>,
    clock: Clock,
    counted: Mutex<Counted>,
}

/// What is not written down yet, by month and channel.
type Counted = HashMap<(Month, ChannelId), ChannelUsage>;

/// A month by LINE's time, by which LINE counts a channel's messages: year and month.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of a time.
    pub(crate) fn of(time: Timestamp) -> Self {
        let date = LINE_TIME.to_datetime(time).date();
        Self {
            year: date.year(),
            month: date.month(),
        }
    }

    /// Reads what [`name`](Self::name) wrote.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let (year, month) = name.split_once('-')?;
        let has_form = year.len() == 4 && month.len() == 2;
        let month = Self {
            year: year.parse().ok().filter(|_| has_form)?,
            month: month.parse().ok().filter(|it| (1..=12).contains(it))?,
        };
        (month.name() == name).then_some(month)
    }

    /// Such as `2026-11`.
    pub(crate) fn name(self) -> String {
        let Self { year, month } = self;
        format!("{year:04}-{month:02}")
    }
}

impl Meter {
    pub(crate) fn new(store: Arc<dyn Metering>, clock: Clock) -> Self {
        Self {
            store,
            clock,
            counted: Mutex::default(),
        }
    }

    /// Counts what a channel used now.
    pub(crate) fn add(&self, channel: &Channel, used: &UsageCounts) {
        let month = Month::of(self.clock.now());
        let mut counted = self.counted();
        let counted = counted.entry((month, channel.record));
        let row = counted.or_insert_with(|| ChannelUsage {
            month: month.name(),
            provider: channel.owner,
            provider_name: channel.provider.to_string(),
            channel: channel.record,
            channel_name: channel.id.to_string(),
            counts: UsageCounts::default(),
        });
        row.counts.add(used);
    }

    /// Writes down what was counted, again and again.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            self.clock.sleep(INTERVAL).await;
            self.flush().await;
        }
    }

    /// Writes down what was counted. What can't be written is counted still.
    pub(crate) async fn flush(&self) {
        let counted = std::mem::take(&mut *self.counted());
        if counted.is_empty() {
            return;
        }
        let rows = counted.values().cloned().collect();
        if let Err(error) = self.store.add_usage(rows).await {
            let why = with_causes(&error);
            tracing::error!(why, "cannot write down what channels used");
            self.put_back(counted);
        }
    }

    fn put_back(&self, counted: Counted) {
        let mut all = self.counted();
        for (key, row) in counted {
            match all.get_mut(&key) {
                Some(newer) => newer.counts.add(&row.counts),
                None => drop(all.insert(key, row)),
            }
        }
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        // Each change leaves it whole.
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_line_s() {
        let month = |time: &str| Month::of(time.parse().unwrap()).name();
        assert_eq!(month("2026-11-30T14:59:59Z"), "2026-11");
        assert_eq!(month("2026-11-30T15:00:00Z"), "2026-12");
        assert_eq!(Month::read("2026-12").unwrap().name(), "2026-12");
        for wrong in [
            "2026-13",
            "2026-00",
            "2026-1",
            "26-01",
            "+026-01",
            "",
            "2026-11-01",
        ] {
            assert_eq!(Month::read(wrong), None, "{wrong}");
        }
    }
}
