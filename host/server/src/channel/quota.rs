//! Watches how many of a month's messages a channel has used, so that the operator knows of it before
//! its users miss messages.

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::{Clock, LINE_TIME};
use botbox_runtime::Capability;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::Semaphore;

use super::Channel;
use super::traffic::State;
use super::usage::Usage;

/// How often a channel's quota is looked at: every 15 minutes. LINE's count is approximate anyway.
const INTERVAL: Duration = Duration::from_secs(15 * 60);

/// How often it is looked at, at most, because LINE refuses a send.
const URGENT_INTERVAL: Duration = Duration::from_secs(60);

/// How many channels' quotas are looked at at a time: all want to at the start.
pub(crate) const LOOKS: usize = 16;

/// What of the quota is used, in percent, when the operator is warned.
const WARNINGS: [u64; 2] = [100, 80];

/// A warning that was given: for how many percent of the quota, in the month with this first day.
type Warning = (u64, Date);

/// Looks at a channel's quota as soon as it may push, regularly, and when LINE refuses a send because of it.
pub(crate) async fn watch(channel: Arc<Channel>, looks: Arc<Semaphore>, clock: Clock) {
    let mut given = None;
    let mut urgent = clock.instant();
    let mut states = channel.traffic.subscribe();
    loop {
        // Who can't push, uses nothing up. It fails only when the channel is gone.
        if states.wait_for(may_push).await.is_err() {
            return;
        }
        let client = channel.setup().client.clone();
        match fetch_usage(&channel, &looks, &clock).await {
            Ok(usage) => {
                channel.quota.set(usage);
                if let Some(warning) = warning(usage, given) {
                    warn(&channel.id, usage, warning);
                    given = Some(warning);
                }
            }
            // The client has logged what is worth a warning.
            Err(error) => tracing::debug!(channel = &*channel.id, %error, "the quota is not known"),
        }
        let refused = async {
            client.quota_spent().await;
            clock.sleep_until(urgent).await;
        };
        tokio::select! {
            () = clock.sleep(INTERVAL) => {}
            () = refused => urgent = clock.instant() + URGENT_INTERVAL,
        }
    }
}

fn may_push(state: &State) -> bool {
    let State::Serving(serving) = state else {
        return false;
    };
    let deployments = [Some(&serving.stable), serving.canary.as_ref()];
    let mut deployments = deployments.into_iter().flatten();
    deployments.any(|it| it.runnable.environment.grants.allow(Capability::Push))
}

async fn fetch_usage(
    channel: &Channel,
    looks: &Semaphore,
    clock: &Clock,
) -> Result<Usage, botbox_line::Error> {
    // The semaphore is never closed.
    let _turn = looks.acquire().await;
    let client = channel.setup().client.clone();
    let checked_at = clock.now().as_second();
    Ok(Usage {
        limit: client.message_quota().await?,
        used: client.message_quota_consumption().await?,
        checked_at,
    })
}

fn warn(channel: &str, usage: Usage, (percent, _): Warning) {
    let Usage { limit, used, .. } = usage;
    tracing::warn!(
        channel,
        limit,
        used,
        "{percent} % of the month's messages are used"
    );
}

/// The warning that is due, unless it or a graver one of the same month was given.
fn warning(usage: Usage, given: Option<Warning>) -> Option<Warning> {
    let limit = u128::from(usage.limit?);
    let is_passed = |&percent: &u64| u128::from(usage.used) * 100 >= limit * u128::from(percent);
    let percent = WARNINGS.into_iter().find(is_passed)?;
    let checked_at = Timestamp::from_second(usage.checked_at).ok()?;
    let month = checked_at
        .to_zoned_datetime(LINE_TIME)
        .date()
        .first_of_month();
    let is_given = given.is_some_and(|(given, of)| of == month && given >= percent);
    (!is_given).then_some((percent, month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_warning_is_given_once_a_month() {
        const NOVEMBER: i64 = 1_795_000_000;
        let mut given = None;
        let mut warned = |limit, used, checked_at| {
            let usage = Usage {
                limit,
                used,
                checked_at,
            };
            let warning = warning(usage, given);
            given = warning.or(given);
            warning.map(|(percent, _)| percent)
        };
        assert_eq!(warned(None, 1_000, NOVEMBER), None);
        assert_eq!(warned(Some(500), 399, NOVEMBER), None);
        assert_eq!(warned(Some(500), 400, NOVEMBER), Some(80));
        assert_eq!(warned(Some(500), 450, NOVEMBER), None);
        assert_eq!(warned(Some(500), 500, NOVEMBER), Some(100));
        // LINE's count is approximate.
        assert_eq!(warned(Some(500), 499, NOVEMBER), None);
        assert_eq!(warned(Some(500), 501, NOVEMBER), None);
        let december = NOVEMBER + 20 * 86_400;
        assert_eq!(warned(Some(500), 10, december), None);
        assert_eq!(warned(Some(500), 500, december), Some(100));
        assert_eq!(warned(Some(500), 400, december), None);
    }
}
