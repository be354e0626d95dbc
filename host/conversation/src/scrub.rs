//! Takes people out of a recording: ids, names and texts are replaced, each by the same one wherever it is.

use std::collections::HashMap;

use serde_json::Value;

use crate::recording::{Call, RecordedEvent};

/// The properties whose texts say nothing of a person: LINE's own words, and a bot's data, without which no
/// recording could be played.
const KEPT: &[&str] = &[
    "type",
    "mode",
    "webhookEventId",
    "data",
    "method",
    "packageId",
    "stickerId",
    "stickerResourceType",
    "keywords",
    "hwid",
    "result",
    "trackingId",
    "richMenuAliasId",
    "newRichMenuAliasId",
    "status",
    "scopes",
    "layout",
    "size",
    "weight",
    "color",
    "align",
    "gravity",
    "spacing",
    "margin",
    "style",
    "aspectRatio",
    "aspectMode",
    "position",
    "backgroundColor",
    "height",
    "width",
    "flex",
    "datetime",
    "date",
    "time",
];

/// How many hex digits an id of LINE's has behind its letter.
const HEX_DIGITS: usize = 32;

/// Replaces ids, names and texts, each by the same one wherever it is.
#[derive(Debug, Default)]
pub struct Scrubber {
    /// Made-up ids by ids.
    ids: HashMap<String, String>,
    /// Made-up texts by texts.
    texts: HashMap<String, String>,
}

impl Scrubber {
    /// The event and its calls without people.
    pub fn scrub(&mut self, event: &mut RecordedEvent) {
        self.value(&mut event.event, "");
        for Call { path, body, .. } in &mut event.calls {
            *path = self.with_ids(path);
            if let Some(body) = body {
                self.value(body, "");
            }
        }
        if let Some(error) = &mut event.error {
            *error = self.with_ids(error);
        }
    }

    fn value(&mut self, value: &mut Value, key: &str) {
        match value {
            Value::String(text) => {
                let scrubbed = self.with_ids(text);
                let is_kept = KEPT.contains(&key) || scrubbed != *text || text.starts_with("http");
                *text = match is_kept {
                    true => scrubbed,
                    false => self.text(text),
                };
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item, key)),
            Value::Object(map) => {
                // Coordinates are where somebody was.
                for name in ["latitude", "longitude"] {
                    if let Some(place) = map.get_mut(name) {
                        *place = 0.0.into();
                    }
                }
                map.iter_mut()
                    .for_each(|(key, value)| self.value(value, key));
            }
            _ => {}
        }
    }

    /// A text with made-up ids in the place of users', groups' and rooms'.
    fn with_ids(&mut self, text: &str) -> String {
        let bytes = text.as_bytes();
        let is_id = |at: usize| {
            let hex = bytes.get(at + 1..at + 1 + HEX_DIGITS);
            matches!(bytes[at], b'U' | b'C' | b'R')
                && hex
                    .is_some_and(|hex| hex.iter().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')))
        };
        let mut scrubbed = String::with_capacity(text.len());
        let mut rest = 0;
        let mut at = 0;
        while at < bytes.len() {
            if !is_id(at) {
                at += 1;
                continue;
            }
            let end = at + 1 + HEX_DIGITS;
            scrubbed.push_str(&text[rest..at]);
            let number = self.ids.len() + 1;
            let made = self.ids.entry(text[at..end].to_owned());
            let made = made.or_insert_with(|| format!("{}{number:032x}", &text[at..=at]));
            scrubbed.push_str(made);
            (rest, at) = (end, end);
        }
        scrubbed.push_str(&text[rest..]);
        scrubbed
    }

    /// A text that says nothing: its number, so that equal texts stay equal.
    fn text(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let number = self.texts.len() + 1;
        let made = self.texts.entry(text.to_owned());
        made.or_insert_with(|| format!("text {number}")).clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nobody_is_left() {
        let aiko = format!("U{}", "a1".repeat(16));
        let mut event = RecordedEvent {
            event: json!({"type": "message", "source": {"type": "user", "userId": aiko},
                "message": {"type": "text", "text": "I am Aiko", "id": "1234"}}),
            calls: vec![Call {
                method: String::from("POST"),
                path: format!("/v2/bot/user/{aiko}/richmenu/x"),
                body: Some(json!({"to": aiko, "messages": [
                    {"type": "text", "text": "I am Aiko"}, {"type": "text", "text": format!("Hi {aiko}")},
                    {"type": "location", "latitude": 35.6, "longitude": 139.7, "address": "Her home"}]})),
                succeeded: true,
            }],
            error: Some(format!("{aiko} is away")),
        };
        Scrubber::default().scrub(&mut event);
        let text = serde_json::to_string(&event).unwrap();
        for person in ["Aiko", "Her home", "35.6", &aiko] {
            assert!(!text.contains(person), "{person}: {text}");
        }
        let made = format!("U{}1", "0".repeat(31));
        assert_eq!(event.event["source"]["userId"], made);
        let body = event.calls[0].body.as_ref().unwrap();
        assert_eq!(body["to"], made);
        // What was equal is equal.
        assert_eq!(body["messages"][0]["text"], event.event["message"]["text"]);
        assert_eq!(body["messages"][1]["text"], format!("Hi {made}"));
    }
}
