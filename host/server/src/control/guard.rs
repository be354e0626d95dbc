//! The guard: takes a deployment on trial out of traffic when it fails more often than the one that it is
//! compared with.
//!
//! It may only abort: a canary ends, and a new stable deployment makes way for the one before. It never
//! undoes what a person has pinned, and does nothing where there is too little to compare. Then it pins
//! what it did against the deployment that failed, so that a pipeline does not bring it back; a fix can be
//! deployed at any time.

use std::sync::Arc;
use std::time::Duration;

use botbox_store::Actor;
use tokio::sync::mpsc;

use super::Control;
use super::error::ControlError;
use super::traffic::Switch;
use crate::channel::deployment::{Counted, LoadedDeployment};
use crate::channel::traffic::{Baseline, Serving};
use crate::watch::live_event;
use crate::watch::live_events::What;

/// The least attempts of each side that are compared: 20. Others who aborted on fewer did so by chance.
const LEAST: u64 = 20;

/// How many attempts more must fail: a tenth. A plugin that rejects what it does not know fails now and
/// then.
const MORE: f64 = 0.1;

/// How many standard deviations that must be: 4. It is looked at after each failure, so that one chance in
/// a thousand would come.
const DEVIATIONS: f64 = 4.0;

/// How long a new stable deployment is on trial: 10 minutes. Then what it is compared with is old.
const BAKE_TIME: Duration = Duration::from_secs(600);

impl Control {
    /// Looks at channels whose plugins fail, for ever.
    pub(crate) async fn guard(self: Arc<Self>, mut failed: mpsc::Receiver<Arc<str>>) {
        while let Some(channel) = failed.recv().await {
            self.judge(&channel).await;
        }
    }

    async fn judge(&self, id: &str) {
        let Some(channel) = self.directory.get(id) else {
            return;
        };
        let Some(serving) = channel.traffic.current() else {
            return;
        };
        if serving.switch.is_pinned {
            return;
        }
        let Some(verdict) = verdict(&serving) else {
            return;
        };
        let switch = Switch {
            // What somebody has switched meanwhile stays.
            expected: Some(serving.switch.revision),
            stable: verdict.instead,
            canary: None,
            is_pinned: Some(true),
            reason: verdict.reason.clone(),
            aborted: Some(verdict.aborted),
        };
        let actor = Actor(String::from("guard"));
        match self.switch(actor, id, switch).await {
            Ok(_) => {
                tracing::error!(
                    channel = id,
                    provider = &*channel.provider,
                    deployment = verdict.aborted,
                    reason = verdict.reason,
                    "a deployment fails, and is taken out of traffic"
                );
                let abort = || What::Abort {
                    deployment: verdict.aborted,
                    stable: verdict.instead,
                    reason: verdict.reason.clone(),
                };
                self.live_events
                    .publish(|| live_event(&channel, &self.clock, abort()));
            }
            // The configuration file alone changes its channels.
            Err(ControlError::Configured { .. }) => {}
            Err(error) => tracing::warn!(
                channel = id,
                %error,
                "a deployment fails, and can't be taken out of traffic"
            ),
        }
    }
}

/// A deployment that is to be taken out of traffic.
struct Verdict {
    aborted: i64,
    /// The stable deployment from then on.
    instead: i64,
    reason: String,
}

fn verdict(serving: &Serving) -> Option<Verdict> {
    let baseline = serving.baseline.as_ref()?;
    let trial = match &serving.canary {
        Some(canary) => canary,
        None if baseline.began.elapsed() < BAKE_TIME => &serving.stable,
        None => return None,
    };
    let (tried, known) = compared(trial, baseline);
    if !fails_more(tried, known) {
        return None;
    }
    let rate = |it: Counted| format!("{} of {} attempts", it.bad, it.all());
    let reason = format!(
        "deployment {} failed in {}, deployment {} in {}",
        trial.number,
        rate(tried),
        baseline.deployment.number,
        rate(known)
    );
    Some(Verdict {
        aborted: trial.number,
        instead: baseline.deployment.number,
        reason,
    })
}

fn compared(trial: &LoadedDeployment, baseline: &Baseline) -> (Counted, Counted) {
    let known = baseline.deployment.record.counted();
    (
        trial.record.counted().since(baseline.trial_before),
        known.since(baseline.before),
    )
}

/// Whether one fails so much more often than the other that it is no chance: by a test of two
/// proportions, and by enough to matter.
fn fails_more(tried: Counted, known: Counted) -> bool {
    if tried.all() < LEAST || known.all() < LEAST {
        return false;
    }
    // Exact far beyond the numbers of events.
    let [tried_bad, tried_all, known_bad, known_all] =
        [tried.bad, tried.all(), known.bad, known.all()].map(|it| it as f64);
    let difference = tried_bad / tried_all - known_bad / known_all;
    let both = (tried_bad + known_bad) / (tried_all + known_all);
    let deviation = (both * (1.0 - both) * (1.0 / tried_all + 1.0 / known_all)).sqrt();
    difference > MORE && difference >= DEVIATIONS * deviation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(good: u64, bad: u64) -> Counted {
        Counted { good, bad }
    }

    #[test]
    fn only_a_clear_difference_aborts() {
        for (tried, known, expected) in [
            (counted(0, 19), counted(1_000, 0), false),
            (counted(0, 20), counted(19, 0), false),
            (counted(0, 20), counted(20, 0), true),
            (counted(18, 2), counted(1_000, 0), false),
            (counted(17, 3), counted(1_000, 0), true),
            // Both fail alike: something else is wrong.
            (counted(50, 50), counted(50, 50), false),
            (counted(45, 55), counted(55, 45), false),
            (counted(30, 70), counted(55, 45), false),
            (counted(20, 80), counted(55, 45), true),
            // By chance, of two that are alike.
            (counted(14, 6), counted(85, 15), false),
            (counted(0, 20), counted(0, 20), false),
        ] {
            assert_eq!(fails_more(tried, known), expected, "{tried:?} {known:?}");
        }
    }
}
