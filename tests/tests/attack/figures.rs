//! What the victim felt.

use std::time::Duration;

/// How late the answers came, sorted.
pub(crate) struct Figures {
    pub(crate) acknowledged: Vec<Duration>,
    pub(crate) replied: Vec<Duration>,
    /// Webhooks that got no 200.
    pub(crate) failed: usize,
    /// Events whose reply did not come.
    pub(crate) unreplied: usize,
}

impl Figures {
    pub(crate) fn acknowledged(&self, share: f64) -> Duration {
        quantile(&self.acknowledged, share)
    }

    pub(crate) fn replied(&self, share: f64) -> Duration {
        quantile(&self.replied, share)
    }
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

/// A row of the table: p50 / p99 in milliseconds, when the victim is let be and under attack.
pub(crate) fn row(attack: &str, host: &str, quiet: &Figures, attacked: &Figures) -> String {
    let times = |figures: &Figures| {
        let [a, b] = [0.5, 0.99].map(|share| milliseconds(figures.acknowledged(share)));
        let [c, d] = [0.5, 0.99].map(|share| milliseconds(figures.replied(share)));
        format!("acknowledged {a:>7} /{b:>8}  replied {c:>7} /{d:>8}")
    };
    format!(
        "{attack:<44} {host:<6} quiet: {}  attacked: {}  lost: {} + {}",
        times(quiet),
        times(attacked),
        attacked.failed,
        attacked.unreplied,
    )
}

fn milliseconds(time: Duration) -> String {
    match time {
        Duration::MAX => String::from("never"),
        time => format!("{:.1}", time.as_secs_f64() * 1_000.0),
    }
}
