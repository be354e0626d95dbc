//! What comes of a call.

use std::fmt::Debug;

use botbox_sdk::errors::CallError;

/// The outcome of a call, as text.
pub(crate) type Outcome = Result<String, CallError>;

pub(super) fn shown<T: Debug>(outcome: Result<T, CallError>) -> Option<Outcome> {
    Some(outcome.map(|it| format!("{it:?}")))
}

pub(super) fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
