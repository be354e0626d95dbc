//! LIFF apps (LIFF server API reference).

use serde_json::{Map, Value};

use super::check::{Check, Field, Path, Shape, optional, required};
use super::detail::{Detail, Invalid};
use super::dialect::Dialect;

/// Checks the body that adds a LIFF app.
pub(crate) fn liff_app(request: &Value) -> Result<(), Invalid> {
    static VIEW: Shape = Shape::with_rule(
        &[
            required("type", Check::OneOf(&VIEW_TYPES)),
            required("url", URL),
            MODULE_MODE,
        ],
        check_fragment,
    );
    static APP: Shape = Shape::new(&[
        required("view", Check::Object(&VIEW)),
        DESCRIPTION,
        FEATURES,
        LINK_PATTERN,
        SCOPE,
        BOT_PROMPT,
    ]);
    APP.check_request(request, Dialect::Body)
}

/// Checks the body that changes some of a LIFF app.
pub(crate) fn liff_app_update(request: &Value) -> Result<(), Invalid> {
    static VIEW: Shape = Shape::with_rule(
        &[
            optional("type", Check::OneOf(&VIEW_TYPES)),
            optional("url", URL),
            MODULE_MODE,
        ],
        check_fragment,
    );
    static UPDATE: Shape = Shape::new(&[
        optional("view", Check::Object(&VIEW)),
        DESCRIPTION,
        FEATURES,
        LINK_PATTERN,
        SCOPE,
        BOT_PROMPT,
    ]);
    UPDATE.check_request(request, Dialect::Body)
}

static VIEW_TYPES: [&str; 3] = ["compact", "tall", "full"];
const URL: Check = Check::Https(usize::MAX);
const MODULE_MODE: Field = optional("moduleMode", Check::Boolean);
const DESCRIPTION: Field = optional("description", Check::Text(usize::MAX));
const LINK_PATTERN: Field = optional("permanentLinkPattern", Check::OneOf(&["concat"]));
const BOT_PROMPT: Field = optional("botPrompt", Check::OneOf(&["normal", "aggressive", "none"]));
const SCOPE: Field = optional(
    "scope",
    Check::List {
        min: 0,
        max: 4,
        of: &Check::OneOf(&["openid", "email", "profile", "chat_message.write"]),
    },
);
const FEATURES: Field = optional("features", Check::Object(&FEATURE_SET));
static FEATURE_SET: Shape = Shape::new(&[
    optional("ble", Check::Boolean),
    optional("qrCode", Check::Boolean),
]);

fn check_fragment(view: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let url = view.get("url").and_then(Value::as_str);
    if url.is_some_and(|url| url.contains('#')) {
        found.push(at.property("url").detail("Must not have a fragment"));
    }
}
