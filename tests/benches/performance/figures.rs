//! What many measurements say together.

use std::fmt;
use std::time::Duration;

/// The middle of `values`.
pub(crate) fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// The value that `percent` of `values` do not exceed.
pub(crate) fn percentile(values: &[f64], percent: f64) -> f64 {
    let sorted = sorted(values);
    let last = sorted.len().saturating_sub(1);
    let place = (percent / 100.0 * last as f64).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// A median with the least and the most, for few runs on a machine that does other things too.
pub(crate) struct Spread(pub(crate) Vec<f64>);

impl Spread {
    pub(crate) fn median(&self) -> f64 {
        median(&self.0)
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [least, middle, most] = [0.0, 50.0, 100.0].map(|it| percentile(&self.0, it));
        write!(formatter, "{middle:.2} ({least:.2} to {most:.2})")
    }
}

pub(crate) fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}
