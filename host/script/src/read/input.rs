//! Reads what users do.

use serde_json::{Map, Value, json};

use crate::error::{ScriptError, did_you_mean};
use crate::node::{Kind, Node};
use crate::script::{Act, Content, Input, Mention};

/// What users can do, and what can stand beside it.
const ACTS: &[(&str, &[&str])] = &[
    ("text", &["mentions", "quoteToken", "emojis"]),
    ("sticker", &[]),
    ("image", &[]),
    ("video", &[]),
    ("audio", &[]),
    ("file", &[]),
    ("location", &[]),
    ("message", &[]),
    ("postback", &["params", "displayText"]),
    ("tap", &["params", "nth"]),
    ("follow", &[]),
    ("unfollow", &[]),
    ("join", &[]),
    ("leave", &[]),
    ("memberJoined", &[]),
    ("memberLeft", &[]),
    ("beacon", &[]),
    ("unsend", &[]),
    ("videoPlayComplete", &[]),
    ("accountLink", &[]),
    ("membership", &[]),
    ("event", &[]),
];

/// The sticker of who does not say which: one that LINE has.
const STICKER: (&str, &str) = ("446", "1988");

pub(crate) fn read(node: &Node) -> Result<Input, ScriptError> {
    let act = match &node.kind {
        Kind::Scalar { .. } => {
            message(json!({ "type": "text", "text": node.text("what a user says")? }))
        }
        Kind::Map(entries) => of_map(node, entries)?,
        Kind::List { .. } => {
            return Err(node.error("what a user does is a text, or a map such as `sticker:`"));
        }
    };
    Ok(Input {
        place: node.place,
        act,
    })
}

fn of_map(node: &Node, entries: &[(Node, Node)]) -> Result<Act, ScriptError> {
    let is_act =
        |key: &Node| matches!(&key.kind, Kind::Scalar { text, .. } if known(text).is_some());
    // What stands beside it may come first.
    let own = entries.iter().position(|(key, _)| is_act(key)).unwrap_or(0);
    let Some((key, value)) = entries.get(own) else {
        return Err(node.error("what a user does is missing"));
    };
    let name = key.text("a key")?;
    let names = ACTS.iter().map(|(name, _)| *name);
    let Some((name, beside)) = known(name) else {
        let nearest = did_you_mean(name, names.clone());
        let all = names.collect::<Vec<_>>().join(", ");
        let problem = format!("a user can't `{name}`{nearest}");
        return Err(key.error(match nearest.as_str() {
            "" => format!("{problem}, but {all}"),
            _ => problem,
        }));
    };
    let others: Vec<_> = entries
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != own)
        .map(|(_, it)| it)
        .collect();
    for (key, _) in &others {
        let other = key.text("a key")?;
        if !beside.contains(&other) {
            let nearest = did_you_mean(other, beside.iter().copied());
            return Err(key.error(format!(
                "beside `{name}` there is no `{other}`{nearest}; begin what else the user does with `-`"
            )));
        }
    }
    let other = |name: &str| {
        let mut others = others.iter();
        others.find_map(|(key, value)| (key.text("").ok() == Some(name)).then_some(value))
    };
    Ok(match *name {
        "text" => text(value, other)?,
        "sticker" => message(sticker(value)?),
        "image" | "video" | "audio" | "file" => {
            let file = match value.is_null() {
                true => None,
                false => Some(value.text("a file")?.to_owned()),
            };
            Act::Content(Content {
                kind: (*name).to_owned(),
                file,
            })
        }
        "location" => message(with_type("location", value)?),
        "message" => message(Value::Object(object(value, "a message")?)),
        "postback" => {
            let postback = match &value.kind {
                Kind::Map(_) => value.to_json(),
                _ => {
                    let mut postback = json!({ "data": value.text("`postback`")? });
                    if let Some(params) = other("params") {
                        postback["params"] = params.to_json();
                    }
                    postback
                }
            };
            let display_text = other("displayText");
            let display_text = display_text
                .map(|text| text.text("`displayText`"))
                .transpose()?;
            Act::Event {
                event: as_object(json!({ "type": "postback", "postback": postback })),
                display_text: display_text.map(str::to_owned),
            }
        }
        "tap" => Act::Tap {
            label: value.text("`tap`")?.to_owned(),
            params: other("params").map(Node::to_json),
            nth: match other("nth") {
                Some(nth) => {
                    let number = nth
                        .to_json()
                        .as_u64()
                        .and_then(|it| usize::try_from(it).ok());
                    let number = number.filter(|number| *number > 0);
                    number.ok_or_else(|| nth.error("`nth` is a number from 1"))?
                }
                None => 1,
            },
        },
        "memberJoined" | "memberLeft" => Act::Members {
            is_joining: *name == "memberJoined",
            users: value.texts("a member")?,
        },
        "unsend" => Act::Unsend,
        "beacon" => {
            let beacon = match &value.kind {
                Kind::Map(_) => value.to_json(),
                _ => json!({ "hwid": value.text("`beacon`")?, "type": "enter" }),
            };
            event(json!({ "type": "beacon", "beacon": beacon }))
        }
        "videoPlayComplete" => {
            let tracking_id = value.text("`videoPlayComplete`")?;
            event(json!({ "type": name, (*name): { "trackingId": tracking_id } }))
        }
        "accountLink" => event(json!({ "type": name, "link": value.to_json() })),
        "membership" => event(json!({ "type": name, "membership": value.to_json() })),
        "event" => event(Value::Object(object(value, "an event")?)),
        // follow, unfollow, join, leave
        _ => {
            let mut it = json!({ "type": name });
            if !value.is_null() {
                it[name] = value.to_json();
            }
            event(it)
        }
    })
}

/// What a user can do under this key, and what can stand beside it.
fn known(name: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    ACTS.iter().find(|(act, _)| *act == name)
}

fn text<'a>(value: &Node, other: impl Fn(&str) -> Option<&'a Node>) -> Result<Act, ScriptError> {
    let said = value.text("`text`")?;
    let mut message = json!({ "type": "text", "text": said });
    for name in ["quoteToken", "emojis"] {
        if let Some(value) = other(name) {
            message[name] = value.to_json();
        }
    }
    let mut mentions = Vec::new();
    let listed = other("mentions")
        .map(|mentions| mentions.map("`mentions`"))
        .transpose()?;
    for (part, who) in listed.unwrap_or_default() {
        let text = part.text("a part of the text")?.to_owned();
        if !said.contains(&text) {
            return Err(part.error(format!("`{text}` is not in the text")));
        }
        mentions.push(Mention {
            text,
            who: who.text("who is mentioned")?.to_owned(),
        });
    }
    Ok(Act::Message {
        message: as_object(message),
        mentions,
    })
}

/// `PACKAGE/STICKER`, a map, or nothing.
fn sticker(value: &Node) -> Result<Value, ScriptError> {
    let of = |(package, id): (&str, &str)| json!({ "type": "sticker", "packageId": package, "stickerId": id });
    if value.is_null() {
        return Ok(of(STICKER));
    }
    match &value.kind {
        Kind::Map(_) => with_type("sticker", value),
        _ => {
            let ids = value.text("`sticker`")?.split_once('/');
            ids.map(of)
                .ok_or_else(|| value.error("a sticker is `PACKAGE/STICKER`, such as 446/1988"))
        }
    }
}

fn with_type(kind: &str, value: &Node) -> Result<Value, ScriptError> {
    let mut message = Map::from_iter([("type".to_owned(), Value::from(kind))]);
    message.extend(object(value, &format!("a {kind}"))?);
    Ok(Value::Object(message))
}

fn object(value: &Node, what: &str) -> Result<Map<String, Value>, ScriptError> {
    value.map(what)?;
    Ok(as_object(value.to_json()))
}

fn as_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn message(message: Value) -> Act {
    Act::Message {
        message: as_object(message),
        mentions: Vec::new(),
    }
}

fn event(event: Value) -> Act {
    Act::Event {
        event: as_object(event),
        display_text: None,
    }
}
