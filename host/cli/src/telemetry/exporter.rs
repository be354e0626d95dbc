//! Sends spans to a collector, in batches, by OTLP over HTTP with JSON.
//!
//! Who has worked on an event waits for no collector: spans wait in a bounded list, and those that do not fit,
//! or that the collector does not take, are dropped.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use botbox_line::log_rate::LogRate;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::span::TraceSpan;

/// How long spans wait to be sent with others: 1 s.
const INTERVAL: Duration = Duration::from_secs(1);

/// How many spans are sent at a time: 512, which OpenTelemetry's own exporters send.
const BATCH: usize = 512;

/// How many spans may wait: 8,192, those of some hundreds of events.
const WAITING: usize = 8_192;

/// How long a collector may take: 10 s, as OpenTelemetry's own exporters wait.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long a stop waits for the collector: 2 s.
const FLUSH_TIME: Duration = Duration::from_secs(2);

/// How often it is logged that spans are lost: once a minute.
const FAILURE_WINDOW: Duration = Duration::from_secs(60);

/// Where spans go, once a collector is configured: the log is one for the whole process, and so is this.
pub(super) static EXPORTER: OnceLock<Exporter> = OnceLock::new();

/// Sends spans to a collector.
pub(super) struct Exporter {
    http: reqwest::Client,
    url: String,
    /// Which trace ids are sampled: those whose last 64 bits are below it.
    threshold: u128,
    waiting: Mutex<Vec<TraceSpan>>,
    is_full: Notify,
    failures: Arc<LogRate>,
}

impl Exporter {
    pub(super) fn new(endpoint: &str, ratio: f64) -> anyhow::Result<Self> {
        botbox_line::tls::prepare();
        let http = reqwest::Client::builder()
            .user_agent(concat!("botbox/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .build()
            .context("cannot make the client for traces")?;
        Ok(Self {
            http,
            url: format!("{endpoint}/v1/traces"),
            threshold: threshold(ratio),
            waiting: Mutex::default(),
            is_full: Notify::new(),
            failures: LogRate::new(1, FAILURE_WINDOW, |more| {
                tracing::warn!(more, "the collector did not take more traces");
            }),
        })
    }

    /// Whether the spans of a trace are recorded: the same for all spans of a trace, on every host.
    pub(super) fn samples(&self, trace_id: &str) -> bool {
        let last = trace_id.get(16..).unwrap_or_default();
        u64::from_str_radix(last, 16).is_ok_and(|it| u128::from(it) < self.threshold)
    }

    /// Has a span sent.
    pub(super) fn add(&self, span: TraceSpan) {
        let mut waiting = self.waiting();
        if waiting.len() >= WAITING {
            drop(waiting);
            self.fail("they come faster than it takes them");
            return;
        }
        waiting.push(span);
        let is_full = waiting.len() >= BATCH;
        drop(waiting);
        if is_full {
            self.is_full.notify_one();
        }
    }

    /// Sends what comes, for ever.
    pub(super) async fn run(&self) {
        loop {
            tokio::select! {
                () = sleep(INTERVAL) => {}
                () = self.is_full.notified() => {}
            }
            self.send_all().await;
        }
    }

    /// Sends what waits, unless that takes too long.
    pub(super) async fn flush(&self) {
        drop(timeout(FLUSH_TIME, self.send_all()).await);
    }

    async fn send_all(&self) {
        loop {
            let batch: Vec<_> = {
                let mut waiting = self.waiting();
                let count = waiting.len().min(BATCH);
                waiting.drain(..count).collect()
            };
            if batch.is_empty() {
                return;
            }
            if let Err(error) = self.send(&batch).await {
                self.fail(&format!("{error:#}"));
            }
        }
    }

    async fn send(&self, batch: &[TraceSpan]) -> anyhow::Result<()> {
        let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
        let spans: Vec<_> = batch.iter().map(TraceSpan::json).collect();
        let body = json!({"resourceSpans": [{
            "resource": {"attributes": [
                text("service.name", "botbox"),
                text("service.version", env!("CARGO_PKG_VERSION")),
            ]},
            "scopeSpans": [{"scope": {"name": "botbox"}, "spans": spans}],
        }]});
        let request = self.http.post(&self.url);
        let request = request.header(CONTENT_TYPE, "application/json");
        let response = request.body(body.to_string()).send().await?;
        response.error_for_status()?;
        Ok(())
    }

    fn fail(&self, why: &str) {
        if self.failures.passes(1) {
            let url = &self.url;
            tracing::warn!(url, why, "the collector did not take traces: they are lost");
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<TraceSpan>> {
        // It is whole at any time.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of 2^64 ids, how many are sampled.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of 2^64, which 128 bits hold"
)]
fn threshold(ratio: f64) -> u128 {
    (ratio * 2.0_f64.powi(64)) as u128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_traces_is_sampled() {
        let ids = [0, u64::MAX / 4, u64::MAX / 2 + 1, u64::MAX];
        let sampled = |ratio: f64| {
            let exporter = Exporter::new("http://localhost:4318", ratio).unwrap();
            ids.map(|id| exporter.samples(&format!("{:016x}{id:016x}", 7)))
        };
        assert_eq!(sampled(0.0), [false; 4]);
        assert_eq!(sampled(0.5), [true, true, false, false]);
        assert_eq!(sampled(1.0), [true; 4]);
    }
}
