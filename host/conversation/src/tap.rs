//! Finds what a user taps, by its label.

use serde_json::{Value, json};

/// What comes of a tap.
pub(crate) enum Tapped {
    /// An event, and what the chat shows as the user's words.
    Event {
        event: Value,
        display_text: Option<String>,
    },
    /// Nothing that the bot could be told, and why.
    Nothing(String),
}

/// The actions of a message whose label, or whose element's text, is this, in the order of the message.
pub(crate) fn actions<'a>(message: &'a Value, label: &str) -> Vec<&'a Value> {
    let mut found = Vec::new();
    collect(message, label, &mut found);
    found
}

/// Whether an action of a rich menu's area is meant: by its label, what it says, or its data.
pub(crate) fn is_meant(action: &Value, label: &str) -> bool {
    let names = ["label", "text", "displayText", "data", "richMenuAliasId"];
    names.iter().any(|name| action[*name] == label)
}

/// What an action does (LINE reference, "Action objects").
pub(crate) fn tapped(action: &Value, params: Option<&Value>) -> Tapped {
    let kind = action["type"].as_str().unwrap_or_default();
    let postback = |params: Option<&Value>| {
        let mut postback = json!({ "data": action["data"] });
        if let Some(params) = params {
            postback["params"] = params.clone();
        }
        json!({ "type": "postback", "postback": postback })
    };
    let shown = action["displayText"].as_str().or(action["text"].as_str());
    match kind {
        "message" => Tapped::Event {
            event: json!({ "type": "message", "message": { "type": "text", "text": action["text"] } }),
            display_text: None,
        },
        "postback" => Tapped::Event {
            event: postback(None),
            display_text: shown.map(str::to_owned),
        },
        "datetimepicker" => match params {
            Some(params) => Tapped::Event {
                event: postback(Some(params)),
                display_text: None,
            },
            None => Tapped::Nothing(String::from(
                "it asks for a date or a time: give `params`, such as {datetime: \"2030-12-24T15:30\"}",
            )),
        },
        "uri" => Tapped::Nothing(format!("it opens {}", action["uri"])),
        kind => Tapped::Nothing(format!("a `{kind}` is not told to the bot")),
    }
}

fn collect<'a>(value: &'a Value, label: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, label, found)),
        Value::Object(map) => {
            let is_action =
                map.contains_key("type") && map.get("label").is_some_and(|it| it == label);
            if is_action && !map.contains_key("action") {
                found.push(value);
                return;
            }
            if let Some(action) = map.get("action")
                && (action["label"] == label || map.get("text").is_some_and(|text| text == label))
            {
                found.push(action);
                return;
            }
            map.values().for_each(|value| collect(value, label, found));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_wherever_they_are() {
        let say = |label: &str| json!({"type": "message", "label": label, "text": "x"});
        let message = json!({
            "type": "flex",
            "contents": {"type": "carousel", "contents": [
                {"body": {"contents": [{"type": "button", "action": say("Buy")}]}},
                {"body": {"contents": [{"type": "button", "action": say("Buy")},
                    {"type": "text", "text": "More", "action": {"type": "uri", "uri": "https://a"}}]}},
            ]},
            "quickReply": {"items": [{"type": "action", "action": say("Menu")}]},
        });
        assert_eq!(actions(&message, "Buy").len(), 2);
        assert_eq!(actions(&message, "Menu").len(), 1);
        assert_eq!(actions(&message, "More")[0]["type"], "uri");
        assert!(actions(&message, "x").is_empty());
        let buttons =
            json!({"type": "template", "template": {"type": "buttons", "actions": [say("Yes")]}});
        assert_eq!(actions(&buttons, "Yes"), [&say("Yes")]);
    }
}
