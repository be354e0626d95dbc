//! Flex Messages (LINE reference, "Flex Message").
//!
//! LINE checks them by a validator that is stricter than the others: what it does not know it
//! refuses.

mod components;
mod containers;
mod properties;
mod values;

use serde_json::Value;

use self::containers::CONTAINER;
use super::check::{Check, Path, given};
use super::detail::Detail;
use super::dialect::{Dialect, Problem};

/// The largest bubble, in bytes of JSON.
const MAX_BUBBLE_BYTES: usize = 30 * 1024;

/// The largest carousel, in bytes of JSON.
const MAX_CAROUSEL_BYTES: usize = 50 * 1024;

/// How many animated images a message can have.
const MAX_ANIMATED: usize = 10;

/// What is wrong with the `contents` of a Flex message.
pub(super) fn find_errors(contents: &Value) -> Vec<Detail> {
    let (at, mut found) = (Path::root(Dialect::Flex), Vec::new());
    Check::Union(&CONTAINER).check(contents, &at, &mut found);
    check_size(contents, &at, &mut found);
    if count_animated(contents) > MAX_ANIMATED {
        let problem = format!("at most {MAX_ANIMATED} animated images are allowed");
        found.push(Detail::new("/", problem));
    }
    found
}

/// The JSON of a container has a largest size.
fn check_size(contents: &Value, at: &Path, found: &mut Vec<Detail>) {
    let max = if contents["type"] == "bubble" {
        MAX_BUBBLE_BYTES
    } else {
        MAX_CAROUSEL_BYTES
    };
    if contents.to_string().len() > max {
        found.push(at.detail(Problem::Said(TOO_LARGE)));
    }
}

const TOO_LARGE: &str = "too large: a bubble has at most 30 KB of JSON, and a carousel 50 KB";

fn count_animated(component: &Value) -> usize {
    match component {
        Value::Object(object) => {
            let animated = given(object, "animated").is_some_and(|animated| *animated == true);
            usize::from(animated) + object.values().map(count_animated).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(count_animated).sum(),
        _ => 0,
    }
}
