//! Tells those who watch what becomes of an event: live events, the channel's usage and its log.

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::webhook::{Event, EventKind};
use botbox_runtime::LoggedLine;
use botbox_store::{Claim, LogLevel, LogLine, LogOrigin, UsageCounts};

use super::attempt::Attempted;
use crate::channel::Channel;
use crate::log_fields::logged_ms;
use crate::watch::live_events::{Announced, AttemptOutcome, What};
use crate::watch::{Watch, live_event};

/// What became of an event in an attempt.
pub(super) struct Ended<'a> {
    pub(super) outcome: AttemptOutcome,
    /// Why it failed.
    pub(super) error: Option<&'a str>,
}

impl Watch {
    /// Events are about to be kept.
    pub(super) fn arriving(
        &self,
        channel: &Channel,
        clock: &Clock,
        events: &[Event],
    ) -> Option<Announced> {
        let arrived = |event: &Event| {
            let what = What::Arrived {
                id: event.id.clone(),
                chat: event.chat().unwrap_or_default().to_owned(),
            };
            live_event(channel, clock, what)
        };
        self.live_events
            .announce(|| events.iter().map(arrived).collect())
    }

    /// Forgets what the channel's plugin logged of messages that events unsend.
    pub(super) fn unsent(&self, channel: &Channel, events: &[Event]) {
        for event in events {
            if let EventKind::Unsend { .. } = event.kind
                && let Some(message) = event.message_id()
            {
                self.logs.forget(&channel.key, message);
            }
        }
    }

    /// An attempt ended. Its lines are taken.
    pub(super) fn ended(
        &self,
        channel: &Channel,
        clock: &Clock,
        claim: &Claim,
        attempted: &mut Attempted,
        ended: &Ended<'_>,
    ) {
        let used = usage(attempted);
        let counters = &channel.counters;
        counters.sends.add_u64(attempted.made.total());
        counters.took_us.add_u64(microseconds(attempted.took));
        counters.cpu_us.add_u64(used.cpu_us);
        self.meter.add(channel, &used);
        self.logs.add(
            &channel.key,
            lines(claim, attempted, ended.error, clock.now_ms()),
        );
        let attempt = number(claim);
        self.live_events.publish(|| {
            let what = What::Attempt {
                id: claim.id.clone(),
                chat: claim.chat.clone(),
                attempt,
                outcome: ended.outcome,
                deployment: attempted.deployment,
                took_ms: logged_ms(attempted.took),
                sends: attempted.made.total(),
                error: ended.error.map(str::to_owned),
            };
            live_event(channel, clock, what)
        });
        if let (AttemptOutcome::Dead, Some(error)) = (ended.outcome, ended.error) {
            self.dead_letter(channel, clock, claim, attempt, error);
        }
    }

    /// An event became a dead letter.
    pub(super) fn dead_letter(
        &self,
        channel: &Channel,
        clock: &Clock,
        claim: &Claim,
        attempts: u32,
        error: &str,
    ) {
        self.live_events.publish(|| {
            let what = What::DeadLetter {
                id: claim.id.clone(),
                chat: claim.chat.clone(),
                attempts,
                error: error.to_owned(),
            };
            live_event(channel, clock, what)
        });
    }
}

/// The number of the attempt that an event was claimed for.
pub(super) fn number(claim: &Claim) -> u32 {
    claim.attempts.saturating_add(1)
}

fn microseconds(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}

fn usage(attempted: &Attempted) -> UsageCounts {
    let made = attempted.made;
    UsageCounts {
        events: u64::from(attempted.result.is_ok()),
        attempts: 1,
        cpu_us: microseconds(attempted.cpu),
        replies: made.replies,
        pushes: made.pushes,
        multicasts: made.multicasts,
        narrowcasts: made.narrowcasts,
        broadcasts: made.broadcasts,
        notifications: made.notifications,
    }
}

/// The lines of an attempt: what the plugin logged, that some of it is left out, and why the attempt failed.
fn lines(claim: &Claim, attempted: &mut Attempted, error: Option<&str>, now: i64) -> Vec<LogLine> {
    let logged = std::mem::take(&mut attempted.log);
    if logged.is_empty() && error.is_none() {
        return Vec::new();
    }
    let event: Arc<str> = claim.id.as_str().into();
    let message_id = attempted.message.take();
    let (deployment, attempt) = (attempted.deployment, number(claim));
    let line = |time, level, origin, context, message| LogLine {
        time,
        level,
        origin,
        event: Arc::clone(&event),
        line_message: message_id.clone(),
        deployment,
        attempt,
        context,
        message,
    };
    let host = |level, message| line(now, level, LogOrigin::Host, String::new(), message);
    let over = logged.iter().filter(|it| it.is_over_rate).count();
    let kept = logged.into_iter().filter(|it| !it.is_over_rate);
    let mut lines: Vec<_> = kept
        .map(|it| {
            let LoggedLine {
                time,
                level,
                context,
                message,
                ..
            } = it;
            line(time, level, LogOrigin::Plugin, context, message)
        })
        .collect();
    if over > 0 {
        let message = format!("{over} lines are left out: the plugin logs too fast");
        lines.push(host(LogLevel::Warn, message));
    }
    if let Some(error) = error {
        lines.push(host(LogLevel::Error, error.to_owned()));
    }
    lines
}
