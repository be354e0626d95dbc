//! Plays a recording with another version of a bot, and tells what it does otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use botbox_script::write;
use serde_json::{Map, Value, json};

use crate::calls;
use crate::plugin::Plugin;
use crate::recording::{Call, RecordedEvent};
use crate::report::Style;
use crate::stage::{Stage, StageError};

/// The properties of a recorded event that are made anew.
const COMPLETED: [&str; 6] = [
    "timestamp",
    "source",
    "replyToken",
    "deliveryContext",
    "webhookEventId",
    "mode",
];

/// What a bot did for each event of LINE's, by the events' numbers in the recording.
pub type Done = BTreeMap<usize, Vec<Call>>;

/// What a bot does otherwise for an event.
#[derive(Debug)]
pub struct Otherwise {
    /// The event's number in the recording, from 0.
    pub number: usize,
    /// What was done before.
    pub before: Vec<Call>,
    /// What is done now.
    pub now: Vec<Call>,
}

/// Plays the events that LINE sent, one after the other, on a host and a simulator of their own. The time goes on
/// between them as it did, so that timers come.
///
/// # Errors
///
/// When the plugin can't be served, or an event can't be sent.
pub async fn play(
    events: &[RecordedEvent],
    plugin: &Plugin,
    compiler: &Path,
) -> Result<Done, StageError> {
    let stage = Stage::start("replay", plugin, &Map::new(), compiler).await?;
    people(events, &stage).await?;
    let mut done = Done::new();
    let (_, mut logged) = calls::since(&stage, 0).await?;
    let mut last: Option<(i64, usize)> = None;
    for (number, RecordedEvent { event, .. }) in lines_own(events) {
        let time = event["timestamp"].as_i64().unwrap_or_default();
        if let Some((before, previous)) = last
            && let Ok(passed @ 1..) = u64::try_from(time - before)
        {
            stage.advance(Duration::from_millis(passed));
            stage.idle().await?;
            let (made, until) = calls::since(&stage, logged).await?;
            logged = until;
            done.entry(previous).or_default().extend(acting(made));
        }
        stage.line.act(&act(event, &stage).await?).await?;
        stage.idle().await?;
        let (made, until) = calls::since(&stage, logged).await?;
        logged = until;
        done.entry(number).or_default().extend(acting(made));
        last = Some((time.max(last.map_or(time, |(before, _)| before)), number));
    }
    Ok(done)
}

/// What was done when it was recorded. What the host's own events did, such as timers, counts for the event
/// of LINE's before.
#[must_use]
pub fn recorded(events: &[RecordedEvent]) -> Done {
    let mut done = Done::new();
    let mut last = None;
    for (number, recorded) in in_order(events) {
        if recorded.is_lines() {
            last = Some(number);
        }
        let calls = recorded
            .calls
            .iter()
            .filter(|call| call.acts() && call.succeeded);
        if let Some(last) = last {
            let done = done.entry(last).or_default();
            done.extend(calls.map(Call::lasting));
        }
    }
    done
}

/// Where two versions do not do the same.
#[must_use]
pub fn compare(before: &Done, now: &Done) -> Vec<Otherwise> {
    let numbers: BTreeSet<_> = before.keys().chain(now.keys()).collect();
    let of = |done: &Done, number: &usize| done.get(number).cloned().unwrap_or_default();
    let otherwise = numbers.into_iter().map(|number| Otherwise {
        number: *number,
        before: of(before, number),
        now: of(now, number),
    });
    otherwise.filter(|it| it.before != it.now).collect()
}

impl Otherwise {
    /// For people: the event, what is not done any more (`-`), and what is done now (`+`).
    #[must_use]
    pub fn text(&self, events: &[RecordedEvent], style: Style) -> String {
        let event = events.get(self.number).map_or(&Value::Null, |it| &it.event);
        let mut lines = vec![format!("event {}: {}", self.number + 1, described(event))];
        let mut now: Vec<&Call> = self.now.iter().collect();
        for call in &self.before {
            match now.iter().position(|it| *it == call) {
                Some(same) => {
                    now.remove(same);
                }
                None => lines.extend(signed('-', call, style)),
            }
        }
        for call in now {
            lines.extend(signed('+', call, style));
        }
        if lines.len() == 1 {
            lines.push(String::from("  the same in another order"));
        }
        lines.join("\n")
    }
}

/// The events in the order of their times: the file has the order in which they ended.
fn in_order(events: &[RecordedEvent]) -> Vec<(usize, &RecordedEvent)> {
    let mut numbered: Vec<_> = events.iter().enumerate().collect();
    numbered.sort_by_key(|(_, it)| it.event["timestamp"].as_i64().unwrap_or_default());
    numbered
}

fn lines_own(events: &[RecordedEvent]) -> impl Iterator<Item = (usize, &RecordedEvent)> {
    in_order(events).into_iter().filter(|(_, it)| it.is_lines())
}

/// Makes the users and groups of the events, under the ids that they have there.
async fn people(events: &[RecordedEvent], stage: &Stage) -> Result<(), StageError> {
    let mut users = BTreeSet::new();
    let mut groups: BTreeMap<String, (&str, BTreeSet<String>)> = BTreeMap::new();
    for RecordedEvent { event, .. } in events {
        let source = &event["source"];
        let user = source["userId"].as_str().map(str::to_owned);
        users.extend(user.clone());
        for (kind, id) in [("group", "groupId"), ("room", "roomId")] {
            if let Some(id) = source[id].as_str() {
                let (_, members) = groups
                    .entry(id.to_owned())
                    .or_insert((kind, BTreeSet::new()));
                members.extend(user.clone());
            }
        }
    }
    let mut state = stage.line.state().await?;
    let named = users
        .iter()
        .zip(1..)
        .map(|(id, number)| json!({ "userId": id, "displayName": format!("User {number}") }));
    state["users"] = named.collect();
    let groups = groups
        .iter()
        .map(|(id, (kind, members))| json!({ "kind": kind, "chatId": id, "members": members }));
    state["groups"] = groups.collect();
    Ok(stage.line.set_state(&state).await?)
}

/// The event as the simulator's `POST /simulator/bots/{bot}/events` takes it.
async fn act(event: &Value, stage: &Stage) -> Result<Value, StageError> {
    let source = &event["source"];
    let mut own = event.clone();
    if let Some(own) = own.as_object_mut() {
        own.retain(|name, _| !COMPLETED.contains(&name.as_str()));
    }
    let kind = own["message"]["type"].as_str().unwrap_or_default();
    let media_type = match kind {
        "image" => Some("image/png"),
        "video" => Some("video/mp4"),
        "audio" => Some("audio/x-m4a"),
        "file" => Some("application/octet-stream"),
        _ => None,
    };
    if let Some(media_type) = media_type {
        // What it was, nobody recorded.
        let id = stage.line.content(media_type, b"recorded".to_vec()).await?;
        own["message"]["contentId"] = id.into();
    }
    let mut act = json!({ "event": own });
    if source["userId"].is_string() {
        act["as"] = source["userId"].clone();
    }
    for id in ["groupId", "roomId"] {
        if source[id].is_string() {
            act["in"] = source[id].clone();
        }
    }
    Ok(act)
}

/// The calls of the simulator's log that change something, and that LINE took.
fn acting(made: Vec<Value>) -> Vec<Call> {
    let calls = made.into_iter().filter(|call| {
        let status = call["status"].as_u64().unwrap_or_default();
        // A repeated send was taken before.
        (200..300).contains(&status)
    });
    let calls = calls.filter_map(|call| serde_json::from_value::<Call>(call).ok());
    let acting = calls.filter(Call::acts).map(|call| call.lasting());
    acting.collect()
}

fn signed(sign: char, call: &Call, style: Style) -> Vec<String> {
    let mut lines = vec![format!("{} {}", call.method, call.path)];
    let messages = call
        .body
        .as_ref()
        .and_then(|body| body["messages"].as_array());
    match (messages, &call.body) {
        (Some(messages), _) => {
            let messages: Vec<_> = messages.iter().map(write::message).collect();
            lines.extend(
                write::item(&messages.into(), Some(0))
                    .lines()
                    .map(|line| format!("  {line}")),
            );
        }
        (None, Some(body)) => lines.extend(
            write::item(body, Some(0))
                .lines()
                .map(|line| format!("  {line}")),
        ),
        (None, None) => {}
    }
    let lines = lines.into_iter().map(|line| style.signed(sign, &line));
    lines.map(|line| format!("  {line}")).collect()
}

/// An event in a few words.
fn described(event: &Value) -> String {
    let kind = event["type"].as_str().unwrap_or("?");
    let text = |path: &str| event.pointer(path).and_then(Value::as_str);
    let about = text("/message/text")
        .or(text("/postback/data"))
        .or(text("/message/type"));
    match about {
        Some(about) => format!("{kind} {}", write::item(&about.into(), None)),
        None => kind.to_owned(),
    }
}
