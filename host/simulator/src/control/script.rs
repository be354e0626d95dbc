//! A chat, or one webhook of it, as a conversation test: what the user did, and what the bot said to that, as
//! `botbox test` plays it.
//!
//! What users did is in the webhooks that told the bot of it, what the bot said is in the chat. The chat has
//! the order of messages; the other events have times, by which they find their places in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use botbox_script::{format_duration, write};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::ControlError;
use super::named;
use crate::bots::Bot;
use crate::world::{Shared, World};

/// How much later than the last thing a message of the bot's comes by which it is known that the clock was
/// moved, or a timer waited for: 30 s. Who saw that live waited for the bot, and no test would.
const WAIT: u64 = 30_000;

/// The properties of events that the simulator makes anew.
const COMPLETED: [&str; 6] = [
    "webhookEventId",
    "timestamp",
    "mode",
    "source",
    "replyToken",
    "deliveryContext",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    /// What the conversation is called.
    name: Option<String>,
}

/// Something in a chat: when, whose it is, and what.
struct Happening {
    time: u64,
    /// Of what the bot was told: its place among that.
    told: Option<usize>,
    /// Of what the bot was told: the event's id.
    event: Option<String>,
    key: String,
    value: Value,
}

/// The chat as a file.
pub(super) async fn show(
    State(shared): State<Shared>,
    Path((bot_id, chat_id)): Path<(String, String)>,
    named: Result<Query<Named>, QueryRejection>,
) -> Result<Response, ControlError> {
    let Query(Named { name }) = named?;
    let text = {
        let world = shared.world();
        let bot = named::bot(&world, &bot_id)?;
        let cast = Cast::of(&world, bot, &chat_id)?;
        let happenings = happenings(bot, &chat_id, &cast);
        written(happenings, &cast, name.as_deref().unwrap_or("a chat"))
    };
    Ok(file(text))
}

/// One webhook, and what the bot said until it was told the next thing, as a file.
pub(super) async fn of_webhook(
    State(shared): State<Shared>,
    Path((bot_id, seq)): Path<(String, u64)>,
    named: Result<Query<Named>, QueryRejection>,
) -> Result<Response, ControlError> {
    let Query(Named { name }) = named?;
    let text = {
        let world = shared.world();
        let bot = named::bot(&world, &bot_id)?;
        let sent = bot.log.webhook(seq);
        let sent = sent.ok_or(ControlError::NotFound("webhook", seq.to_string()))?;
        let body: Value = serde_json::from_slice(&sent.body)?;
        let events = || body["events"].as_array().into_iter().flatten();
        let chat_id = events().find_map(chat_of);
        let chat_id = chat_id.ok_or(ControlError::BadRequest("this webhook is of no chat"))?;
        let ids: HashSet<_> = events().filter_map(event_id).collect();
        let cast = Cast::of(&world, bot, chat_id)?;
        let mut happenings = happenings(bot, chat_id, &cast);
        let mut is_about = false;
        happenings.retain(|it| {
            if let Some(event) = &it.event {
                is_about = ids.contains(&**event);
            }
            is_about
        });
        written(happenings, &cast, name.as_deref().unwrap_or("an event"))
    };
    Ok(file(text))
}

fn file(text: String) -> Response {
    let mut response = Response::new(text.into());
    let headers = [
        (CONTENT_TYPE, "application/yaml; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"chat.yaml\""),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(headers);
    response
}

fn written(happenings: Vec<Happening>, cast: &Cast, name: &str) -> String {
    let (users, groups) = cast.lists();
    let comment = "# Of a chat with the bot, saved by the simulator. Put it into the bot's folder `conversations`,\n\
                   # and `botbox test` plays it. In texts, * stands for what differs each time.\n";
    format!(
        "{comment}{}",
        write::script(name, users, groups, &steps(happenings))
    )
}

/// Joins what one side does without a break, and has the time go on where it did.
fn steps(happenings: Vec<Happening>) -> Vec<write::Step> {
    let mut steps: Vec<(String, Vec<Value>)> = Vec::new();
    let mut now = happenings.first().map_or(0, |first| first.time);
    for Happening {
        time, key, value, ..
    } in happenings
    {
        let is_bots = key == "bot";
        if is_bots && time.saturating_sub(now) >= WAIT {
            // The bot's next word is not later than that.
            let seconds = (time - now).div_ceil(1000);
            let waited = format_duration(Duration::from_secs(seconds));
            steps.push((String::from("clock"), vec![waited.into()]));
            now += seconds * 1000;
        }
        match steps.last_mut() {
            Some((last, values)) if *last == key => values.push(value),
            _ => steps.push((key, vec![value])),
        }
    }
    let steps = steps
        .into_iter()
        .map(|(key, mut values)| match key.as_str() {
            "clock" => (key, values.pop().unwrap_or_default()),
            _ => (key, values.into()),
        });
    steps.collect()
}

/// What both sides did, in order.
fn happenings(bot: &Bot, chat_id: &str, cast: &Cast) -> Vec<Happening> {
    let (mut sent, others) = done(bot, chat_id, cast);
    let messages = bot.known_chat(chat_id).map(|chat| chat.after(0));
    let messages = messages.into_iter().flatten();
    let mut happenings: Vec<_> = messages
        .filter_map(|message| match message.said_by_bot() {
            Some(said) => Some(Happening {
                time: message.timestamp(),
                told: None,
                event: None,
                key: String::from("bot"),
                value: write::message(&lasting(said, cast)),
            }),
            // What the bot did not hear, such as the text that a button shows, was no act of its own.
            None => sent.remove(message.id()),
        })
        .collect();
    for other in others {
        // Behind what the bot was told before, and not behind what came of it: much happens in a millisecond.
        let is_earlier = |it: &Happening| it.told.is_some_and(|told| Some(told) < other.told);
        let earlier = happenings.iter().rposition(is_earlier);
        let behind = earlier.map_or(0, |place| place + 1);
        let later = happenings[behind..]
            .iter()
            .position(|it| it.time >= other.time);
        let place = later.map_or(happenings.len(), |place| behind + place);
        happenings.insert(place, other);
    }
    happenings
}

/// What users did, as the bot was told it: what they sent by the messages' ids, and the rest, in order.
fn done(bot: &Bot, chat_id: &str, cast: &Cast) -> (HashMap<String, Happening>, Vec<Happening>) {
    let (mut seen, mut sent, mut others) = (HashSet::new(), HashMap::new(), Vec::new());
    for body in bot.log.webhook_bodies() {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        for event in body["events"].as_array().into_iter().flatten() {
            // One that is delivered again is known by its id.
            let id = event_id(event).unwrap_or_default();
            if chat_of(event) != Some(chat_id) || !seen.insert(id.to_owned()) {
                continue;
            }
            let happening = Happening {
                told: Some(seen.len()),
                event: Some(id.to_owned()),
                time: event["timestamp"].as_u64().unwrap_or_default(),
                key: cast.key(event["source"]["userId"].as_str()),
                value: input(event, cast),
            };
            match (event["type"].as_str(), event["message"]["id"].as_str()) {
                (Some("message"), Some(id)) => drop(sent.insert(id.to_owned(), happening)),
                _ => others.push(happening),
            }
        }
    }
    (sent, others)
}

/// The id of the chat where an event happened.
fn chat_of(event: &Value) -> Option<&str> {
    let source = &event["source"];
    let ids = ["groupId", "roomId", "userId"];
    ids.iter().find_map(|name| source[name].as_str())
}

fn event_id(event: &Value) -> Option<&str> {
    event["webhookEventId"].as_str()
}

/// What a user did, as an item of `me`.
fn input(event: &Value, cast: &Cast) -> Value {
    let kind = event["type"].as_str().unwrap_or_default();
    match kind {
        "message" => message(&event["message"], cast),
        "postback" => {
            let postback = &event["postback"];
            let mut input = json!({ "postback": postback["data"] });
            if let Some(params) = postback.get("params") {
                input["params"] = params.clone();
            }
            input
        }
        "follow" | "unfollow" | "join" | "leave" | "unsend" => json!({ kind: null }),
        "memberJoined" | "memberLeft" => {
            let list = if kind == "memberJoined" {
                "joined"
            } else {
                "left"
            };
            let members = event[list]["members"].as_array().into_iter().flatten();
            let names: Vec<_> = members
                .filter_map(|member| cast.names.get(member["userId"].as_str()?))
                .collect();
            json!({ kind: names })
        }
        "beacon" => json!({ "beacon": event["beacon"] }),
        "videoPlayComplete" => json!({ kind: event[kind]["trackingId"] }),
        "accountLink" => json!({ "accountLink": event["link"] }),
        "membership" => json!({ "membership": event["membership"] }),
        _ => {
            let mut event = event.clone();
            if let Some(event) = event.as_object_mut() {
                event.retain(|name, _| !COMPLETED.contains(&name.as_str()));
            }
            json!({ "event": lasting(&event, cast) })
        }
    }
}

fn message(message: &Value, cast: &Cast) -> Value {
    let kind = message["type"].as_str().unwrap_or_default();
    let text = message["text"].as_str().unwrap_or_default();
    match kind {
        "text" => match mentions(text, &message["mention"], cast) {
            mentions if mentions.is_empty() => text.into(),
            mentions => json!({ "text": text, "mentions": mentions }),
        },
        "sticker" => {
            let id = |name: &str| message[name].as_str().unwrap_or_default();
            write::sticker(id("packageId"), id("stickerId"))
        }
        "image" | "video" | "audio" | "file" => json!({ kind: null }),
        _ => {
            let mut fields = Map::new();
            for (name, value) in message.as_object().into_iter().flatten() {
                if !matches!(
                    name.as_str(),
                    "id" | "type" | "quoteToken" | "markAsReadToken"
                ) {
                    fields.insert(name.clone(), value.clone());
                }
            }
            match kind {
                "location" => json!({ "location": fields }),
                _ => {
                    fields.insert(String::from("type"), kind.into());
                    json!({ "message": fields })
                }
            }
        }
    }
}

/// Who is mentioned where; places in a text count in UTF-16 units.
fn mentions(text: &str, mention: &Value, cast: &Cast) -> Map<String, Value> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut mentions = Map::new();
    for mentionee in mention["mentionees"].as_array().into_iter().flatten() {
        let number = |name: &str| {
            let number = mentionee[name].as_u64();
            number.and_then(|number| usize::try_from(number).ok())
        };
        let (Some(index), Some(length)) = (number("index"), number("length")) else {
            continue;
        };
        let part = units
            .get(index..index.saturating_add(length))
            .map(String::from_utf16_lossy);
        let who = match mentionee["userId"].as_str() {
            None => Some("all"),
            Some(id) => cast.names.get(id).map(String::as_str),
        };
        if let (Some(part), Some(who)) = (part, who) {
            mentions.insert(part, who.into());
        }
    }
    mentions
}

/// A value without what differs from one run to the next: ids are names, and ports of this machine are any.
fn lasting(value: &Value, cast: &Cast) -> Value {
    match value {
        Value::String(text) => {
            let mut text = text.clone();
            for (id, name) in &cast.names {
                text = text.replace(id, &format!("${{{name}}}"));
            }
            for here in ["http://127.0.0.1:", "http://localhost:"] {
                if text.starts_with(here) {
                    text = format!("{here}*");
                }
            }
            text.into()
        }
        Value::Array(items) => items.iter().map(|item| lasting(item, cast)).collect(),
        Value::Object(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| (key.clone(), lasting(value, cast)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

/// Who is in the chat, by names that a file can have.
struct Cast {
    /// Names by ids, of users, of the group and of the bot.
    names: BTreeMap<String, String>,
    users: Map<String, Value>,
    /// The group's name, and what a file says of it.
    group: Option<(String, Value)>,
}

impl Cast {
    fn of(world: &World, bot: &Bot, chat_id: &str) -> Result<Self, ControlError> {
        let mut cast = Self {
            names: BTreeMap::from([(bot.id.clone(), String::from("bot"))]),
            users: Map::new(),
            group: None,
        };
        if let Some(user) = world.user(chat_id) {
            cast.add(&user.user_id, Some("me"), &user.profile.display_name);
            return Ok(cast);
        }
        let group = world.group(chat_id);
        let group = group
            .ok_or_else(|| ControlError::NotFound("user, group or room", chat_id.to_owned()))?;
        for id in &group.members {
            if let Some(user) = world.user(id) {
                cast.add(id, None, &user.profile.display_name);
            }
        }
        let members: Vec<_> = cast.users.keys().cloned().collect();
        let mut about = json!({ "members": members });
        match &group.name {
            Some(name) => about["groupName"] = name.as_str().into(),
            None => about["kind"] = "room".into(),
        }
        // Of a group, one name that is no user's is enough.
        let name = cast.free("team");
        cast.names.insert(chat_id.to_owned(), name.clone());
        cast.group = Some((name, about));
        Ok(cast)
    }

    fn add(&mut self, id: &str, name: Option<&str>, display_name: &str) {
        let lower = display_name.to_lowercase();
        let letters: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
        let own = if letters.is_empty() { "user" } else { &letters };
        let name = name.map_or_else(|| self.free(own), str::to_owned);
        self.users
            .insert(name.clone(), json!({ "displayName": display_name }));
        self.names.insert(id.to_owned(), name);
    }

    /// The name, or else with a number behind it, so that nobody else has it.
    fn free(&self, name: &str) -> String {
        let is_taken = |name: &str| {
            matches!(name, "me" | "all" | "in") || self.names.values().any(|taken| taken == name)
        };
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// The key of a step in which a user does something.
    fn key(&self, user_id: Option<&str>) -> String {
        let user = user_id.and_then(|id| self.names.get(id));
        match (user, &self.group) {
            (Some(user), Some((group, _))) => format!("me({user} in {group})"),
            (None, Some((group, _))) => format!("me(in {group})"),
            _ => String::from("me"),
        }
    }

    /// The users and groups, as a file lists them.
    fn lists(&self) -> (Map<String, Value>, Map<String, Value>) {
        let groups = self.group.clone().into_iter();
        (self.users.clone(), groups.collect())
    }
}
