//! `/metrics`, in the text format of Prometheus. A library for it would keep counters of its own; these are
//! here already, and a line for each is all there is to write.

use std::collections::HashMap;
use std::fmt::{Display, Write};
use std::iter::Sum;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;

use super::access::{May, Read};
use super::description::{Answer, Operation};
use super::filter::Parameters;
use super::operator::Operator;
use super::refusal::Refusal;
use crate::channel::Channel;
use crate::channel::traffic::State as TrafficState;
use crate::channel::usage::Usage;

/// The version of the format (Prometheus documentation, "Exposition formats").
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricsQuery {
    /// Whether each channel has series of its own: thousands of channels are too many for some. What the
    /// configuration says, if this does not.
    channels: Option<bool>,
}

/// All that is exposed.
pub(super) struct Metrics(String);

/// What is exposed.
#[derive(Default)]
struct Exposition(String);

pub(super) async fn metrics(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<MetricsQuery>,
) -> Result<Metrics, Refusal> {
    let each = query.channels.unwrap_or(operator.channel_labels);
    let seen = operator.seen(&caller).await?;
    let mut channels = operator.directory.all();
    channels.retain(|it| seen.as_ref().is_none_or(|seen| seen.contains(&*it.id)));
    let stats = operator.journal.stats().await?;
    let stats: HashMap<_, _> = stats.iter().map(|it| (&*it.channel, it)).collect();
    let mut exposition = Exposition::default();
    if caller.provider.is_none() {
        exposition.host(&operator);
    }
    exposition.head(
        "botbox_events_total",
        "counter",
        "Events and attempts by what became of them.",
    );
    if each {
        channels.iter().for_each(|it| exposition.events(it));
    } else {
        exposition.all_events(&channels);
    }
    exposition.head(
        "botbox_attempt_seconds_total",
        "counter",
        "How long attempts took together.",
    );
    exposition.sums(&channels, each, "botbox_attempt_seconds_total", |it| {
        seconds(it.counters.took_us.get())
    });
    exposition.head(
        "botbox_cpu_seconds_total",
        "counter",
        "Processor time of plugins.",
    );
    exposition.sums(&channels, each, "botbox_cpu_seconds_total", |it| {
        seconds(it.counters.cpu_us.get())
    });
    exposition.head("botbox_sends_total", "counter", "Sends that LINE took.");
    exposition.sums(&channels, each, "botbox_sends_total", |it| {
        it.counters.sends.get()
    });
    exposition.head("botbox_events_waiting", "gauge", "Events that wait or run.");
    exposition.sums(&channels, each, "botbox_events_waiting", |it| {
        stats.get(&*it.key).map_or(0, |it| it.waiting)
    });
    exposition.head(
        "botbox_dead_letters",
        "gauge",
        "Dead letters that are kept.",
    );
    exposition.sums(&channels, each, "botbox_dead_letters", |it| {
        stats.get(&*it.key).map_or(0, |it| it.dead)
    });
    exposition.head(
        "botbox_events_oldest_seconds",
        "gauge",
        "How long the oldest event has waited.",
    );
    let now = operator.clock.now_ms();
    let age = |it: &Channel| {
        let oldest = stats.get(&*it.key).and_then(|it| it.oldest);
        oldest.map_or(0, |since| {
            now.saturating_sub(since).max(0).unsigned_abs() / 1_000
        })
    };
    if each {
        exposition.sums(&channels, true, "botbox_events_oldest_seconds", age);
    } else {
        let oldest = channels.iter().map(|it| age(it)).max().unwrap_or_default();
        exposition.line("botbox_events_oldest_seconds", &[], oldest);
    }
    exposition.head(
        "botbox_channels_serving",
        "gauge",
        "Channels whose plugin is loaded.",
    );
    let serves = |it: &Channel| matches!(it.traffic.state(), TrafficState::Serving(_));
    exposition.sums(&channels, each, "botbox_channels_serving", |it| {
        u64::from(serves(it))
    });
    exposition.head(
        "botbox_channels_without_plugin",
        "gauge",
        "How many channels have no plugin that is loaded: their events wait.",
    );
    let without = channels.iter().filter(|it| !serves(it)).count();
    exposition.line("botbox_channels_without_plugin", &[], without);
    exposition.head(
        "botbox_quota_used_messages",
        "gauge",
        "Messages of the month that LINE has counted.",
    );
    exposition.sums(&channels, each, "botbox_quota_used_messages", |it| {
        it.quota.usage().map_or(0, |it| it.used)
    });
    exposition.head(
        "botbox_quota_messages",
        "gauge",
        "Messages of the month that LINE allows.",
    );
    exposition.sums(&channels, each, "botbox_quota_messages", |it| {
        it.quota.usage().and_then(|it| it.limit).unwrap_or_default()
    });
    exposition.head(
        "botbox_quota_used_ratio",
        "gauge",
        "How much of what LINE allows is used, from 0 to 1; of all channels together, the most.",
    );
    let ratio = |it: &Channel| it.quota.usage().map_or(0.0, Usage::used_ratio);
    if each {
        exposition.sums(&channels, true, "botbox_quota_used_ratio", ratio);
    } else {
        let most = channels.iter().map(|it| ratio(it)).fold(0.0, f64::max);
        exposition.line("botbox_quota_used_ratio", &[], most);
    }
    Ok(Metrics(exposition.0))
}

impl IntoResponse for Metrics {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, CONTENT_TYPE)], self.0).into_response()
    }
}

impl Answer for Metrics {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_text("text/plain", "In the text format of Prometheus.");
    }
}

impl Exposition {
    /// What is the host's.
    fn host(&mut self, operator: &Operator) {
        let webhooks = &operator.webhooks;
        self.head(
            "botbox_webhooks_total",
            "counter",
            "Webhooks by what became of them.",
        );
        for (result, counter) in [
            ("accepted", &webhooks.accepted),
            ("unknown_channel", &webhooks.unknown_channel),
            ("misdirected", &webhooks.misdirected),
            ("bad_signature", &webhooks.bad_signature),
            ("too_large", &webhooks.too_large),
            ("incomplete", &webhooks.incomplete),
            ("malformed", &webhooks.malformed),
            ("overloaded", &webhooks.overloaded),
            ("not_kept", &webhooks.not_kept),
        ] {
            self.line(
                "botbox_webhooks_total",
                &[("result", result)],
                counter.get(),
            );
        }
        self.head(
            "botbox_store_failed",
            "gauge",
            "1: nothing is kept any more until a new start.",
        );
        let failed = u64::from(operator.health.failure().is_some());
        self.line("botbox_store_failed", &[], failed);
        self.head(
            "botbox_store_warning",
            "gauge",
            "1: the store does not take all that it should.",
        );
        let warning = u64::from(operator.health.warning().is_some());
        self.line("botbox_store_warning", &[], warning);
        self.head(
            "botbox_channels_failed",
            "gauge",
            "Channels that can't even take webhooks.",
        );
        let failed = operator.directory.failed().len();
        self.line("botbox_channels_failed", &[], failed);
        self.head(
            "botbox_log_lines_dropped_total",
            "counter",
            "Lines of plugins that could not be written in time.",
        );
        let dropped = operator.watch.logs.dropped.get();
        self.line("botbox_log_lines_dropped_total", &[], dropped);
        self.head(
            "botbox_build_info",
            "gauge",
            "1: the version of the host is the label's.",
        );
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        self.line("botbox_build_info", &version, 1);
        if let Some(free) = operator.health.free_bytes() {
            self.head(
                "botbox_disk_free_bytes",
                "gauge",
                "What the file system of the data folder has left.",
            );
            self.line("botbox_disk_free_bytes", &[], free);
        }
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// Names have letters, digits, `-` and `_` only, so no label needs an escape.
    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        let _ = match labels.is_empty() {
            true => writeln!(self.0, "{name} {value}"),
            false => writeln!(self.0, "{name}{{{}}} {value}", labels.join(",")),
        };
    }

    fn events(&mut self, channel: &Channel) {
        for (outcome, count) in outcomes(channel) {
            let labels = [
                ("provider", &*channel.provider),
                ("channel", &*channel.id),
                ("outcome", outcome),
            ];
            self.line("botbox_events_total", &labels, count);
        }
    }

    fn all_events(&mut self, channels: &[Arc<Channel>]) {
        let mut sums = [("", 0); OUTCOMES];
        for channel in channels {
            for (sum, (outcome, count)) in sums.iter_mut().zip(outcomes(channel)) {
                *sum = (outcome, sum.1 + count);
            }
        }
        for (outcome, count) in sums.into_iter().filter(|(outcome, _)| !outcome.is_empty()) {
            self.line("botbox_events_total", &[("outcome", outcome)], count);
        }
    }

    /// A number of each channel, or of all together.
    fn sums<N: Display + Sum>(
        &mut self,
        channels: &[Arc<Channel>],
        each: bool,
        name: &str,
        number: impl Fn(&Channel) -> N,
    ) {
        if !each {
            let sum: N = channels.iter().map(|it| number(it)).sum();
            self.line(name, &[], sum);
            return;
        }
        for channel in channels {
            let labels = [("provider", &*channel.provider), ("channel", &*channel.id)];
            self.line(name, &labels, number(channel));
        }
    }
}

/// Microseconds in Prometheus' unit of time.
#[expect(
    clippy::cast_precision_loss,
    reason = "no host runs for the centuries that it takes to matter"
)]
fn seconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1e6
}

/// How many outcomes are counted.
const OUTCOMES: usize = 6;

fn outcomes(channel: &Channel) -> [(&'static str, u64); OUTCOMES] {
    let counters = &channel.counters;
    [
        ("accepted", counters.accepted.get()),
        ("duplicate", counters.duplicates.get()),
        ("handled", counters.handled.get()),
        ("failed", counters.failed.get()),
        ("dead", counters.dead.get()),
        ("unsent", counters.unsent.get()),
    ]
}
