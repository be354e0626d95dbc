//! Texts with placeholders (LINE reference, "Text message (v2)").

use serde_json::{Map, Value};

use super::check::{Check, Path, Shape, Union, is_word_character, required};
use super::detail::Detail;
use super::dialect::Dialect;
use super::recipients::Recipients;

/// How many substitutes a message can have.
const MAX_SUBSTITUTES: usize = 100;

/// How many emojis, and how many mentions, can stand in a text.
const MAX_SUBSTITUTED: usize = 20;

/// What is wrong with the placeholders of a text and with what stands for them.
pub(super) fn find_errors(message: &Value, recipients: Recipients) -> Vec<Detail> {
    let (nothing, mut found) = (Map::new(), Vec::new());
    let substitution = message["substitution"].as_object().unwrap_or(&nothing);
    let text = message["text"].as_str().unwrap_or_default();
    check_text(text, substitution, &mut found);
    check_substitution(substitution, recipients, &mut found);
    found
}

/// Each `{key}` of the text has its substitute.
fn check_text(text: &str, substitution: &Map<String, Value>, found: &mut Vec<Detail>) {
    let at = Path::new("text", Dialect::Message);
    let Some(keys) = keys(text) else {
        found.push(at.detail("braces must be balanced"));
        return;
    };
    for key in &keys {
        if !is_key(key) {
            let problem = format!(
                "The key '{key}' enclosed in '{{}}' does not match the pattern \
                 '^[a-zA-Z0-9_]{{1,20}}$'."
            );
            found.push(at.detail(problem));
        } else if !substitution.contains_key(*key) {
            let problem = format!("The key '{key}' enclosed in '{{}}' has no substitution.");
            found.push(at.detail(problem));
        }
    }
    for kind in ["emoji", "mention"] {
        let of_kind = |key: &&&str| substitution.get(**key).is_some_and(|it| it["type"] == kind);
        if keys.iter().filter(of_kind).count() > MAX_SUBSTITUTED {
            let problem = format!("at most {MAX_SUBSTITUTED} can be of type {kind}");
            found.push(at.detail(problem));
        }
    }
}

fn check_substitution(
    substitution: &Map<String, Value>,
    recipients: Recipients,
    found: &mut Vec<Detail>,
) {
    let at = Path::new("substitution", Dialect::Message);
    if substitution.len() > MAX_SUBSTITUTES {
        let problem = format!("size must be between 0 and {MAX_SUBSTITUTES}");
        found.push(at.detail(problem));
    }
    for (key, substitute) in substitution {
        let at = at.property(key);
        if !is_key(key) {
            let problem = "the key does not match the pattern '^[a-zA-Z0-9_]{1,20}$'";
            found.push(at.detail(problem));
        }
        Check::Union(&SUBSTITUTE).check(substitute, &at, found);
        if recipients == Recipients::Many && substitute["type"] == "mention" {
            let problem = "can be specified in reply and push messages only";
            found.push(at.detail(problem));
        }
    }
}

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

fn is_key(key: &str) -> bool {
    (1..=20).contains(&key.len()) && key.chars().all(is_word_character)
}

/// The keys in braces of `text`, or `None` when a brace has no partner. Doubled braces are
/// literal ones.
fn keys(text: &str) -> Option<Vec<&str>> {
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
