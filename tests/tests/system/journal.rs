//! The operator looks at events, and deals with dead letters, by the `botbox` command and the admin
//! API behind it.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use botbox_tests::{ADMIN_TOKEN, ALL_GRANTS, Bot, Channel, Host, Line, PATIENCE, User, binary};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

struct Stage {
    line: Line,
    bot: Bot,
    other: Bot,
    host: Host,
    user: User,
    data: TempDir,
}

/// What a command said.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Stage {
    /// Two channels of the plugin that does as it is told: `bot` and `other`.
    async fn new() -> Self {
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
    async fn restart(&mut self, plugin: &str) {
        self.host.signal("TERM");
        assert!(self.host.ended().await.success());
        self.host = start(&self.line, &self.bot, &self.other, plugin, self.data.path()).await;
    }

    /// Says something in the channel `bot`. Returns the event's id.
    async fn say(&self, text: &str) -> String {
        self.say_to(&self.bot, text).await
    }

    async fn say_to(&self, bot: &Bot, text: &str) -> String {
        let delivery = self.line.say(bot, &self.user, text).await;
        assert_eq!(delivery.status, Some(200));
        delivery.events[0]["webhookEventId"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Says something and waits until the event is in a state. Returns its id.
    async fn say_until(&self, state: &str, text: &str) -> String {
        let id = self.say(text).await;
        self.expect("bot", &id, state).await;
        id
    }

    /// Waits until an event is in a state, and returns all that is known of it.
    async fn expect(&self, channel: &str, id: &str, state: &str) -> Value {
        let event = format!("journal/events/{channel}/{id}");
        let found = self.eventually(&event, |event| event["state"] == state);
        found.await
    }

    /// Waits until the API's answer is as it should be.
    async fn eventually(&self, path: &str, is_right: impl Fn(&Value) -> bool) -> Value {
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

    async fn get(&self, path: &str) -> Response {
        let request = Client::new().get(format!("{}/v1/{path}", self.host.admin_url));
        request.bearer_auth(ADMIN_TOKEN).send().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        let request = Client::new().post(format!("{}/v1/{path}", self.host.admin_url));
        let request = request.bearer_auth(ADMIN_TOKEN).body(body.to_string());
        request.send().await.unwrap()
    }

    /// Gives a command that must succeed, and returns what it printed.
    async fn botbox(&self, arguments: &[&str]) -> String {
        let said = self.try_botbox(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
        said.out
    }

    async fn try_botbox(&self, arguments: &[&str]) -> Said {
        run(self.command().args(arguments)).await
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command
            .env("BOTBOX_ADMIN_URL", &self.host.admin_url)
            .env("BOTBOX_ADMIN_TOKEN", ADMIN_TOKEN)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// The lines of JSON that a command prints.
    async fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.botbox(&[arguments, &["--json"]].concat()).await;
        let lines = out.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    }

    async fn ids(&self, arguments: &[&str]) -> Vec<String> {
        let events = self.json(arguments).await;
        let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
        events.iter().map(id).collect()
    }
}

async fn start(line: &Line, bot: &Bot, other: &Bot, plugin: &str, data: &Path) -> Host {
    let with = format!("grants = [{ALL_GRANTS}]\nretries = {{ attempts = 2, pause_ms = 50 }}");
    Host::beside(line)
        .channel(Channel::new("bot", bot, plugin).with(&with))
        .channel(Channel::new("other", other, plugin).with(&with))
        .data(data)
        .start(line)
        .await
}

async fn run(command: &mut Command) -> Said {
    let output: Output = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[tokio::test]
async fn events_are_listed() {
    let stage = Stage::new().await;
    let good = stage.say_until("handled", "hello").await;
    let bad = stage.say_until("dead", "reject").await;
    let elsewhere = stage.say_to(&stage.other, "reject").await;
    stage.expect("other", &elsewhere, "dead").await;

    let list = stage.botbox(&["journal", "list"]).await;
    let lines: Vec<_> = list.lines().collect();
    assert_eq!(lines.len(), 4, "{list}");
    assert!(lines[0].starts_with("RECEIVED"), "{list}");
    for (line, id, channel, state) in [
        (lines[1], &elsewhere, "other", "dead"),
        (lines[2], &bad, "bot", "dead"),
        (lines[3], &good, "bot", "handled"),
    ] {
        let cells: Vec<_> = line.split_whitespace().collect();
        assert_eq!(cells[1], channel, "{list}");
        assert_eq!(cells[3..5], [id, state], "{list}");
        assert!(cells[2].len() < stage.user.id.len(), "{list}");
    }
    assert!(lines[2].ends_with("the plugin rejects the event: as told"));
    // Columns are aligned.
    let at = lines[0].find("STATE").unwrap();
    for line in &lines[1..3] {
        let state: String = line.chars().skip(at).take(4).collect();
        assert_eq!(state, "dead", "{list}");
    }

    let list = async |arguments: &[&str]| {
        let list = ["journal", "list"];
        stage.ids(&[&list, arguments].concat()).await
    };
    let all = [&elsewhere, &bad, &good].map(String::clone);
    assert_eq!(list(&[]).await, all);
    assert_eq!(list(&["--channel", "bot"]).await, all[1..]);
    assert_eq!(list(&["--state", "dead"]).await, all[..2]);
    assert_eq!(list(&["--id", &good]).await, all[2..]);
    assert_eq!(list(&["--chat", &stage.user.id]).await, all);
    assert_eq!(list(&["--chat", "U1"]).await, [""; 0]);
    assert_eq!(list(&["--error", "as told"]).await, all[..2]);
    assert_eq!(list(&["--since", "1h"]).await, all);
    assert_eq!(list(&["--until", "1h"]).await, [""; 0]);
    assert_eq!(
        list(&["--since", "2020-01-01T00:00:00+09:00", "--limit", "2"]).await,
        all[..2]
    );
    let cut = stage.try_botbox(&["journal", "list", "--limit", "1"]).await;
    assert!(cut.err.contains("there may be more"), "{}", cut.err);
    let none = stage.try_botbox(&["journal", "list", "--chat", "U1"]).await;
    assert_eq!((none.code, none.out.as_str()), (Some(0), ""));

    // Page by page.
    let first: Value = stage
        .get("journal/events?limit=2")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(first["events"].as_array().unwrap().len(), 2);
    let next = format!("journal/events?limit=2&before={}", first["next"]);
    let second: Value = stage.get(&next).await.json().await.unwrap();
    assert_eq!(second["events"][0]["id"], *good);
    assert_eq!(second["next"], Value::Null);
}

/// A list that is longer than a page of the host's.
#[tokio::test]
async fn long_lists_are_put_together() {
    let stage = Stage::new().await;
    let event = json!({"as": stage.user.id, "event": {"type": "follow"}});
    for _ in 0..11 {
        let delivery = stage.line.send(&stage.bot, vec![event.clone(); 100]).await;
        assert_eq!(delivery.status, Some(200));
    }
    let list = ["journal", "list", "--limit", "1050"];
    let mut ids = stage.ids(&list).await;
    assert_eq!(ids.len(), 1050);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1050);
}

#[tokio::test]
async fn an_event_is_shown_without_its_credentials() {
    let stage = Stage::new().await;
    let id = stage.say_until("dead", "panic").await;
    let shown = stage.botbox(&["journal", "show", "bot", &id]).await;
    for expected in [
        &format!("chat      {}", stage.user.id),
        "state     dead",
        "failed    2 times",
        "    \"text\": \"panic\"",
        "failed attempt 1: ",
        "failed attempt 2: ",
        "  error: the plugin trapped: panicked at tests/guests/probe/src/lib.rs:",
        ": as told (it reached code that must not be reached",
    ] {
        assert!(shown.contains(expected), "{shown}\nexpected {expected}");
    }
    assert!(!shown.contains("replyToken"), "{shown}");
    assert_eq!(
        stage.botbox(&["dead-letters", "show", "bot", &id]).await,
        shown
    );

    let shown = stage.json(&["journal", "show", "bot", &id]).await.remove(0);
    assert_eq!(shown["event"]["webhookEventId"], *id);
    assert_eq!(shown["event"]["replyToken"], Value::Null);
    assert_eq!(shown["failures"][1]["plugin"].as_str().unwrap().len(), 64);
    assert!(
        shown["failures"][0]["log"]
            .as_str()
            .unwrap()
            .contains("as told")
    );

    let gone = stage
        .try_botbox(&["journal", "show", "bot", "01NONE"])
        .await;
    assert_eq!(gone.code, Some(1));
    assert!(
        gone.err.contains("the journal has no event \"01NONE\""),
        "{}",
        gone.err
    );
}

/// What users and plugins write stays text.
#[tokio::test]
async fn nobody_writes_to_the_operators_terminal() {
    let stage = Stage::new().await;
    let id = stage
        .say_until("handled", "\u{1b}[2J \u{9b}31m \u{202e}")
        .await;
    let novel = stage.say_until("dead", "novel").await;
    let mut said = stage.botbox(&["journal", "show", "bot", &id]).await;
    said += &stage
        .botbox(&["journal", "show", "bot", &id, "--json"])
        .await;
    said += &stage.botbox(&["journal", "show", "bot", &novel]).await;
    let list = stage.botbox(&["journal", "list"]).await;
    assert_eq!(list.lines().count(), 3, "{list}");
    said += &list;
    let is_active = |it: char| it.is_control() && it != '\n' || it == '\u{202e}';
    assert_eq!(said.find(is_active), None, "{said:?}");
    let shown = stage.json(&["journal", "show", "bot", &id]).await.remove(0);
    assert_eq!(
        shown["event"]["message"]["text"],
        "\u{1b}[2J \u{9b}31m \u{202e}"
    );
}

#[tokio::test]
async fn channels_are_counted() {
    let stage = Stage::new().await;
    stage.say_until("dead", "reject").await;
    let stats = stage.botbox(&["journal", "stats"]).await;
    let lines: Vec<Vec<_>> = stats
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0].join(" "),
        "CHANNEL WAITING BYTES OLDEST DEAD KEPT SCHEDULED"
    );
    assert_eq!(lines[1][..5], ["bot", "0", "0", "-", "1"]);
    assert!(lines[1][5].parse::<u64>().unwrap() > 100, "{stats}");
    assert_eq!(lines[2], ["other", "0", "0", "-", "0", "0", "0"]);
    let stats = stage.json(&["journal", "stats"]).await.remove(0);
    assert_eq!(stats["channels"][0]["dead"], 1);

    let delay = json!({"delay": 2_000});
    stage.line.fault("getProfile", 1, delay).await;
    stage.say(&format!("profile {}", stage.user.id)).await;
    let stats = stage.json(&["journal", "stats"]).await.remove(0);
    let bot = &stats["channels"][0];
    assert_eq!(bot["waiting"], 1, "{stats}");
    assert!(bot["waiting_bytes"].as_u64().unwrap() > 100, "{stats}");
    assert!(bot["oldest"].as_i64().is_some(), "{stats}");
}

#[tokio::test]
async fn events_are_followed() {
    let mut stage = Stage::new().await;
    let mut follow = stage
        .command()
        .args(["journal", "follow", "--channel", "bot"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut news = BufReader::new(follow.stdout.take().unwrap()).lines();
    let mut remarks = BufReader::new(follow.stderr.take().unwrap()).lines();
    // Nobody knows from when on it follows.
    loop {
        stage.say("hello").await;
        let first = timeout(Duration::from_millis(500), news.next_line());
        if first.await.is_ok() {
            break;
        }
    }
    let mut until = async |text: &str| {
        let found = async {
            loop {
                let line = news.next_line().await.unwrap().unwrap();
                assert!(line.contains("  bot  "), "{line}");
                if line.contains(text) {
                    return line;
                }
            }
        };
        let found = timeout(PATIENCE, found).await;
        found.unwrap_or_else(|_| panic!("no news of {text}"))
    };
    stage.say_to(&stage.other, "hello").await;
    let id = stage.say("panic").await;
    for (what, error) in [
        ("accepted", ""),
        ("retry (attempt 1)", ": the plugin trapped"),
        ("dead (attempt 2)", ": the plugin trapped"),
    ] {
        let line = until(&format!("{id}  {what}")).await;
        assert!(line.contains(error), "{line}");
    }

    // It follows the host over a new start.
    let stopped = tokio::time::Instant::now();
    stage.host.signal("TERM");
    assert!(stage.host.ended().await.success());
    assert!(stopped.elapsed() < Duration::from_secs(5));
    let remark = timeout(PATIENCE, remarks.next_line()).await.unwrap();
    let remark = remark.unwrap().unwrap();
    assert!(remark.contains("waiting for it"), "{remark}");
}

#[tokio::test]
async fn the_api_tells_news_as_lines() {
    let stage = Stage::new().await;
    let path = format!("journal/follow?chat={}", stage.user.id);
    let mut answer = stage.get(&path).await;
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let stranger = stage.line.user("Ben").await;
    stage.line.ask(&stage.bot, &stranger, "hello").await;
    let id = stage.say("hello").await;
    let mut text = String::new();
    while !text.contains("handled") {
        let piece = timeout(PATIENCE, answer.chunk()).await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
    }
    let lines = text.lines().filter(|line| !line.is_empty());
    let lines: Vec<Value> = lines.map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(lines[0]["what"], "accepted");
    assert_eq!(lines[1]["what"], "handled");
    assert_eq!(lines[1]["attempt"], 1);
    for line in &lines {
        assert_eq!(line["id"], *id, "{text}");
        assert_eq!(line["chat"], *stage.user.id);
    }

    // Some follow, others can still get in.
    let mut followers = vec![answer];
    let refused = loop {
        let answer = stage.get("journal/follow").await;
        if answer.status() != 200 {
            break answer;
        }
        followers.push(answer);
    };
    assert_eq!(refused.status(), 503);
    assert!(
        refused
            .text()
            .await
            .unwrap()
            .contains("follow already, the limit")
    );
    assert_eq!(followers.len(), 8);
    assert_eq!(stage.get("journal/stats").await.status(), 200);
}

#[tokio::test]
async fn a_mended_plugin_gets_its_dead_letters_again() {
    let mut stage = Stage::new().await;
    let id = stage.say_until("dead", "reject").await;
    let second = stage.say_until("dead", "reject").await;
    let probe = stage.json(&["versions", "bot"]).await.remove(0);
    let probe = probe["versions"][0]["digest"].as_str().unwrap().to_owned();

    stage.restart("echo").await;
    let versions = stage.botbox(&["versions", "bot"]).await;
    let lines: Vec<_> = versions.lines().collect();
    assert_eq!(lines.len(), 3, "{versions}");
    assert!(lines[1].ends_with("current"), "{versions}");
    assert!(lines[2].ends_with(&probe), "{versions}");

    // By the version that failed, it fails again.
    let replay = ["dead-letters", "replay", "--channel", "bot", "--id", &id];
    let replayed = stage
        .botbox(&[&replay[..], &["--plugin", &probe[..8]]].concat())
        .await;
    assert_eq!(replayed, "replayed 1 dead letter\n");
    let event = stage
        .eventually(&format!("journal/events/bot/{id}"), |event| {
            event["state"] == "dead" && event["failures"][1].is_object()
        })
        .await;
    assert_eq!(event["attempts"], 1, "{event}");
    assert_eq!(event["failures"][1]["plugin"], *probe, "{event}");

    // By the current one, it does not.
    let replayed = stage.json(&replay).await;
    assert_eq!(replayed, [json!({"replayed": 1})]);
    stage.expect("bot", &id, "handled").await;
    let answer = stage.line.next(&stage.bot, &stage.user.id, 0).await;
    assert_eq!(answer.text(), "reject");
    stage.expect("bot", &second, "dead").await;
    let none = stage.botbox(&replay).await;
    assert_eq!(none, "replayed 0 dead letters\n");
}

#[tokio::test]
async fn dead_letters_are_chosen() {
    let mut stage = Stage::new().await;
    let rejected = stage.say_until("dead", "reject").await;
    let trapped = stage.say_until("dead", "panic").await;
    let third = stage.say_until("dead", "error").await;
    let elsewhere = stage.say_to(&stage.other, "reject").await;
    stage.expect("other", &elsewhere, "dead").await;
    let dead = ["dead-letters", "list"];
    let all = [&elsewhere, &third, &trapped, &rejected].map(String::clone);
    assert_eq!(stage.ids(&dead).await, all);
    stage.restart("echo").await;

    // Nothing is meant by leaving something out.
    for command in ["replay", "discard"] {
        let said = stage.try_botbox(&["dead-letters", command]).await;
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains("--all"), "{}", said.err);
        let both = ["dead-letters", command, "--all", "--channel", "bot"];
        assert_eq!(stage.try_botbox(&both).await.code, Some(2));
    }
    let plugin = ["dead-letters", "replay", "--all", "--plugin", "123456"];
    assert_eq!(stage.try_botbox(&plugin).await.code, Some(2));

    // The panic's own words find it.
    let replay = ["dead-letters", "replay", "--error", "as told (it reached"];
    assert_eq!(stage.botbox(&replay).await, "replayed 1 dead letter\n");
    stage.expect("bot", &trapped, "handled").await;
    let discard = [
        "dead-letters",
        "discard",
        "--channel",
        "bot",
        "--id",
        &third,
    ];
    assert_eq!(stage.botbox(&discard).await, "discarded 1 dead letter\n");
    let shown = stage.botbox(&["journal", "show", "bot", &third]).await;
    assert!(shown.contains("state     discarded"), "{shown}");
    assert!(shown.contains("not kept any more"), "{shown}");
    let replay = ["dead-letters", "replay", "--all"];
    assert_eq!(stage.botbox(&replay).await, "replayed 2 dead letters\n");
    stage.expect("bot", &rejected, "handled").await;
    stage.expect("other", &elsewhere, "handled").await;
    assert_eq!(stage.ids(&dead).await, [""; 0]);
}

/// So many steps of the journal that the first ones have failed again before the last.
#[tokio::test]
async fn each_dead_letter_is_replayed_once() {
    let stage = Stage::new().await;
    let message = json!({"type": "text", "text": "reject"});
    let event = json!({"type": "message", "message": message});
    let mut events = Vec::new();
    for number in 0..50 {
        let user = stage.line.user(&format!("User {number}")).await;
        events.push(json!({"as": user.id, "event": event}));
    }
    for _ in 0..30 {
        assert_eq!(
            stage.line.send(&stage.bot, events.clone()).await.status,
            Some(200)
        );
    }
    let dead = |stats: &Value| stats["channels"][0]["dead"] == 1500;
    stage.eventually("journal/stats", dead).await;
    let replay = ["dead-letters", "replay", "--channel", "bot"];
    assert_eq!(stage.botbox(&replay).await, "replayed 1500 dead letters\n");
    stage.eventually("journal/stats", dead).await;
    let failed = stage.host.status().await["channels"][0]["events"]["failed"].clone();
    assert_eq!(failed, 3000);
}

#[tokio::test]
async fn what_is_not_right_is_told() {
    let stage = Stage::new().await;
    stage.say_until("handled", "hello").await;
    for (arguments, expected) in [
        (
            vec!["journal", "list", "--channel", "coffee"],
            "there is no channel \"coffee\"; the configuration has bot, other",
        ),
        (
            vec!["journal", "show", "coffee", "01NONE"],
            "there is no channel \"coffee\"",
        ),
        (
            vec!["journal", "follow", "--channel", "coffee"],
            "there is no channel \"coffee\"",
        ),
        (vec!["versions", "coffee"], "there is no channel \"coffee\""),
        (
            vec!["dead-letters", "discard", "--channel", "coffee"],
            "there is no channel \"coffee\"",
        ),
        (
            vec![
                "dead-letters",
                "replay",
                "--channel",
                "bot",
                "--plugin",
                "12345",
            ],
            "at least its first 6 hexadecimal digits",
        ),
        (
            vec![
                "dead-letters",
                "replay",
                "--channel",
                "bot",
                "--plugin",
                "000000",
            ],
            "the channel has no version 000000; it has ",
        ),
    ] {
        let said = stage.try_botbox(&arguments).await;
        assert_eq!(said.code, Some(1), "{arguments:?}: {}", said.err);
        assert!(said.err.starts_with("error: "), "{}", said.err);
        assert!(
            said.err.contains(expected),
            "{}\nexpected {expected}",
            said.err
        );
        assert_eq!(said.out, "");
    }
    let said = stage
        .try_botbox(&["journal", "list", "--since", "yesterday"])
        .await;
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("nor a while ago such as 15m"),
        "{}",
        said.err
    );

    for (path, status, expected) in [
        (
            "journal/events?chanel=bot",
            400,
            "unknown field `chanel`, expected one of `channel`",
        ),
        (
            "journal/events?state=lost",
            400,
            "unknown variant `lost`, expected one of `waiting`",
        ),
        ("journal/events?since=today", 400, "since: invalid digit"),
        (
            "journal/events?limit=0",
            400,
            "limit: a page has 1 to 1000 events, not 0",
        ),
        (
            "journal/events?channel=coffee",
            404,
            "there is no channel \"coffee\"",
        ),
        (
            "journal/events/bot/none",
            404,
            "the journal has no event \"none\"",
        ),
        (
            "dead-letters?state=handled",
            400,
            "state: all dead letters are dead",
        ),
        ("journal/follow?id=1", 400, "unknown field `id`"),
    ] {
        let answer = stage.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(expected), "{path}: {text}");
        assert!(text.ends_with('\n') && text.lines().count() == 1, "{text}");
    }
    for (body, expected) in [
        (json!({}), "nothing says which dead letters"),
        (json!({"chanel": "bot"}), "unknown field `chanel`"),
        (json!({"all": true, "chat": "U1"}), "all: with it"),
        (json!({"all": true, "plugin": "123456"}), "plugin: "),
        (json!({"since": "1h"}), "invalid type: string"),
        (json!([]), "an object"),
    ] {
        for path in ["dead-letters/replay", "dead-letters/discard"] {
            let answer = stage.post(path, &body).await;
            assert_eq!(answer.status(), 400, "{body}");
            let text = answer.text().await.unwrap();
            assert!(text.contains(expected), "{body}: {text}");
        }
    }
}

#[tokio::test]
async fn the_command_needs_a_host_and_its_token() {
    let stage = Stage::new().await;
    let list = ["journal", "list"];
    let fails = async |command: &mut Command, expected: &[&str]| {
        let said = run(command).await;
        assert_eq!(said.code, Some(1), "{}", said.err);
        for expected in expected {
            assert!(
                said.err.contains(expected),
                "{}\nexpected {expected}",
                said.err
            );
        }
    };
    fails(
        stage
            .command()
            .args(list)
            .env("BOTBOX_ADMIN_TOKEN", "wrong"),
        &[
            "does not take the admin token from BOTBOX_ADMIN_TOKEN",
            "set BOTBOX_ADMIN_TOKEN",
        ],
    )
    .await;
    fails(
        stage.command().args(list).env_remove("BOTBOX_ADMIN_TOKEN"),
        &["the admin token is missing: set the environment variable BOTBOX_ADMIN_TOKEN"],
    )
    .await;
    fails(
        stage
            .command()
            .args(list)
            .args(["--token-file", "/nowhere"]),
        &["cannot read the admin token from /nowhere: No such file"],
    )
    .await;
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    fails(
        stage.command().args(list).args(["--admin", &address]),
        &[
            "cannot reach the host at http://127.0.0.1:",
            "Connection refused",
            "--admin",
        ],
    )
    .await;
    fails(
        stage
            .command()
            .args(list)
            .args(["--admin", &stage.host.url]),
        &["is no admin API of a host: it answered 404"],
    )
    .await;
    fails(
        stage
            .command()
            .args(list)
            .args(["--admin", "localhost:8081"]),
        &["\"localhost:8081\" is no address of a host: it must begin with http://"],
    )
    .await;

    // The token from a file, before the command and after it.
    let file = stage.data.path().join("token");
    std::fs::write(&file, format!("{ADMIN_TOKEN}\n")).unwrap();
    let file = file.display().to_string();
    for arguments in [
        ["journal", "--token-file", &file, "stats"],
        ["journal", "stats", "--token-file", &file],
    ] {
        let said = run(stage
            .command()
            .args(arguments)
            .env_remove("BOTBOX_ADMIN_TOKEN"))
        .await;
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
}

/// As in `botbox journal list | head`.
#[tokio::test]
async fn nobody_need_read_to_the_end() {
    let stage = Stage::new().await;
    stage.say_until("handled", "hello").await;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut list = stage.command();
    let said = list
        .args(["journal", "list"])
        .stdout(writer)
        .stderr(Stdio::piped());
    let said = said.spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!(said.status.code(), Some(0));
    assert_eq!(String::from_utf8(said.stderr).unwrap(), "");
}
