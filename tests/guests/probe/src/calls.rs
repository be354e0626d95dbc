//! One call of a capability for one command: `NAME ARGUMENTS`. What comes back is shown as it is.

mod account;
mod audiences;
mod chats;
mod contents;
mod coupons;
mod groups;
mod host;
mod insights;
mod line_api;
mod modules;
mod rich_menus;
mod sends;
mod store;

use std::fmt::Debug;

use botbox_sdk::errors::CallError;

/// The outcome of a call, as text.
pub(crate) type Outcome = Result<String, CallError>;

/// Makes the call that a command names, if it names one.
pub(crate) fn call(words: &[&str]) -> Option<Outcome> {
    account::call(words)
        .or_else(|| audiences::call(words))
        .or_else(|| chats::call(words))
        .or_else(|| contents::call(words))
        .or_else(|| coupons::call(words))
        .or_else(|| groups::call(words))
        .or_else(|| host::call(words))
        .or_else(|| insights::call(words))
        .or_else(|| line_api::call(words))
        .or_else(|| modules::call(words))
        .or_else(|| rich_menus::call(words))
        .or_else(|| sends::call(words))
        .or_else(|| store::call(words))
}

fn shown<T: Debug>(outcome: Result<T, CallError>) -> Option<Outcome> {
    Some(outcome.map(|it| format!("{it:?}")))
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
