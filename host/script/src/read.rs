//! Reads a file: keys and their values, and what they name.

mod input;
mod names;

use serde_json::{Map, Value};

use crate::duration::parse_duration;
use crate::error::{ScriptError, did_you_mean};
use crate::node::{Kind, Node};
use crate::pattern::Pattern;
use crate::script::{Chat, Convo, Expected, Group, ME, Presence, Script, Step, StepKind, User};

/// The keys of a file.
const KEYS: &[&str] = &[
    "plugin", "grants", "config", "channel", "users", "groups", "convos",
];

/// The keys of steps.
const STEPS: &[&str] = &["me", "bot", "clock", "faults", "calls", "failure"];

impl Script {
    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its place, and the nearest known key where one is unknown.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        script(text)
    }
}

fn script(text: &str) -> Result<Script, ScriptError> {
    let node = Node::parse(text)?;
    let mut script = Script::default();
    let mut convos = None;
    for (key, value) in node.map("a file")? {
        match known(key, "file", KEYS)? {
            "plugin" => script.plugin = Some(value.text("`plugin`")?.to_owned()),
            "channel" => {
                let Value::Object(channel) = value.to_json() else {
                    return Err(value.error("`channel` has keys of the host's [[channels]]"));
                };
                script.channel.extend(channel);
            }
            "users" => script.users = Some(users(value)?),
            "groups" => script.groups = Some(groups(value)?),
            "convos" => convos = Some(value),
            key => drop(script.channel.insert(key.to_owned(), value.to_json())),
        }
    }
    let convos = convos.ok_or_else(|| node.error("there are no `convos`"))?;
    for convo in convos.items() {
        script.convos.push(self::convo(convo)?);
    }
    if script.convos.is_empty() {
        return Err(convos.error("there is no conversation in `convos`"));
    }
    names::check(&script)?;
    Ok(script)
}

fn users(node: &Node) -> Result<Vec<User>, ScriptError> {
    const KEYS: &[&str] = &[
        "displayName",
        "language",
        "pictureUrl",
        "statusMessage",
        "phoneNumber",
        "consents",
    ];
    let user = |(key, value): &(Node, Node)| {
        let name = key.text("a user's name")?.to_owned();
        let mut profile = Map::new();
        if !value.is_null() {
            for (key, value) in value.map("a user")? {
                let key = known(key, "user", KEYS)?;
                profile.insert(key.to_owned(), value.to_json());
            }
        }
        Ok(User { name, profile })
    };
    node.map("`users`")?.iter().map(user).collect()
}

fn groups(node: &Node) -> Result<Vec<Group>, ScriptError> {
    const KEYS: &[&str] = &["groupName", "kind", "members"];
    let group = |(key, value): &(Node, Node)| {
        let mut group = Group {
            name: key.text("a group's name")?.to_owned(),
            title: None,
            is_room: false,
            members: None,
        };
        let entries = if value.is_null() {
            &[]
        } else {
            value.map("a group")?
        };
        for (key, value) in entries {
            match known(key, "group", KEYS)? {
                "groupName" => group.title = Some(value.text("`groupName`")?.to_owned()),
                "kind" => {
                    group.is_room = match value.text("`kind`")? {
                        "group" => false,
                        "room" => true,
                        _ => return Err(value.error("`kind` is `group` or `room`")),
                    };
                }
                _ => group.members = Some(value.texts("a member")?),
            }
        }
        Ok(group)
    };
    node.map("`groups`")?.iter().map(group).collect()
}

fn convo(node: &Node) -> Result<Convo, ScriptError> {
    let mut convo = Convo {
        name: String::new(),
        place: node.place,
        steps: Vec::new(),
    };
    for (key, value) in node.map("a conversation")? {
        match known(key, "conversation", &["name", "description", "steps"])? {
            "name" => convo.name = value.text("`name`")?.to_owned(),
            "steps" => convo.steps = value.items().iter().map(step).collect::<Result<_, _>>()?,
            _ => {}
        }
    }
    if convo.name.is_empty() {
        return Err(node.error("a conversation has a `name`"));
    }
    Ok(convo)
}

fn step(node: &Node) -> Result<Step, ScriptError> {
    let [(key, value)] = node.map("a step")? else {
        return Err(node.error("a step has one key; begin another step with `-`"));
    };
    let name = key.text("a key")?;
    let (word, chat) = match name.split_once('(') {
        Some((word, chat)) => (word.trim_end(), Some(chat)),
        None => (name, None),
    };
    let word = STEPS.iter().find(|step| **step == word).ok_or_else(|| {
        let nearest = did_you_mean(word, STEPS.iter().copied());
        key.error(format!("there is no step `{word}`{nearest}"))
    })?;
    let chat = match chat {
        Some(chat) if matches!(*word, "me" | "bot") => Some(self::chat(key, chat)?),
        Some(_) => return Err(key.error(format!("only `me` and `bot` have a chat, not `{word}`"))),
        None => None,
    };
    let kind = match *word {
        "me" => StepKind::Me {
            chat: chat.unwrap_or(Chat {
                user: ME.to_owned(),
                group: None,
            }),
            inputs: value
                .items()
                .iter()
                .map(input::read)
                .collect::<Result<_, _>>()?,
        },
        "bot" => StepKind::Bot {
            chat,
            expected: value
                .items()
                .iter()
                .map(expected)
                .collect::<Result<_, _>>()?,
            span: value.span.clone(),
            is_block: matches!(value.kind, Kind::List { is_flow: false, .. }),
        },
        "clock" => {
            let text = value.text("`clock`")?;
            let duration = parse_duration(text);
            let expected = "is no time to wait: it looks like `90s`, `1h 30m` or `2d`";
            StepKind::Clock(duration.ok_or_else(|| value.error(format!("`{text}` {expected}")))?)
        }
        "faults" => StepKind::Faults(value.items().iter().map(Node::to_json).collect()),
        "calls" => StepKind::Calls(value.items().iter().map(call).collect::<Result<_, _>>()?),
        _ => {
            value.text("`failure`")?;
            StepKind::Failure(expected(value)?)
        }
    };
    Ok(Step {
        place: node.place,
        span: node.span.clone(),
        kind,
    })
}

/// `alice)`, `alice in team)`, `in team)`: what is behind the bracket of a key.
fn chat(key: &Node, text: &str) -> Result<Chat, ScriptError> {
    let inner = text.trim_end().strip_suffix(')').map(str::trim);
    let words: Vec<_> = inner.unwrap_or_default().split_whitespace().collect();
    let (user, group) = match words.as_slice() {
        [user] => (*user, None),
        ["in", group] => (ME, Some((*group).to_owned())),
        [user, "in", group] => (*user, Some((*group).to_owned())),
        _ => return Err(key.error("a chat is `(USER)`, `(in GROUP)` or `(USER in GROUP)`")),
    };
    Ok(Chat {
        user: user.to_owned(),
        group,
    })
}

fn expected(node: &Node) -> Result<Expected, ScriptError> {
    let with = |presence, pattern| Expected {
        place: node.place,
        span: node.span.clone(),
        presence,
        pattern,
    };
    match &node.kind {
        Kind::Scalar { .. } => {
            let text = node.text("what the bot says")?;
            let (presence, text) = match text.split_at_checked(1) {
                Some(("!", text)) => (Presence::Not, text),
                Some(("?", text)) => (Presence::Optional, text),
                _ => (Presence::Required, text),
            };
            Ok(with(presence, Pattern::Text(text.to_owned())))
        }
        Kind::Map(entries) => {
            let (presence, pattern) = match entries.as_slice() {
                [(key, value)] if is(key, "not") => (Presence::Not, value),
                [(key, value)] if is(key, "optional") => (Presence::Optional, value),
                _ => (Presence::Required, node),
            };
            let pattern = match &pattern.kind {
                Kind::Scalar { .. } => Pattern::Text(pattern.text("a message")?.to_owned()),
                _ => Pattern::Json(pattern.to_json()),
            };
            Ok(with(presence, pattern))
        }
        Kind::List { .. } => Err(node.error("a message is a text, or what it has")),
    }
}

fn call(node: &Node) -> Result<Expected, ScriptError> {
    const KEYS: &[&str] = &[
        "method", "path", "status", "body", "headers", "answer", "retryKey",
    ];
    let own = match node.map("a call")? {
        [(key, value)] if is(key, "not") => value,
        _ => node,
    };
    for (key, _) in own.map("a call")? {
        known(key, "call", KEYS)?;
    }
    expected(node)
}

fn is(key: &Node, name: &str) -> bool {
    matches!(&key.kind, Kind::Scalar { text, .. } if text == name)
}

/// One of the keys that there are.
fn known<'a>(key: &'a Node, what: &str, keys: &[&str]) -> Result<&'a str, ScriptError> {
    let name = key.text("a key")?;
    if keys.contains(&name) {
        return Ok(name);
    }
    let nearest = did_you_mean(name, keys.iter().copied());
    let keys = keys.join(", ");
    Err(key.error(match nearest.as_str() {
        "" => format!("a {what} has no `{name}`; it has {keys}"),
        nearest => format!("a {what} has no `{name}`{nearest}"),
    }))
}

#[cfg(test)]
mod tests;
