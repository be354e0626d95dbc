//! The bodies that send messages.

use serde_json::Value;

use super::check::{Check, Field, Shape, find_errors, optional, required};
use super::detail::Detail;
use super::messages::{MESSAGE, is_word_character};
use super::narrowcasts;

/// What is wrong with the body of a reply (LINE reference, "Send reply message").
pub(crate) fn reply(request: &Value) -> Vec<Detail> {
    static REPLY: Shape = Shape::new(&[
        required("replyToken", Check::Text(usize::MAX)),
        MESSAGES,
        NOTIFICATION_DISABLED,
    ]);
    find_errors(&REPLY, request)
}

/// What is wrong with the body of a push (LINE reference, "Send push message").
pub(crate) fn push(request: &Value) -> Vec<Detail> {
    static PUSH: Shape = Shape::new(&[
        required("to", Check::Text(usize::MAX)),
        MESSAGES,
        NOTIFICATION_DISABLED,
        AGGREGATION_UNITS,
    ]);
    find_errors(&PUSH, request)
}

/// What is wrong with the body of a multicast (LINE reference, "Send multicast message").
pub(crate) fn multicast(request: &Value) -> Vec<Detail> {
    static MULTICAST: Shape = Shape::new(&[
        required(
            "to",
            Check::List {
                min: 1,
                max: 500,
                of: &Check::Text(usize::MAX),
            },
        ),
        MESSAGES,
        NOTIFICATION_DISABLED,
        AGGREGATION_UNITS,
    ]);
    find_errors(&MULTICAST, request)
}

/// What is wrong with the body of a narrowcast (LINE reference, "Send narrowcast message").
pub(crate) fn narrowcast(request: &Value) -> Vec<Detail> {
    static NARROWCAST: Shape = Shape::with_rule(
        &[
            MESSAGES,
            NOTIFICATION_DISABLED,
            narrowcasts::RECIPIENT,
            narrowcasts::FILTER,
            narrowcasts::LIMIT,
        ],
        narrowcasts::check_size,
    );
    find_errors(&NARROWCAST, request)
}

/// What is wrong with the body of a broadcast (LINE reference, "Send broadcast message").
pub(crate) fn broadcast(request: &Value) -> Vec<Detail> {
    static BROADCAST: Shape = Shape::new(&[MESSAGES, NOTIFICATION_DISABLED]);
    find_errors(&BROADCAST, request)
}

/// What is wrong with the messages of a body, whatever else is in it (LINE reference, "Validate
/// message objects of a push message").
pub(crate) fn messages(request: &Value) -> Vec<Detail> {
    static ONLY_MESSAGES: Shape = Shape::new(&[MESSAGES]);
    find_errors(&ONLY_MESSAGES, request)
}

/// Whether `name` can be that of an aggregation unit.
pub(crate) fn is_aggregation_unit(name: &str) -> bool {
    (1..=30).contains(&name.len()) && name.chars().all(is_word_character)
}

static ANY_MESSAGE: Check = Check::Union(&MESSAGE);
pub(super) const MESSAGES: Field = required(
    "messages",
    Check::List {
        min: 1,
        max: 5,
        of: &ANY_MESSAGE,
    },
);
pub(super) const NOTIFICATION_DISABLED: Field = optional("notificationDisabled", Check::Boolean);
pub(super) const AGGREGATION_UNITS: Field = optional(
    "customAggregationUnits",
    Check::List {
        min: 0,
        max: 1,
        of: &Check::Pattern {
            max: 30,
            allows: is_word_character,
        },
    },
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn errors(message: &Value) -> Vec<String> {
        let found = push(&json!({ "to": "U", "messages": [message] }));
        found
            .iter()
            .map(|detail| format!("{}: {}", detail.property, detail.message))
            .collect()
    }

    #[test]
    fn one_of_each_type_is_accepted() {
        let url = "https://example.com/a.jpg";
        let action = json!({ "type": "message", "label": "Yes", "text": "yes" });
        let area = json!({ "x": 0, "y": 0, "width": 520, "height": 520 });
        let columns = json!([
            { "text": "one", "actions": [action] },
            { "text": "two", "actions": [action] },
        ]);
        for message in [
            json!({ "type": "text", "text": "hi $", "emojis": [
                { "index": 3, "productId": "1", "emojiId": "2" },
            ]}),
            json!({ "type": "textV2", "text": "{{}} {all} {smile}", "substitution": {
                "all": { "type": "mention", "mentionee": { "type": "all" } },
                "smile": { "type": "emoji", "productId": "1", "emojiId": "2" },
            }}),
            json!({ "type": "sticker", "packageId": "446", "stickerId": "1988" }),
            json!({ "type": "image", "originalContentUrl": url, "previewImageUrl": url }),
            json!({ "type": "video", "originalContentUrl": url, "previewImageUrl": url }),
            json!({ "type": "audio", "originalContentUrl": url, "duration": 60_000 }),
            json!({ "type": "location", "title": "here", "address": "there",
                "latitude": 35.6, "longitude": 139.7 }),
            json!({ "type": "coupon", "couponId": "c" }),
            json!({ "type": "imagemap", "baseUrl": url, "altText": "a map",
                "baseSize": { "width": 1040, "height": 585 },
                "actions": [{ "type": "message", "text": "left", "area": area }] }),
            json!({ "type": "template", "altText": "a", "template":
                { "type": "buttons", "text": "t", "actions": [action] } }),
            json!({ "type": "template", "altText": "a", "template":
                { "type": "confirm", "text": "t", "actions": [action, action] } }),
            json!({ "type": "template", "altText": "a", "template":
                { "type": "carousel", "columns": columns } }),
            json!({ "type": "template", "altText": "a", "template":
                { "type": "image_carousel", "columns": [{ "imageUrl": url, "action": action }] } }),
            json!({ "type": "flex", "altText": "a", "contents": { "type": "bubble",
                "hero": { "type": "image", "url": url },
                "body": { "type": "box", "layout": "vertical", "contents": [
                    { "type": "text", "text": "hello", "weight": "bold" },
                    { "type": "box", "layout": "baseline", "contents": [
                        { "type": "icon", "url": url },
                    ]},
                    { "type": "button", "action": action },
                ]} } }),
        ] {
            assert_eq!(errors(&message), Vec::<String>::new(), "{message}");
        }
    }

    #[test]
    fn a_text_is_counted_in_utf_16_units() {
        assert!(errors(&json!({ "type": "text", "text": "😀".repeat(2500) })).is_empty());
        assert_eq!(
            errors(&json!({ "type": "text", "text": "😀".repeat(2501) })),
            ["messages[0].text: Length must be between 0 and 5000"]
        );
    }

    #[test]
    fn an_emoji_stands_for_a_dollar() {
        let message = |index| {
            json!({ "type": "text", "text": "😀$", "emojis": [
                { "index": index, "productId": "1", "emojiId": "2" },
            ]})
        };
        assert!(errors(&message(2)).is_empty());
        assert_eq!(
            errors(&message(1)),
            ["messages[0].emojis[0].index: Must point at a $"]
        );
    }

    #[test]
    fn placeholders_need_their_substitution() {
        let text = |text| errors(&json!({ "type": "textV2", "text": text }));
        assert!(text("a {{literal}} brace").is_empty());
        assert_eq!(
            text("{name}"),
            ["messages[0].substitution: Must have the key name"]
        );
        assert_eq!(text("{"), ["messages[0].text: Braces must be balanced"]);
        assert_eq!(text("}"), ["messages[0].text: Braces must be balanced"]);
    }

    #[test]
    fn buttons_have_less_text_beside_a_title() {
        let buttons = |title: Value| {
            errors(&json!({ "type": "template", "altText": "a", "template": {
                "type": "buttons", "title": title, "text": "t".repeat(61),
                "actions": [{ "type": "message", "label": "l", "text": "t" }],
            }}))
        };
        assert!(buttons(Value::Null).is_empty());
        assert_eq!(
            buttons("title".into()),
            ["messages[0].template.text: Length must be between 0 and 60"]
        );
    }

    #[test]
    fn columns_have_equally_many_actions() {
        let action = json!({ "type": "message", "label": "l", "text": "t" });
        let found = errors(&json!({ "type": "template", "altText": "a", "template": {
            "type": "carousel", "columns": [
                { "text": "one", "actions": [action] },
                { "text": "two", "actions": [action, action] },
            ],
        }}));
        assert_eq!(
            found,
            ["messages[0].template.columns: All columns must have as many actions as the first"]
        );
    }

    #[test]
    fn flex_properties_are_pointers() {
        let found = errors(&json!({ "type": "flex", "altText": "a", "contents": {
            "type": "bubble", "hero": { "type": "image" },
            "body": { "type": "box", "layout": "baseline", "contents": [
                { "type": "separator" },
            ]},
        }}));
        assert_eq!(
            found,
            [
                "/hero/url: May not be empty",
                "/body/contents/0/type: Not allowed in a baseline box",
            ]
        );
    }

    #[test]
    fn quick_replies_and_actions_are_checked() {
        let found = errors(
            &json!({ "type": "text", "text": "t", "quickReply": { "items": [
                { "type": "action", "action": { "type": "camera" } },
                { "type": "action", "action": { "type": "uri", "label": "l", "uri": "ftp://a" } },
                { "type": "action", "action": { "type": "dance", "label": "l" } },
            ]}}),
        );
        assert_eq!(
            found[0],
            "messages[0].quickReply.items[0].action.label: May not be empty"
        );
        assert_eq!(
            found[1],
            "messages[0].quickReply.items[1].action.uri: Must be a valid http, https, line or tel URI"
        );
        assert!(found[2].starts_with(
            "messages[0].quickReply.items[2].action.type: Must be one of the following values: ["
        ));
        assert_eq!(found.len(), 3);
    }
}
