//! The webhook URL of a channel at LINE.

use botbox_line::api::WebhookTest;
use botbox_line::error::with_causes;
use botbox_line::{Client, Error};

use super::Finding;

/// The URL that is set.
const URL: &str = "webhook-url";

/// What LINE says of it.
const TEST: &str = "webhook-test";

/// Where webhooks of a channel come in.
pub(crate) fn expected_url(public_url: &str, channel: &str) -> String {
    format!("{public_url}/webhook/{channel}")
}

/// Compares the URL that LINE has with the one at which the host takes webhooks, and has LINE test it.
pub(super) async fn diagnose(
    client: &Client,
    channel: &str,
    expected: Option<&str>,
) -> Vec<Finding> {
    let endpoint = match client.webhook_endpoint().await {
        Ok(Some(endpoint)) => endpoint,
        Ok(None) => {
            let remedy = format!("set it: `botbox channel set-webhook {channel}`");
            let found = "LINE has no webhook URL of the channel, and sends it nothing";
            return vec![Finding::problem(URL, found, remedy)];
        }
        Err(error) => return vec![unknown(URL, &error)],
    };
    let url = endpoint.endpoint;
    let finding = match expected {
        _ if !endpoint.active => Finding::problem(
            URL,
            format!("LINE has {url}, and `Use webhook` is off: it sends nothing"),
            "switch on `Use webhook` in the LINE Developers Console, under `Messaging API`",
        ),
        Some(expected) if expected != url => Finding::problem(
            URL,
            format!("LINE sends webhooks to {url}, and this host takes them at {expected}"),
            format!(
                "set it: `botbox channel set-webhook {channel}`; or correct `server.public_url` if \
                 both lead here"
            ),
        ),
        Some(_) => Finding::ok(URL, format!("LINE sends webhooks to {url}")),
        None => Finding::warning(
            URL,
            format!("LINE sends webhooks to {url}; whether that is this host is not known"),
            "give `server.public_url` in the configuration, so that it can be compared",
        ),
    };
    vec![finding, test(client, &url).await]
}

/// Sets a channel's webhook URL at LINE, and has LINE test it. Tells of the URL and of the test.
///
/// # Errors
///
/// What is wrong, if LINE does not take the URL.
pub async fn set(client: &Client, url: &str) -> Result<Vec<Finding>, Finding> {
    if let Err(error) = client.set_webhook_endpoint(url).await {
        let found = format!("LINE does not take {url}: {}", with_causes(&error));
        let remedy = "give an https URL of at most 500 characters, and see that the access token \
                      is valid";
        return Err(Finding::problem(URL, found, remedy));
    }
    let is_active = client.webhook_endpoint().await;
    let finding = match is_active {
        Ok(Some(endpoint)) if !endpoint.active => Finding::problem(
            URL,
            format!("LINE has {url}, and `Use webhook` is off: it sends nothing"),
            "switch on `Use webhook` in the LINE Developers Console, under `Messaging API`",
        ),
        // It may take LINE a minute to tell of it.
        _ => Finding::ok(URL, format!("LINE has {url}")),
    };
    Ok(vec![finding, test(client, url).await])
}

async fn test(client: &Client, url: &str) -> Finding {
    let test = match client.test_webhook_endpoint(url).await {
        Ok(test) => test,
        Err(error) => return unknown(TEST, &error),
    };
    if test.success {
        return Finding::ok(TEST, "LINE's test webhook was taken");
    }
    let WebhookTest { reason, detail, .. } = &test;
    let found = format!("LINE's test webhook failed: {reason}: {detail}");
    Finding::problem(TEST, found, remedy(&test))
}

fn remedy(test: &WebhookTest) -> String {
    let words = match (&*test.reason, test.status_code) {
        ("COULD_NOT_CONNECT", _) => {
            "LINE reaches no server there: see that the URL's name resolves on the Internet, that \
             its port is open, and that the certificate is valid with its whole chain"
        }
        ("REQUEST_TIMEOUT", _) => {
            "the URL takes too long: see that the proxy before the host reaches it at \
             `server.listen`"
        }
        ("ERROR_STATUS_CODE", 401 | 403) => {
            "the signature does not fit: set the channel's secret to the one under `Basic \
             settings` in the LINE Developers Console, and see that the proxy leaves bodies as \
             they are"
        }
        ("ERROR_STATUS_CODE", 404) => {
            "nothing takes webhooks there: see that the proxy passes `/webhook/` on, with the \
             whole path, and that the host serves the channel"
        }
        ("ERROR_STATUS_CODE", 502..=504) => {
            "the proxy does not reach the host, or the host can't take webhooks now: look at the \
             host's findings, and at the proxy's log"
        }
        ("ERROR_STATUS_CODE", 300..=399) => {
            "LINE follows no redirects: give the URL to which it leads"
        }
        _ => "look at the logs of the host and of the proxy before it",
    };
    String::from(words)
}

/// What can't be told.
fn unknown(check: &'static str, error: &Error) -> Finding {
    let found = format!("LINE does not tell: {}", with_causes(error));
    Finding::problem(
        check,
        found,
        "look at the access token first, and ask again",
    )
}
