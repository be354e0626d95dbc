//! The operator's view of a botbox.

use anyhow::Context as _;
use serde_json::Value;

/// The operator's token.
pub(crate) const ADMIN_TOKEN: &str = "the benchmark's admin token";

/// The admin API of a botbox.
pub(crate) struct Admin {
    http: reqwest::Client,
    url: String,
}

impl Admin {
    pub(crate) fn new(url: String) -> Self {
        botbox_line::tls::prepare();
        let http = reqwest::Client::new();
        Self { http, url }
    }

    /// How many events wait or run.
    pub(crate) async fn waiting(&self) -> anyhow::Result<u64> {
        self.sum("/v1/journal/stats", "/waiting").await
    }

    /// How many events were handled since the start.
    pub(crate) async fn handled(&self) -> anyhow::Result<u64> {
        self.sum("/v1/status", "/events/handled").await
    }

    /// Of all channels.
    async fn sum(&self, path: &str, pointer: &str) -> anyhow::Result<u64> {
        let request = self.http.get(format!("{}{path}", self.url));
        let answer = request.bearer_auth(ADMIN_TOKEN).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        let channels = answer["channels"]
            .as_array()
            .context("there are channels")?;
        let numbers = channels.iter().map(|channel| {
            let number = channel.pointer(pointer).and_then(Value::as_u64);
            number.with_context(|| format!("{path} has no {pointer}: {answer}"))
        });
        numbers.sum()
    }
}
