//! A host with two channels, and an operator who looks at it.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use botbox_tests::{ADMIN_TOKEN, ALL_GRANTS, Bot, Channel, Host, Line, PATIENCE, User, binary};
use reqwest::{Client, Response};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

pub(crate) struct Stage {
    pub(crate) line: Line,
    pub(crate) bot: Bot,
    pub(crate) other: Bot,
    pub(crate) host: Host,
    pub(crate) user: User,
    pub(crate) data: TempDir,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Stage {
    /// Two channels of the plugin that does as it is told: `bot` and `other`.
    pub(crate) async fn new() -> Self {
        let line = Line::start().await;
        let bot = line.bot("Bot").await;
        let other = line.bot("Other").await;
        let data = tempfile::tempdir().unwrap();
        let host = start(&line, &bot, &other, "probe", data.path()).await;
        let user = line.user("Aiko").await;
        Self {
            line,
            bot,
            other,
            host,
            user,
            data,
        }
    }

    /// Starts the host anew, with another plugin in its channels.
    pub(crate) async fn restart(&mut self, plugin: &str) {
        self.host.signal("TERM");
        assert!(self.host.ended().await.success());
        self.host = start(&self.line, &self.bot, &self.other, plugin, self.data.path()).await;
    }

    /// Says something in the channel `bot`. Returns the event's id.
    pub(crate) async fn say(&self, text: &str) -> String {
        self.say_to(&self.bot, text).await
    }

    pub(crate) async fn say_to(&self, bot: &Bot, text: &str) -> String {
        let delivery = self.line.say(bot, &self.user, text).await;
        assert_eq!(delivery.status, Some(200));
        delivery.events[0]["webhookEventId"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Says something and waits until the event is in a state. Returns its id.
    pub(crate) async fn say_until(&self, state: &str, text: &str) -> String {
        let id = self.say(text).await;
        self.expect("bot", &id, state).await;
        id
    }

    /// Waits until an event is in a state, and returns all that is known of it.
    pub(crate) async fn expect(&self, channel: &str, id: &str, state: &str) -> Value {
        let event = format!("journal/events/{channel}/{id}");
        let found = self.eventually(&event, |event| event["state"] == state);
        found.await
    }

    /// Waits until the API's answer is as it should be.
    pub(crate) async fn eventually(&self, path: &str, is_right: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let looked = timeout(PATIENCE, async {
            loop {
                last = self.get(path).await.json().await.unwrap();
                if is_right(&last) {
                    return;
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(looked.await.is_ok(), "{path}: {last}");
        last
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let request = Client::new().get(format!("{}/v1/{path}", self.host.admin_url));
        request.bearer_auth(ADMIN_TOKEN).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        let request = Client::new().post(format!("{}/v1/{path}", self.host.admin_url));
        let request = request.bearer_auth(ADMIN_TOKEN).body(body.to_string());
        request.send().await.unwrap()
    }

    /// Gives a command that must succeed, and returns what it printed.
    pub(crate) async fn botbox(&self, arguments: &[&str]) -> String {
        let said = self.try_botbox(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
        said.out
    }

    pub(crate) async fn try_botbox(&self, arguments: &[&str]) -> Said {
        run(self.command().args(arguments)).await
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command
            .env("BOTBOX_ADMIN_URL", &self.host.admin_url)
            .env("BOTBOX_ADMIN_TOKEN", ADMIN_TOKEN)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// The lines of JSON that a command prints.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.botbox(&[arguments, &["--json"]].concat()).await;
        let lines = out.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    }

    pub(crate) async fn ids(&self, arguments: &[&str]) -> Vec<String> {
        let events = self.json(arguments).await;
        let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
        events.iter().map(id).collect()
    }
}

pub(crate) async fn start(line: &Line, bot: &Bot, other: &Bot, plugin: &str, data: &Path) -> Host {
    let with = format!("grants = [{ALL_GRANTS}]\nretries = {{ attempts = 2, pause_ms = 50 }}");
    Host::beside(line)
        .channel(Channel::new("bot", bot, plugin).with(&with))
        .channel(Channel::new("other", other, plugin).with(&with))
        .data(data)
        .start(line)
        .await
}

pub(crate) async fn run(command: &mut Command) -> Said {
    let output: Output = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
