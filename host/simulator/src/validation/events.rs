//! Webhook events, as LINE sends them (LINE reference, "Webhook event objects"): what is wrong with
//! one that somebody asks the simulator to send.

use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, Union, optional, required};
use super::detail::Detail;
use super::dialect::{Dialect, Problem};

/// What is wrong with a webhook event.
#[derive(Debug, Default)]
pub(crate) struct EventFlaws {
    /// Properties that LINE always sends, and that are not there.
    pub(crate) missing: Vec<String>,
    /// Properties that LINE never sends so, and why.
    pub(crate) odd: Vec<String>,
}

/// Compares an event with what LINE sends.
pub(crate) fn event(event: &Value) -> EventFlaws {
    let mut found = Vec::new();
    Check::Union(&EVENT).check(event, &Path::root(Dialect::Body), &mut found);
    let missing = Dialect::Body.words(Problem::Missing);
    // LINE's words for messages call a value missing that is there and empty.
    let (missing, odd): (Vec<Detail>, Vec<Detail>) = found
        .into_iter()
        .partition(|detail| detail.message == missing && !is_there(event, &detail.property));
    EventFlaws {
        missing: missing.into_iter().map(|it| it.property).collect(),
        odd: odd
            .into_iter()
            .map(|it| format!("{}: {}", it.property, it.message))
            .collect(),
    }
}

/// Whether an event has a property, by a path such as `message.emojis[0].index`.
fn is_there(event: &Value, property: &str) -> bool {
    let path = property.replace(['.', '['], "/").replace(']', "");
    event.pointer(&format!("/{path}")).is_some()
}

static EVENT: Union = Union {
    common: &[
        required("mode", Check::OneOf(&["active", "standby"])),
        required("timestamp", Check::Whole(0)),
        required("webhookEventId", ANY_TEXT),
        required("deliveryContext", Check::Object(&DELIVERY_CONTEXT)),
        optional("replyToken", ANY_TEXT),
    ],
    kinds: &[&OF_USERS, &OF_GROUPS, &OF_PLATFORM],
};

const ANY_TEXT: Check = Check::Text(usize::MAX);

static DELIVERY_CONTEXT: Shape = Shape::new(&[required("isRedelivery", Check::Boolean)]);

const SOURCE: Field = required("source", Check::Union(&SOURCES));

static SOURCES: Union = Union {
    common: &[optional("userId", ANY_TEXT)],
    kinds: &[&[
        ("user", Shape::new(&[])),
        ("group", Shape::new(&[required("groupId", ANY_TEXT)])),
        ("room", Shape::new(&[required("roomId", ANY_TEXT)])),
    ]],
};

/// What users do.
static OF_USERS: [(&str, Shape); 12] = [
    (
        "message",
        Shape::new(&[SOURCE, required("message", Check::Union(&MESSAGES))]),
    ),
    (
        "messageEdited",
        Shape::new(&[SOURCE, required("message", Check::Union(&MESSAGES))]),
    ),
    (
        "unsend",
        Shape::new(&[SOURCE, required("unsend", Check::Object(&UNSEND))]),
    ),
    (
        "follow",
        Shape::new(&[SOURCE, required("follow", Check::Object(&FOLLOW))]),
    ),
    ("unfollow", Shape::new(&[SOURCE])),
    (
        "postback",
        Shape::new(&[SOURCE, required("postback", Check::Object(&POSTBACK))]),
    ),
    (
        "videoPlayComplete",
        Shape::new(&[SOURCE, required("videoPlayComplete", Check::Object(&VIDEO))]),
    ),
    (
        "beacon",
        Shape::new(&[SOURCE, required("beacon", Check::Object(&BEACON))]),
    ),
    (
        "accountLink",
        Shape::with_rule(
            &[
                optional("source", Check::Union(&SOURCES)),
                required("link", Check::Object(&LINK)),
            ],
            check_account_link,
        ),
    ),
    (
        "membership",
        Shape::new(&[SOURCE, required("membership", Check::Object(&MEMBERSHIP))]),
    ),
    (
        "activated",
        Shape::new(&[SOURCE, required("chatControl", Check::Object(&CONTROL))]),
    ),
    ("deactivated", Shape::new(&[SOURCE])),
];

/// What happens to groups and rooms.
static OF_GROUPS: [(&str, Shape); 4] = [
    ("join", Shape::new(&[SOURCE])),
    ("leave", Shape::new(&[SOURCE])),
    (
        "memberJoined",
        Shape::new(&[SOURCE, required("joined", Check::Object(&MEMBERS))]),
    ),
    (
        "memberLeft",
        Shape::new(&[SOURCE, required("left", Check::Object(&MEMBERS))]),
    ),
];

/// What the platform does; these events have no source.
static OF_PLATFORM: [(&str, Shape); 4] = [
    (
        "delivery",
        Shape::new(&[required("delivery", Check::Object(&DELIVERY))]),
    ),
    (
        "module",
        Shape::new(&[required("module", Check::Union(&MODULE))]),
    ),
    ("botSuspended", Shape::new(&[])),
    ("botResumed", Shape::new(&[])),
];

static UNSEND: Shape = Shape::new(&[required("messageId", ANY_TEXT)]);
static FOLLOW: Shape = Shape::new(&[required("isUnblocked", Check::Boolean)]);
static POSTBACK: Shape = Shape::new(&[
    required("data", ANY_TEXT),
    optional("params", Check::AnyObject),
]);
static VIDEO: Shape = Shape::new(&[required("trackingId", ANY_TEXT)]);
static BEACON: Shape = Shape::new(&[
    required("hwid", ANY_TEXT),
    required("type", Check::OneOf(&["enter", "banner", "stay"])),
    optional("dm", ANY_TEXT),
]);
static LINK: Shape = Shape::new(&[
    required("result", Check::OneOf(&["ok", "failed"])),
    required("nonce", ANY_TEXT),
]);
static MEMBERSHIP: Shape = Shape::new(&[
    required("type", Check::OneOf(&["joined", "left", "renewed"])),
    required("membershipId", Check::Whole(0)),
]);
static CONTROL: Shape = Shape::new(&[optional("expireAt", Check::Whole(0))]);
static MEMBERS: Shape = Shape::new(&[required(
    "members",
    Check::List {
        min: 1,
        max: usize::MAX,
        of: &Check::Union(&SOURCES),
    },
)]);
static DELIVERY: Shape = Shape::new(&[required("data", ANY_TEXT)]);
static MODULE: Union = Union {
    common: &[required("botId", ANY_TEXT)],
    kinds: &[&[
        (
            "attached",
            Shape::new(&[required(
                "scopes",
                Check::List {
                    min: 0,
                    max: usize::MAX,
                    of: &ANY_TEXT,
                },
            )]),
        ),
        ("detached", Shape::new(&[])),
    ]],
};

static MESSAGES: Union = Union {
    common: &[
        required("id", ANY_TEXT),
        optional("quoteToken", ANY_TEXT),
        optional("markAsReadToken", ANY_TEXT),
    ],
    kinds: &[&[
        (
            "text",
            Shape::new(&[
                required("text", Check::Text(5000)),
                optional("emojis", Check::LIST_OF_OBJECTS),
                optional("mention", Check::AnyObject),
                optional("quotedMessageId", ANY_TEXT),
            ]),
        ),
        ("image", Shape::new(&[PROVIDER])),
        (
            "video",
            Shape::new(&[PROVIDER, optional("duration", Check::Whole(0))]),
        ),
        (
            "audio",
            Shape::new(&[PROVIDER, optional("duration", Check::Whole(0))]),
        ),
        (
            "file",
            Shape::new(&[
                required("fileName", ANY_TEXT),
                required("fileSize", Check::Whole(0)),
            ]),
        ),
        (
            "location",
            Shape::new(&[
                required("latitude", Check::Number),
                required("longitude", Check::Number),
                optional("title", ANY_TEXT),
                optional("address", ANY_TEXT),
            ]),
        ),
        (
            "sticker",
            Shape::new(&[
                required("packageId", ANY_TEXT),
                required("stickerId", ANY_TEXT),
                required("stickerResourceType", ANY_TEXT),
            ]),
        ),
    ]],
};

const PROVIDER: Field = required("contentProvider", Check::Union(&PROVIDERS));

static PROVIDERS: Union = Union {
    common: &[],
    kinds: &[&[
        ("line", Shape::new(&[])),
        (
            "external",
            Shape::new(&[required("originalContentUrl", ANY_TEXT)]),
        ),
    ]],
};

/// Of a link that failed, LINE does not say whose it was (LINE reference, "Account link event").
fn check_account_link(event: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let failed = event
        .get("link")
        .is_some_and(|link| link["result"] == "failed");
    let source = event.contains_key("source");
    if failed && source {
        found.push(
            at.property("source")
                .detail("Is not sent with a failed link"),
        );
    } else if !failed && !source {
        found.push(at.property("source").detail(Problem::Missing));
    }
}
