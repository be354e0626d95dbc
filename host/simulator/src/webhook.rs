//! Delivers webhooks, as the LINE Platform does.

use std::error::Error as _;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use botbox_line::signature;
use bytes::Bytes;
use reqwest::redirect;
use serde::Serialize;
use serde_json::{Value, json};

use crate::webhook_json;

/// The `user-agent` of webhooks.
const LINE_USER_AGENT: &str = "LineBotWebhook/2.0";

/// Carries webhooks to the bots.
#[derive(Clone)]
pub(crate) struct Courier {
    client: reqwest::Client,
}

/// A signed webhook request.
pub(crate) struct Webhook {
    pub(crate) bot_id: String,
    pub(crate) url: Option<String>,
    pub(crate) signature: String,
    pub(crate) body: Bytes,
}

/// What came of a webhook.
#[derive(Serialize)]
pub(crate) struct Delivery {
    /// `None` when no answer came.
    pub(crate) status: Option<u16>,
    pub(crate) reason: Reason,
    /// For people.
    pub(crate) detail: String,
    /// Whether the URL's host has no address.
    #[serde(skip)]
    pub(crate) unresolved: bool,
}

/// LINE's reasons (LINE reference, "Test webhook endpoint").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Reason {
    /// The bot answered with a 2xx status.
    Ok,
    /// No connection could be made.
    CouldNotConnect,
    /// No answer came in time.
    RequestTimeout,
    /// The bot answered with another status.
    ErrorStatusCode,
    /// Anything else.
    Unclassified,
}

impl Webhook {
    /// The webhook that carries `events` to the bot at `url`. What happens to the bot `destination`
    /// is told to module channels that are attached to it as well.
    pub(crate) fn new(
        bot_id: &str,
        channel_secret: &str,
        url: Option<String>,
        destination: &str,
        events: &[Value],
    ) -> Self {
        let body = webhook_json::write(&json!({ "destination": destination, "events": events }));
        Self {
            bot_id: bot_id.to_owned(),
            url,
            signature: signature::sign(channel_secret, &body),
            body: body.into(),
        }
    }
}

impl Webhook {
    /// Makes the signature one that the channel secret has not made.
    pub(crate) fn spoil_signature(&mut self) {
        self.signature = signature::sign("not the channel secret", &self.body);
    }
}

impl Courier {
    /// Waits `timeout` for each answer.
    pub(crate) fn new(timeout: Duration) -> Result<Self, reqwest::Error> {
        // Another part of the process may have chosen a provider already; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(timeout)
            // Bots under development are on this machine, where no proxy belongs between.
            .no_proxy()
            .build()?;
        Ok(Self { client })
    }

    pub(crate) async fn deliver(&self, webhook: &Webhook) -> Delivery {
        let Some(url) = &webhook.url else {
            return Delivery {
                status: None,
                reason: Reason::CouldNotConnect,
                detail: "the bot has no webhook URL".to_owned(),
                unresolved: false,
            };
        };
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header(USER_AGENT, LINE_USER_AGENT)
            .header(signature::HEADER, &webhook.signature)
            .body(webhook.body.clone());
        match request.send().await {
            Ok(answer) => Delivery::answered(answer.status()),
            Err(error) => Delivery::failed(&error),
        }
    }
}

impl Delivery {
    /// What never reached the host.
    pub(crate) fn undelivered(detail: &str) -> Self {
        Self {
            status: None,
            reason: Reason::Unclassified,
            detail: detail.to_owned(),
            unresolved: false,
        }
    }

    /// Whether LINE would deliver the webhook once more.
    pub(crate) fn is_failure(&self) -> bool {
        self.reason != Reason::Ok
    }

    fn answered(status: StatusCode) -> Self {
        let reason = if status.is_success() {
            Reason::Ok
        } else {
            Reason::ErrorStatusCode
        };
        Self {
            status: Some(status.as_u16()),
            reason,
            detail: status.as_str().to_owned(),
            unresolved: false,
        }
    }

    fn failed(error: &reqwest::Error) -> Self {
        // A connection that takes too long to make is both; LINE calls it the former.
        let reason = if error.is_connect() {
            Reason::CouldNotConnect
        } else if error.is_timeout() {
            Reason::RequestTimeout
        } else {
            Reason::Unclassified
        };
        Self {
            status: None,
            reason,
            detail: error.to_string(),
            unresolved: is_unresolved(error),
        }
    }
}

/// Whether a host has no address. The connector says so at the bottom of its error.
fn is_unresolved(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.to_string().contains("dns error") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Whether `url` can be a webhook URL: at most 500 characters (LINE reference, "Set webhook
/// endpoint URL"). LINE takes HTTPS only; bots under development speak plain HTTP too.
pub(crate) fn is_endpoint(url: &str) -> bool {
    let parsed = reqwest::Url::parse(url);
    url.chars().count() <= 500
        && parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
