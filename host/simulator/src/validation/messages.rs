//! The eleven types of messages (LINE reference, "Message objects").

use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, Union, optional, required};
use super::detail::Detail;
use super::{actions, flex, templates};

/// A message that a bot sends.
pub(super) static MESSAGE: Union = Union {
    common: &[
        optional("quickReply", Check::Object(&QUICK_REPLY)),
        optional("sender", Check::Object(&SENDER)),
    ],
    kinds: &[&KINDS],
};

static KINDS: [(&str, Shape); 11] = [
    ("text", Shape::with_rule(&TEXT, check_emojis)),
    ("textV2", Shape::with_rule(&TEXT_V2, check_placeholders)),
    (
        "sticker",
        Shape::new(&[
            required("packageId", Check::Text(usize::MAX)),
            required("stickerId", Check::Text(usize::MAX)),
            QUOTE,
        ]),
    ),
    ("image", Shape::new(&[ORIGINAL, PREVIEW])),
    (
        "video",
        Shape::new(&[
            ORIGINAL,
            PREVIEW,
            optional(
                "trackingId",
                Check::Pattern {
                    max: 100,
                    allows: is_tracking_character,
                },
            ),
        ]),
    ),
    (
        "audio",
        Shape::new(&[ORIGINAL, required("duration", Check::Whole(1))]),
    ),
    (
        "location",
        Shape::new(&[
            required("title", Check::Text(100)),
            required("address", Check::Text(100)),
            required("latitude", Check::Number),
            required("longitude", Check::Number),
        ]),
    ),
    (
        "coupon",
        Shape::new(&[
            required("couponId", Check::Text(usize::MAX)),
            optional(
                "deliveryTag",
                Check::Pattern {
                    max: 30,
                    allows: is_word_character,
                },
            ),
        ]),
    ),
    ("imagemap", Shape::new(&IMAGEMAP)),
    (
        "template",
        Shape::new(&[
            ALT_TEXT,
            required("template", Check::Union(&templates::TEMPLATE)),
        ]),
    ),
    (
        "flex",
        Shape::with_rule(
            &[
                ALT_TEXT,
                required("contents", Check::Flex(&flex::CONTAINER)),
            ],
            flex::check_size,
        ),
    ),
];

const QUOTE: Field = optional("quoteToken", Check::Text(usize::MAX));
const ORIGINAL: Field = required("originalContentUrl", Check::Https(2000));
const PREVIEW: Field = required("previewImageUrl", Check::Https(2000));
const ALT_TEXT: Field = required("altText", Check::Text(1500));

static QUICK_REPLY: Shape = Shape::new(&[required(
    "items",
    Check::List {
        min: 1,
        max: 13,
        of: &Check::Object(&QUICK_REPLY_ITEM),
    },
)]);

static QUICK_REPLY_ITEM: Shape = Shape::new(&[
    required("type", Check::OneOf(&["action"])),
    optional("imageUrl", Check::Https(2000)),
    required("action", Check::Union(&actions::QUICK_REPLY)),
]);

static SENDER: Shape = Shape::new(&[
    optional("name", Check::Text(20)),
    optional("iconUrl", Check::Https(2000)),
]);

static TEXT: [Field; 3] = [
    required("text", Check::Text(5000)),
    optional(
        "emojis",
        Check::List {
            min: 0,
            max: 20,
            of: &Check::Object(&EMOJI_AT),
        },
    ),
    QUOTE,
];

static EMOJI_AT: Shape = Shape::new(&[
    required("index", Check::Whole(0)),
    required("productId", Check::Text(usize::MAX)),
    required("emojiId", Check::Text(usize::MAX)),
]);

static TEXT_V2: [Field; 3] = [
    required("text", Check::Text(5000)),
    optional("substitution", Check::Anything),
    QUOTE,
];

static SUBSTITUTE: Union = Union {
    common: &[],
    kinds: &[&[
        (
            "mention",
            Shape::new(&[required("mentionee", Check::Union(&MENTIONEE))]),
        ),
        (
            "emoji",
            Shape::new(&[
                required("productId", Check::Text(usize::MAX)),
                required("emojiId", Check::Text(usize::MAX)),
            ]),
        ),
    ]],
};

static MENTIONEE: Union = Union {
    common: &[],
    kinds: &[&[
        (
            "user",
            Shape::new(&[required("userId", Check::Text(usize::MAX))]),
        ),
        ("all", Shape::new(&[])),
    ]],
};

static IMAGEMAP: [Field; 5] = [
    required("baseUrl", Check::Https(2000)),
    ALT_TEXT,
    required("baseSize", Check::Object(&SIZE)),
    optional("video", Check::Object(&IMAGEMAP_VIDEO)),
    required(
        "actions",
        Check::List {
            min: 0,
            max: 50,
            of: &Check::Union(&IMAGEMAP_ACTION),
        },
    ),
];

static SIZE: Shape = Shape::new(&[
    required("width", Check::Whole(1)),
    required("height", Check::Whole(1)),
]);

static AREA: Shape = Shape::new(&[
    required("x", Check::Whole(0)),
    required("y", Check::Whole(0)),
    required("width", Check::Whole(1)),
    required("height", Check::Whole(1)),
]);

static IMAGEMAP_VIDEO: Shape = Shape::new(&[
    ORIGINAL,
    PREVIEW,
    required("area", Check::Object(&AREA)),
    optional("externalLink", Check::Object(&EXTERNAL_LINK)),
]);

static EXTERNAL_LINK: Shape = Shape::new(&[
    required("linkUri", Check::Link(1000)),
    required("label", Check::Text(30)),
]);

static IMAGEMAP_ACTION: Union = Union {
    common: &[
        required("area", Check::Object(&AREA)),
        optional("label", Check::Text(100)),
    ],
    kinds: &[&[
        ("uri", Shape::new(&[required("linkUri", Check::Link(1000))])),
        ("message", Shape::new(&[required("text", Check::Text(400))])),
        (
            "clipboard",
            Shape::new(&[required("clipboardText", Check::Text(1000))]),
        ),
    ]],
};

fn is_tracking_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-.=,+*()%$&;:@{}!?<>[]".contains(c)
}

pub(super) fn is_word_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Each emoji stands for a `$` of the text, found by its position in UTF-16 code units.
fn check_emojis(message: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let text = message
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let units: Vec<u16> = text.encode_utf16().collect();
    let emojis = message.get("emojis").and_then(Value::as_array);
    for (position, emoji) in emojis.into_iter().flatten().enumerate() {
        let index = emoji["index"]
            .as_u64()
            .and_then(|index| usize::try_from(index).ok());
        if index.is_some_and(|index| units.get(index) != Some(&u16::from(b'$'))) {
            let at = at.property("emojis").item(position).property("index");
            found.push(at.detail("Must point at a $"));
        }
    }
}

/// Each `{key}` of the text has its substitution (LINE reference, "Text message (v2)").
fn check_placeholders(message: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let nothing = Map::new();
    let substitution = message
        .get("substitution")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    let map_at = at.property("substitution");
    if substitution.len() > 100 {
        found.push(map_at.detail("Size must be between 0 and 100"));
    }
    for (key, substitute) in substitution {
        let at = map_at.property(key);
        if key.is_empty() || key.len() > 20 || !key.chars().all(is_word_character) {
            found.push(at.detail("Must be a key of 1 to 20 letters, digits and underscores"));
        }
        Check::Union(&SUBSTITUTE).check(substitute, &at, found);
    }
    let text = message
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match placeholders(text) {
        Some(keys) => {
            for key in keys.iter().filter(|key| !substitution.contains_key(**key)) {
                found.push(map_at.detail(format!("Must have the key {key}")));
            }
        }
        None => found.push(at.property("text").detail("Braces must be balanced")),
    }
}

/// The keys in braces of `text`, or `None` when a brace has no partner. Doubled braces are
/// literal ones.
fn placeholders(text: &str) -> Option<Vec<&str>> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}']) {
        let tail = &rest[start..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            rest = after;
        } else {
            let (key, after) = tail.strip_prefix('{')?.split_once('}')?;
            if key.contains('{') {
                return None;
            }
            keys.push(key);
            rest = after;
        }
    }
    Some(keys)
}
