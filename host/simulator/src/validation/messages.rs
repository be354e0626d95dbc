//! The eleven types of messages (LINE reference, "Message objects"). What is inside of templates,
//! Flex messages and texts with placeholders is checked apart, as LINE does: see
//! [`find_errors_inside`].

use serde_json::{Map, Value};

use super::check::{
    Check, Field, Path, Shape, Union, is_word_character, items, optional, required, text,
};
use super::detail::Detail;
use super::recipients::Recipients;
use super::{actions, flex, placeholders, templates};

/// What is wrong inside of a message that has the right shape.
pub(super) fn find_errors_inside(message: &Value, recipients: Recipients) -> Vec<Detail> {
    let mut found = match message["type"].as_str() {
        Some("template") => templates::find_errors(&message["template"]),
        Some("flex") => flex::find_errors(&message["contents"]),
        Some("textV2") => placeholders::find_errors(message, recipients),
        _ => Vec::new(),
    };
    if recipients == Recipients::Many && !message["quoteToken"].is_null() {
        let problem = "can be specified in reply and push messages only";
        found.push(Detail::new("quoteToken", problem));
    }
    found
}

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
    ("textV2", Shape::new(&TEXT_V2)),
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
        Shape::new(&[ALT_TEXT, required("template", Check::AnyObject)]),
    ),
    (
        "flex",
        Shape::new(&[ALT_TEXT, required("contents", Check::AnyObject)]),
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

static SENDER: Shape = Shape::with_rule(
    &[
        optional("name", Check::Text(20)),
        optional("iconUrl", Check::Https(2000)),
    ],
    check_name,
);

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
    optional("substitution", Check::AnyObject),
    QUOTE,
];

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
    required("width", Check::Range(1040, 1040)),
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

/// A sender's name must not suggest that LINE sends it (LINE reference, "Change icon and display name").
fn check_name(sender: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    if text(sender, "name").contains("LINE") {
        found.push(at.property("name").detail("Must not contain LINE"));
    }
}

/// Each emoji stands for a `$` of the text, found by its position in UTF-16 code units.
fn check_emojis(message: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let units: Vec<u16> = text(message, "text").encode_utf16().collect();
    for (position, emoji) in items(message, "emojis").enumerate() {
        let index = emoji["index"].as_u64();
        let index = index.and_then(|index| usize::try_from(index).ok());
        if index.is_some_and(|index| units.get(index) != Some(&u16::from(b'$'))) {
            let at = at.property("emojis").item(position).property("index");
            found.push(at.detail("Must point at a $"));
        }
    }
}
