//! Webhook events (LINE reference, "Webhook Event Objects").
//!
//! LINE adds event types, fields and values without notice, and its own examples lack fields that
//! its schema requires. So parsing refuses only what is no webhook body at all. What an event
//! does not tell, or tells in an unexpected way, becomes `None` or [`EventKind::Unknown`]; the
//! event's JSON is always kept as it came.

mod event;
mod json;
mod message;

pub use event::{
    AccountLink, Beacon, Event, EventJson, EventKind, Member, Membership, Module, Postback,
    ReplyToken, Source, redacted,
};
pub use message::{
    ContentProvider, Emoji, ImageSet, MentionTarget, Mentionee, Message, MessageContent,
};

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;

/// What one webhook request carries.
#[derive(Debug)]
pub struct Callback {
    /// May be empty: a connectivity check.
    pub events: Vec<Event>,
}

/// The most events of a webhook: 4,000. LINE does not tell how many it sends; an event has 250 bytes at
/// least, so more do not fit into the body that the host takes. Without this limit, a body could hold many
/// more that are empty objects.
const EVENTS_LIMIT: usize = 4_000;

/// Why a body is no webhook body.
#[derive(Debug, thiserror::Error)]
#[error("the body is not a webhook request: {0}")]
pub struct ParseError(serde_json::Error);

impl From<serde_json::Error> for ParseError {
    fn from(error: serde_json::Error) -> Self {
        Self(error)
    }
}

impl Callback {
    /// Parses the body of a webhook request.
    ///
    /// # Errors
    ///
    /// Refuses what is not JSON, or not an object with an array of objects named `events`, or has more
    /// than 4,000 of them.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        #[derive(Deserialize)]
        #[serde(expecting = "an object with `events`")]
        struct Wire<'a> {
            #[serde(borrow)]
            events: Vec<&'a RawValue>,
        }
        let wire: Wire<'_> = serde_json::from_slice(body)?;
        let count = wire.events.len();
        if count > EVENTS_LIMIT {
            let why = format!("it has {count} events; the limit is {EVENTS_LIMIT}");
            return Err(serde_json::Error::custom(why).into());
        }
        let events = wire.events.into_iter().map(Event::parse);
        Ok(Self {
            events: events.collect::<Result<_, _>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn one(event: &str) -> Event {
        let body = format!(r#"{{"destination":"U0","events":[{event}]}}"#);
        Callback::parse(body.as_bytes()).unwrap().events.remove(0)
    }

    #[test]
    fn events_are_not_without_number() {
        let body = |count: usize| format!(r#"{{"events":[{}]}}"#, vec!["{}"; count].join(","));
        assert_eq!(
            Callback::parse(body(4_000).as_bytes())
                .unwrap()
                .events
                .len(),
            4_000
        );
        let error = Callback::parse(body(4_001).as_bytes()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("it has 4001 events; the limit is 4000")
        );
    }

    /// A text that is longer than any id of LINE's is no id: ids are logged, listed and kept.
    #[test]
    fn ids_have_limits() {
        let long = "x".repeat(1 << 16);
        let json = format!(
            r#"{{"type":"message","webhookEventId":"{long}","source":{{"type":"user","userId":"{long}"}},
            "message":{{"id":"{long}","type":"text","text":"hi"}}}}"#
        );
        let event = one(&json);
        assert_eq!(event.id.len(), 64);
        assert_eq!(event.id, one(&json).id, "the same event");
        assert_eq!((event.chat(), event.message_id()), (None, None));
        assert!(event.json.source().is_none());
    }

    #[test]
    fn a_text_message_in_a_group() {
        let event = one(
            r#"{"type":"message","mode":"active","timestamp":1625665242211,
            "source":{"type":"group","groupId":"C1","userId":"U1"},
            "webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR","deliveryContext":{"isRedelivery":true},
            "replyToken":"token","message":{"id":"4445","type":"text","quoteToken":"q","text":"hi"}}"#,
        );
        assert_eq!(event.id, "01FZ74A0TDDPYRVKNK77XKC3ZR");
        assert!(event.is_redelivery && event.is_active());
        assert_eq!(event.chat(), Some("C1"));
        assert!(event.reply_token.is_some());
        let EventKind::Message(message) = event.kind else {
            panic!("{:?}", event.kind)
        };
        assert_eq!(message.id, "4445");
        assert!(matches!(message.content, MessageContent::Text { text, .. } if text == "hi"));
    }

    #[test]
    fn what_is_no_webhook_body_is_refused() {
        for body in [
            "",
            "{",
            "[]",
            "7",
            "{}",
            r#"{"events":3}"#,
            r#"{"events":[1]}"#,
            r#"{"events":[[]]}"#,
        ] {
            assert!(Callback::parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(
            Callback::parse(br#"{"events":[]}"#)
                .unwrap()
                .events
                .is_empty()
        );
    }

    #[test]
    fn odd_events_are_kept_not_refused() {
        for event in [
            "{}",
            r#"{"type":7,"timestamp":"late","source":[],"webhookEventId":{},"mode":null}"#,
            r#"{"type":"message","message":{"type":"text"}}"#,
            r#"{"type":"message"}"#,
            r#"{"type":"hologram","hologram":{"size":1e400}}"#,
            r#"{"type":"follow","type":"unfollow"}"#,
        ] {
            let parsed = one(event);
            assert_eq!(parsed.json.as_str(), event);
            assert!(!parsed.id.is_empty());
        }
    }

    #[test]
    fn unknown_message_types_and_sources_keep_their_json() {
        let event = one(
            r#"{"type":"message","source":{"type":"planet","planetId":"P1"},
            "message":{"id":"1","type":"smell","strength":3}}"#,
        );
        assert!(matches!(&event.source, Some(Source::Unknown(json)) if json.contains("planetId")));
        let EventKind::Message(message) = event.kind else {
            panic!("{:?}", event.kind)
        };
        assert!(matches!(message.content, MessageContent::Unknown(json) if json.contains("smell")));
    }

    #[test]
    fn the_redacted_json_differs_by_the_reply_token_only() {
        let event =
            one(r#"{"a": 1.50, "reply\u0054oken":"secret", "z":[ ], "replyToken":"secret"}"#);
        assert_eq!(event.json.redacted(), r#"{"a":1.50,"z":[ ]}"#);
    }

    #[test]
    fn a_settled_link_shows_no_nonce() {
        let mut event = one(
            r#"{"type":"accountLink","source":{"type":"user","userId":"U1"},
            "link":{"result":"ok", "n\u006fnce":"0123456789"},"replyToken":"secret"}"#,
        );
        event.settle_link(Some(String::from("ann")));
        let json = event.json.as_str();
        assert!(json.contains(r#""link":{"result":"ok"}"#), "{json}");
        assert!(matches!(event.kind, EventKind::AccountLink(link)
            if link.is_linked && link.nonce.is_none() && link.account.as_deref() == Some("ann")));
    }

    #[test]
    fn eyes_see_no_credentials() {
        let event = r#"{"replyToken":"secret","link":{"result":"ok","nonce":"secret"},"n":1.50}"#;
        assert_eq!(redacted(event), r#"{"link":{"result":"ok"},"n":1.50}"#);
        assert_eq!(
            redacted(r#"{"link":"secretive"}"#),
            r#"{"link":"secretive"}"#
        );
        assert_eq!(redacted("no object"), "{}");
    }

    #[test]
    fn beacons() {
        let event =
            one(r#"{"type":"beacon","beacon":{"hwid":"D41D8CD98F","type":"enter","dm":"0a1F"}}"#);
        let EventKind::Beacon(beacon) = event.kind else {
            panic!("{:?}", event.kind)
        };
        assert_eq!(beacon.hwid, "d41d8cd98f");
        assert_eq!(beacon.device_message, Some(vec![0x0a, 0x1f]));
    }

    /// Any JSON value, of no great size.
    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            // What makes an event take its ways.
            "message|text|user|group|enter|0aff|type|U1".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let key = "type|id|text|message|source|userId|members|joined|mention|mentionees|index|\
                       length|beacon|hwid|dm|postback|data|params|replyToken|imageSet|.{0,4}";
            prop_oneof![
                vec(inner.clone(), 0..6).prop_map(Value::from),
                btree_map(key, inner, 0..6).prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    /// An event, where its elements are, and what is told of each.
    type Sample = (Value, Vec<String>, fn(&Event) -> Vec<String>);

    /// Each event that has a collection, with three elements in it that differ; and all that any event
    /// has.
    fn samples() -> Vec<Sample> {
        let each = |place: &str| (0..3).map(|it| format!("{place}/{it}")).collect::<Vec<_>>();
        let of = |places: &[&str]| places.iter().map(ToString::to_string).collect::<Vec<_>>();
        let message = |kind: &str, name: &str, value: Value| {
            let mut message = json!({"id": "1", "type": kind, "text": "$$$",
                "packageId": "1", "stickerId": "2"});
            message[name] = value;
            json!({"type": "message", "message": message})
        };
        let emoji = |at: u32| json!({"index": at, "length": 6, "productId": "p", "emojiId": "e"});
        let emojis = json!([emoji(0), emoji(1), emoji(2)]);
        let mention = |at: u32| json!({"index": at, "length": 3, "type": "user", "userId": "U1"});
        let mention = json!({"mentionees": [mention(0), mention(1), mention(2)]});
        let member = |id: &str| json!({"type": "user", "userId": id});
        let members = json!({"members": [member("U1"), member("U2"), member("U3")]});
        let params = json!({"a": "1", "b": "2", "status": "3"});
        let module = json!({"type": "attached", "botId": "U1", "scopes": ["a", "b", "c"]});
        let all = json!({"type": "message", "mode": "active", "timestamp": 7,
            "webhookEventId": "e", "replyToken": "t", "deliveryContext": {"isRedelivery": true},
            "source": {"type": "group", "groupId": "C1", "userId": "U1"},
            "message": {"id": "1", "type": "text", "text": "hi", "quoteToken": "q"}});
        vec![
            (
                message("text", "emojis", emojis),
                each("/message/emojis"),
                elements,
            ),
            (
                message("text", "mention", mention),
                each("/message/mention/mentionees"),
                elements,
            ),
            (
                message("sticker", "keywords", json!(["one", "two", "three"])),
                each("/message/keywords"),
                elements,
            ),
            (
                message(
                    "image",
                    "imageSet",
                    json!({"id": "s", "index": 1, "total": 3}),
                ),
                of(&["/message/imageSet/index", "/message/imageSet/total"]),
                elements,
            ),
            (
                json!({"type": "memberJoined", "joined": members}),
                each("/joined/members"),
                elements,
            ),
            (
                json!({"type": "memberLeft", "left": members}),
                each("/left/members"),
                elements,
            ),
            (
                json!({"type": "postback", "postback": {"data": "d", "params": params}}),
                ["a", "b", "status"]
                    .map(|it| format!("/postback/params/{it}"))
                    .into(),
                elements,
            ),
            (
                json!({"type": "module", "module": module}),
                each("/module/scopes"),
                elements,
            ),
            (
                all,
                of(&[
                    "/webhookEventId",
                    "/timestamp",
                    "/mode",
                    "/deliveryContext",
                    "/source/groupId",
                    "/source/userId",
                    "/replyToken",
                    "/message/text",
                    "/message/quoteToken",
                ]),
                members_of_all,
            ),
        ]
    }

    fn elements(event: &Event) -> Vec<String> {
        fn shown<T: std::fmt::Debug>(elements: impl IntoIterator<Item = T>) -> Vec<String> {
            elements.into_iter().map(|it| format!("{it:?}")).collect()
        }
        match &event.kind {
            EventKind::MemberJoined(members) | EventKind::MemberLeft(members) => shown(members),
            EventKind::Postback(postback) => shown(&postback.params),
            EventKind::Module(module) => shown(&module.scopes),
            EventKind::Message(message) => match &message.content {
                MessageContent::Text {
                    emojis, mentionees, ..
                } => [shown(emojis), shown(mentionees)].concat(),
                MessageContent::Sticker { keywords, .. } => shown(keywords),
                MessageContent::Image {
                    image_set: Some(set),
                    ..
                } => vec![format!("{:?}", set.index), format!("{:?}", set.total)],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn members_of_all(event: &Event) -> Vec<String> {
        let (text, quote_token) = match &event.kind {
            EventKind::Message(message) => match &message.content {
                MessageContent::Text { text, .. } => (Some(text), message.quote_token.as_ref()),
                _ => (None, message.quote_token.as_ref()),
            },
            _ => (None, None),
        };
        let user = match &event.source {
            Some(Source::Group { user_id, .. }) => user_id.as_ref(),
            _ => None,
        };
        vec![
            format!("id {}", event.id),
            format!("time {}", event.timestamp),
            format!("mode {}", event.mode),
            format!("again {}", event.is_redelivery),
            format!("chat {:?}", event.chat()),
            format!("user {user:?}"),
            format!("token {}", event.reply_token.is_some()),
            format!("text {text:?}"),
            format!("quote {quote_token:?}"),
        ]
    }

    proptest! {
        #[test]
        fn an_odd_element_costs_no_other(
            sample in prop::sample::select(samples()),
            which in any::<prop::sample::Index>(),
            odd in any_json(),
        ) {
            let (event, places, told) = sample;
            let before = told(&one(&event.to_string()));
            prop_assert_eq!(before.len(), places.len());
            let which = which.index(places.len());
            let mut mangled = event;
            *mangled.pointer_mut(&places[which]).unwrap() = odd;
            let after = told(&one(&mangled.to_string()));
            let mut after = after.iter();
            for (index, element) in before.iter().enumerate() {
                // Without its group, the source is unknown, and nobody is in it.
                let is_member = places[which] == "/source/groupId" && index == which + 1;
                let is_there = index == which || is_member || after.any(|it| it == element);
                prop_assert!(is_there, "{element} is lost from {mangled}");
            }
        }

        /// With whatever last digit.
        #[test]
        fn a_number_is_what_it_was(longitude in -180.0..180.0) {
            let event = one(&format!(
                r#"{{"type":"message","message":{{"id":"1","type":"location","latitude":1.5,
                "longitude":{longitude:?}}}}}"#
            ));
            let EventKind::Message(message) = event.kind else { panic!("{:?}", event.kind) };
            let MessageContent::Location { longitude: read, .. } = message.content else {
                panic!("{:?}", message.content)
            };
            prop_assert_eq!(read.to_bits(), f64::to_bits(longitude));
        }

        #[test]
        fn no_body_panics(body in vec(any::<u8>(), 0..200)) {
            let _ = Callback::parse(&body);
        }

        #[test]
        fn any_object_is_an_event_and_stays_as_it_is(
            kind in "message|messageEdited|unsend|follow|memberJoined|memberLeft|postback|beacon|\
                     videoPlayComplete|accountLink|membership|delivery|module|activated|.{0,4}",
            fields in btree_map(
                "message|unsend|follow|joined|left|postback|beacon|link|source|replyToken|mode|\
                 timestamp|webhookEventId|deliveryContext|module|membership|.{0,4}",
                any_json(),
                0..6,
            ),
        ) {
            let mut event: serde_json::Map<String, Value> = fields.into_iter().collect();
            event.insert(String::from("type"), kind.into());
            let event = Value::from(event).to_string();
            let parsed = one(&event);
            prop_assert_eq!(parsed.json.as_str(), event.as_str());

            let mut expected: Value = serde_json::from_str(&event).unwrap();
            expected.as_object_mut().unwrap().remove("replyToken");
            let redacted: Value = serde_json::from_str(&parsed.json.redacted()).unwrap();
            prop_assert_eq!(redacted, expected);
        }
    }
}
