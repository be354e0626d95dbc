//! Compares a list of what came with a list of what was expected.

use botbox_script::{Expected, Pattern, Presence};
use serde_json::Value;

/// Where a list is not as expected.
pub(crate) enum Mismatch {
    /// One is not as expected.
    Unlike,
    /// The one with this number did not come.
    Missing(usize),
    /// More came.
    Surplus,
}

/// How many of the first ones are as expected, or where they are not. What may come is taken if it does.
pub(crate) fn matched(expected: &[Expected], actual: &[Value]) -> Result<usize, Mismatch> {
    let mut came = 0;
    for (number, it) in expected.iter().enumerate() {
        let next = actual.get(came);
        let is_so = next.is_some_and(|next| it.pattern.matches(next));
        match (it.presence, next) {
            (Presence::Optional, _) if !is_so => {}
            (_, None) => return Err(Mismatch::Missing(number)),
            (Presence::Not, Some(_)) if is_so => return Err(Mismatch::Unlike),
            (Presence::Required, Some(_)) if !is_so => return Err(Mismatch::Unlike),
            _ => came += 1,
        }
    }
    Ok(came)
}

/// The first of `expected` that is not among the values, in this order, or is though it must not be.
pub(crate) fn missing<'a>(expected: &'a [Expected], actual: &[Value]) -> Option<&'a Expected> {
    let mut behind = 0;
    expected.iter().find(|it| {
        let matches = |value: &Value| it.pattern.matches(value);
        match it.presence {
            Presence::Not => actual.iter().any(matches),
            Presence::Optional => false,
            Presence::Required => match actual[behind..].iter().position(matches) {
                Some(place) => {
                    behind += place + 1;
                    false
                }
                None => true,
            },
        }
    })
}

/// With ids in the place of names, and so on: `change` is done to its values.
pub(crate) fn changed(expected: &Expected, change: impl Fn(&Value) -> Value) -> Expected {
    let pattern = match &expected.pattern {
        Pattern::Text(text) => match change(&text.as_str().into()) {
            Value::String(text) => Pattern::Text(text),
            _ => expected.pattern.clone(),
        },
        Pattern::Json(value) => Pattern::Json(change(value)),
    };
    Expected {
        pattern,
        ..expected.clone()
    }
}
