//! The webhook URL of a channel (LINE reference, "Set webhook endpoint URL" and the sections after it).

use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;

/// Where LINE sends a channel's webhooks.
#[derive(Debug, Deserialize)]
pub struct WebhookEndpoint {
    /// The URL.
    pub endpoint: String,
    /// Whether webhooks are sent there at all: `Use webhook` in the console.
    pub active: bool,
}

/// What came of LINE's test of a webhook URL.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTest {
    /// Whether the URL answered with a status of success.
    pub success: bool,
    /// The status that it answered with; 0 when it answered none.
    #[serde(default)]
    pub status_code: u16,
    /// `OK`, `COULD_NOT_CONNECT`, `REQUEST_TIMEOUT`, `ERROR_STATUS_CODE` or `UNCLASSIFIED`.
    #[serde(default)]
    pub reason: String,
    /// More of the reason, for people.
    #[serde(default)]
    pub detail: String,
}

impl Client {
    /// Where LINE sends the channel's webhooks; nothing when no URL is set.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn webhook_endpoint(&self) -> Result<Option<WebhookEndpoint>, Error> {
        let request = self.request(Operation::GetWebhookEndpoint);
        match request.receive().await {
            Ok(endpoint) => Ok(Some(endpoint)),
            Err(Error::Response(response)) if response.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sets where LINE sends the channel's webhooks: an HTTPS URL of at most 500 characters. It may take LINE a
    /// minute to do so.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn set_webhook_endpoint(&self, url: &str) -> Result<(), Error> {
        let request = self.request(Operation::SetWebhookEndpoint);
        request.json(&json!({"endpoint": url}))?.send().await
    }

    /// Has LINE send a webhook without events to a URL, and tells what came of it.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn test_webhook_endpoint(&self, url: &str) -> Result<WebhookTest, Error> {
        let request = self.request(Operation::TestWebhookEndpoint);
        request.json(&json!({"endpoint": url}))?.receive().await
    }
}
