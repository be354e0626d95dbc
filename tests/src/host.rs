//! A running host: the real binary, as a process of its own.

use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, ChildStderr};
use tokio::time::{sleep, timeout};

use crate::log::Log;
use crate::patience::{PATIENCE, POLL};

/// How long the tests wait for plugins: a language's runtime takes half a minute to compile when nothing else
/// runs.
const LOADING: Duration = Duration::from_secs(180);

/// The operator's token.
pub const ADMIN_TOKEN: &str = "the tests' admin token";

/// A running host. It is killed when the test is done with it.
pub struct Host {
    /// Where webhooks come in, without a path.
    pub url: String,
    /// The operator's side.
    pub admin_url: String,
    /// What it logs.
    pub log: Log,
    pub(crate) child: Child,
    pub(crate) _unread_log: Option<ChildStderr>,
    pub(crate) _folder: Arc<TempDir>,
}

impl Host {
    /// What the operator is told.
    pub async fn status(&self) -> Value {
        self.admin("/v1/status").await
    }

    /// What the operator is told at a path.
    pub async fn admin(&self, path: &str) -> Value {
        let request = reqwest::Client::new().get(format!("{}{path}", self.admin_url));
        let response = request.bearer_auth(ADMIN_TOKEN).send().await.unwrap();
        response.json().await.unwrap()
    }

    /// The journal's entries of a channel's events, newest first.
    pub async fn events(&self, channel: &str) -> Vec<Value> {
        let mut events = Vec::new();
        let mut before = String::new();
        loop {
            let path = format!("/v1/journal/events?channel={channel}&limit=1000{before}");
            let mut page = self.admin(&path).await;
            events.append(page["events"].as_array_mut().unwrap());
            match page["next"].as_i64() {
                Some(next) => before = format!("&before={next}"),
                None => return events,
            }
        }
    }

    /// Waits until the journal has an event in a state, and returns all that is known of it.
    pub async fn expect(&self, channel: &str, id: &str, state: &str) -> Value {
        let mut last = Value::Null;
        let looked = timeout(PATIENCE, async {
            while last["state"] != state {
                sleep(POLL).await;
                last = self
                    .admin(&format!("/v1/journal/events/{channel}/{id}"))
                    .await;
            }
        });
        assert!(looked.await.is_ok(), "not {state}: {last}\n{:?}", self.log);
        last
    }

    /// Waits until each channel's plugin is there, or can't be used.
    pub async fn loaded(&self) {
        let mut status = Value::Null;
        let looked = timeout(LOADING, async {
            loop {
                status = self.status().await;
                let mut channels = status["channels"].as_array().unwrap().iter();
                if channels.all(|it| it["state"] != "loading") {
                    return;
                }
                sleep(POLL).await;
            }
        });
        assert!(
            looked.await.is_ok(),
            "still loading: {status}\n{:?}",
            self.log
        );
    }

    /// Waits until the status reports a channel in a state, and returns all that it reports of the channel.
    pub async fn channel(&self, id: &str, state: &str) -> Value {
        let mut last = Value::Null;
        let looked = timeout(PATIENCE, async {
            while last["state"] != state {
                sleep(POLL).await;
                let status = self.status().await;
                let channels = status["channels"].as_array().unwrap().iter();
                let failed = status["failed"].as_array().into_iter().flatten();
                last = channels
                    .chain(failed)
                    .find(|it| it["id"] == id)
                    .unwrap()
                    .clone();
            }
        });
        assert!(looked.await.is_ok(), "not {state}: {last}\n{:?}", self.log);
        last
    }

    /// Waits until no event of any channel waits, or is to come.
    pub async fn drained(&self, patience: Duration) {
        let mut waiting = Value::Null;
        let looked = timeout(patience, async {
            loop {
                let stats = self.admin("/v1/journal/stats").await;
                waiting = stats["channels"].clone();
                let mut channels = waiting.as_array().unwrap().iter();
                if channels.all(|it| it["waiting"] == 0 && it["scheduled"] == 0) {
                    return;
                }
                sleep(POLL).await;
            }
        });
        assert!(looked.await.is_ok(), "events still wait: {waiting}");
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id().expect("the host runs")
    }

    /// Ends the process at once, as the kernel does when memory runs out.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// The address of a channel's webhook.
    #[must_use]
    pub fn webhook(&self, channel: &str) -> String {
        format!("{}/webhook/{channel}", self.url)
    }

    /// Sends a signal, such as `TERM`, by which container managers stop a process.
    pub fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-s", signal, &id])
            .status();
        assert!(kill.unwrap().success());
    }

    /// Waits for the end of the process.
    pub async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap()
    }
}
