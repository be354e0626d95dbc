//! A channel from end to end: what it runs, what waits, and how LINE sees it.

use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_line::{Client, Error};
use botbox_store::ChannelStats;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::{Finding, webhook};
use crate::channel::Channel;
use crate::channel::directory::FailedChannel;
use crate::channel::traffic::State;

/// From how many seconds on the clocks of host and LINE differ: a response takes some itself.
const CLOCK_WARNING: u64 = 5;

/// From how many seconds on tokens and timers suffer: LINE takes an assertion for half an hour at most.
const CLOCK_PROBLEM: u64 = 60;

/// Of a month's messages, in percent, when the operator is warned.
const QUOTA_WARNING: u128 = 80;

/// How long an event may wait before that is told: half a minute, in which LINE's users give up.
const LATE: Duration = Duration::from_secs(30);

/// A channel that can't even take webhooks.
pub(crate) fn diagnose_failed(channel: &FailedChannel) -> Vec<Finding> {
    let remedy = "mend that, and reload the host or set the channel's secret";
    vec![Finding::problem("channel", &*channel.why, remedy)]
}

/// Looks at all that an event needs on its way. `public_url` is the host's.
pub(crate) async fn diagnose(
    channel: &Channel,
    stats: Option<&ChannelStats>,
    public_url: Option<&str>,
    clock: &Clock,
) -> Vec<Finding> {
    let client = channel.setup().client.clone();
    let mut findings = vec![
        plugin(channel),
        waiting(channel, stats, clock),
        dead_letters(channel, stats),
    ];
    match client.bot_info().await {
        Ok(bot) => {
            let found = format!(
                "LINE knows the bot as {:?} ({})",
                bot.display_name, bot.basic_id
            );
            findings.push(Finding::ok("access-token", found));
        }
        Err(error) => {
            findings.push(access_token(channel, &error));
            // Nothing else of LINE's can be asked for.
            return findings;
        }
    }
    findings.push(time(&client, clock).await);
    let expected = public_url.map(|url| webhook::expected_url(url, &channel.id));
    findings.extend(webhook::diagnose(&client, &channel.id, expected.as_deref()).await);
    findings.push(quota(&client).await);
    findings
}

fn plugin(channel: &Channel) -> Finding {
    const CHECK: &str = "plugin";
    let id = &channel.id;
    match channel.traffic.state() {
        State::Serving(serving) => {
            let digest = serving.stable.runnable.plugin.digest();
            let short = digest.get(..12).unwrap_or(digest);
            let number = serving.stable.number;
            Finding::ok(
                CHECK,
                format!("deployment {number} serves, plugin {short}…"),
            )
        }
        State::Loading => Finding::warning(
            CHECK,
            "the plugin is being loaded: events wait",
            "ask again in a minute",
        ),
        State::Empty => Finding::problem(
            CHECK,
            "the channel has no deployment: events wait",
            format!("deploy a plugin: `botbox deploy my_bot.wasm --channel {id}`"),
        ),
        State::Failed(why) => Finding::problem(
            CHECK,
            format!("the plugin can't be loaded, and events wait: {why}"),
            format!("deploy one that can: `botbox deploy my_bot.wasm --channel {id}`"),
        ),
    }
}

fn waiting(channel: &Channel, stats: Option<&ChannelStats>, clock: &Clock) -> Finding {
    const CHECK: &str = "backlog";
    let Some(stats) = stats.filter(|it| it.waiting > 0) else {
        return Finding::ok(CHECK, "no event waits");
    };
    let now = clock.now().as_millisecond();
    let age = stats.oldest.map_or(0, |oldest| now.saturating_sub(oldest));
    let age = Duration::from_millis(u64::try_from(age).unwrap_or_default());
    let found = format!(
        "{} events wait or run, the oldest for {} s",
        stats.waiting,
        age.as_secs()
    );
    if age < LATE {
        return Finding::ok(CHECK, found);
    }
    let remedy = format!(
        "see what becomes of them: `botbox journal list --channel {}`; the channel's plugin may be \
         slow, fail again and again, or not be there",
        channel.id
    );
    Finding::warning(CHECK, found, remedy)
}

fn dead_letters(channel: &Channel, stats: Option<&ChannelStats>) -> Finding {
    const CHECK: &str = "dead-letters";
    match stats.map_or(0, |it| it.dead) {
        0 => Finding::ok(CHECK, "there are none"),
        dead => Finding::warning(
            CHECK,
            format!("{dead} events were given up"),
            format!(
                "see why: `botbox dead-letters list --channel {}`; then replay or discard them",
                channel.id
            ),
        ),
    }
}

fn access_token(channel: &Channel, error: &Error) -> Finding {
    const CHECK: &str = "access-token";
    let why = with_causes(error);
    let is_refused = match error {
        Error::Response(response) => matches!(response.status, 401 | 403),
        Error::NoToken(_) => true,
        _ => false,
    };
    if !is_refused {
        let remedy = "see that the host reaches LINE: name resolution, firewall, `line.api_base`";
        return Finding::problem(CHECK, format!("LINE could not be asked: {why}"), remedy);
    }
    let remedy = format!(
        "issue another one in the LINE Developers Console, under `Messaging API`, and set it: \
         `botbox secret set {} access-token`, or `access_token` in the configuration file; of a \
         channel whose tokens are issued, correct `channel_id` and the secret",
        channel.id
    );
    Finding::problem(CHECK, format!("LINE does not take it: {why}"), remedy)
}

/// How far the host's clock is from LINE's.
async fn time(client: &Client, clock: &Clock) -> Finding {
    const CHECK: &str = "clock";
    let date = client.date().await.ok().flatten();
    let date = date.and_then(|date| rfc2822::parse(&date).ok());
    let Some(date) = date else {
        let found = "LINE does not tell what time it is";
        return Finding::warning(CHECK, found, "see that the host's clock is synchronised");
    };
    let apart = apart(clock.now(), date.timestamp());
    let found = format!("the host's clock is {apart} s away from LINE's");
    let remedy = "synchronise the machine's clock, as by systemd-timesyncd or chrony";
    match apart {
        0..CLOCK_WARNING => Finding::ok(CHECK, "the host's clock is as LINE's"),
        CLOCK_WARNING..CLOCK_PROBLEM => Finding::warning(CHECK, found, remedy),
        _ => Finding::problem(CHECK, found, remedy),
    }
}

fn apart(one: Timestamp, other: Timestamp) -> u64 {
    one.as_second().abs_diff(other.as_second())
}

async fn quota(client: &Client) -> Finding {
    const CHECK: &str = "quota";
    let limit = client.message_quota().await;
    let used = client.message_quota_consumption().await;
    let (limit, used) = match (limit, used) {
        (Ok(limit), Ok(used)) => (limit, used),
        (Err(error), _) | (_, Err(error)) => {
            let found = format!("LINE does not tell: {}", with_causes(&error));
            return Finding::warning(CHECK, found, "ask again later");
        }
    };
    let Some(limit) = limit else {
        return Finding::ok(
            CHECK,
            format!("{used} messages sent this month, without a limit"),
        );
    };
    let found = format!("{used} of the month's {limit} messages are used");
    let remedy = "change the plan in LINE Official Account Manager, or wait for the next month: \
                  replies go on, pushes do not";
    if used >= limit {
        Finding::problem(CHECK, found, remedy)
    } else if u128::from(used) * 100 >= u128::from(limit) * QUOTA_WARNING {
        Finding::warning(CHECK, found, remedy)
    } else {
        Finding::ok(CHECK, found)
    }
}
