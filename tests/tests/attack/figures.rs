//! What the victim felt.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::victim::Sample;

/// How late the answers came, sorted, and what was wrong.
pub(crate) struct Figures {
    acknowledged: Vec<Duration>,
    replied: Vec<Duration>,
    /// Webhooks that got no 200.
    pub(crate) failed: usize,
    /// Events whose reply did not come.
    pub(crate) unreplied: usize,
    /// Events with more than one reply.
    pub(crate) doubled: usize,
    /// Events that were replied to before an earlier one of their chat.
    pub(crate) disordered: usize,
}

impl Figures {
    pub(crate) fn of<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> Self {
        let mut figures = Self {
            acknowledged: Vec::new(),
            replied: Vec::new(),
            failed: 0,
            unreplied: 0,
            doubled: 0,
            disordered: 0,
        };
        let mut last: HashMap<usize, &Sample> = HashMap::new();
        for sample in samples {
            match sample.acknowledged {
                Some(at) => figures.acknowledged.push(at.duration_since(sample.due)),
                None => figures.failed += 1,
            }
            match *sample.replied {
                [] => figures.unreplied += usize::from(sample.acknowledged.is_some()),
                [at, ref more @ ..] => {
                    figures
                        .replied
                        .push(at.saturating_duration_since(sample.due));
                    figures.doubled += usize::from(!more.is_empty());
                }
            }
            if let Some(earlier) = last.insert(sample.user, sample) {
                figures.disordered += usize::from(is_overtaken(earlier, sample));
            }
        }
        figures.acknowledged.sort_unstable();
        figures.replied.sort_unstable();
        figures
    }

    /// The time within which this share of the webhooks was acknowledged.
    pub(crate) fn acknowledged(&self, share: f64) -> Duration {
        quantile(&self.acknowledged, share)
    }

    /// The time within which this share of the replies came.
    pub(crate) fn replied(&self, share: f64) -> Duration {
        quantile(&self.replied, share)
    }

    /// Fails unless each event was answered once, and those of a chat in order.
    pub(crate) fn assert_right(&self, name: &str) {
        assert_eq!(self.failed, 0, "{name}: webhooks of the victim failed");
        assert_eq!(self.unreplied, 0, "{name}: replies are missing");
        assert_eq!(self.doubled, 0, "{name}: replies came twice");
        assert_eq!(self.disordered, 0, "{name}: replies came out of order");
    }
}

/// Whether an event was sent when an earlier one was acknowledged, and replied to before that one.
fn is_overtaken(earlier: &Sample, later: &Sample) -> bool {
    let came_later = earlier.acknowledged.is_some_and(|at| at < later.due);
    let first = |sample: &Sample| -> Option<Instant> { sample.replied.first().copied() };
    came_later && first(later) < first(earlier) && first(later).is_some()
}

/// The value that this share of the sorted ones do not exceed.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "there are some thousands at most"
)]
fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let index = (sorted.len() as f64 * share) as usize;
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(index.min(last))
        .copied()
        .unwrap_or(Duration::MAX)
}

/// A row of the table: p50 / p99 in milliseconds, when the victim is let be and under attack, and how many
/// times as late the replies were.
pub(crate) fn row(attack: &str, host: &str, quiet: &Figures, attacked: &Figures) -> String {
    let times = |figures: &Figures| {
        let [a, b] = [0.5, 0.99].map(|share| milliseconds(figures.acknowledged(share)));
        let [c, d] = [0.5, 0.99].map(|share| milliseconds(figures.replied(share)));
        format!("acknowledged {a:>7} /{b:>8}  replied {c:>7} /{d:>8}")
    };
    let ratio = |of: fn(&Figures, f64) -> Duration| {
        of(attacked, 0.99).as_secs_f64() / of(quiet, 0.99).as_secs_f64()
    };
    let (acknowledged, replied) = (ratio(Figures::acknowledged), ratio(Figures::replied));
    let is_met = acknowledged.max(replied) <= 2.0;
    format!(
        "{attack:<44} {host:<6} quiet: {}  attacked: {}  p99 x {acknowledged:.1}, x {replied:.1} {}  \
         lost: {} + {}",
        times(quiet),
        times(attacked),
        if is_met { "met" } else { "NOT MET" },
        attacked.failed,
        attacked.unreplied,
    )
}

/// A time in milliseconds, with one decimal.
pub(crate) fn milliseconds(time: Duration) -> String {
    match time {
        Duration::MAX => String::from("never"),
        time => format!("{:.1}", time.as_secs_f64() * 1_000.0),
    }
}
