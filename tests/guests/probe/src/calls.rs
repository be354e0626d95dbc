//! One call of a capability for one command: `NAME ARGUMENTS`. What comes back is shown as it is.

mod account;
mod account_link;
mod audiences;
mod chats;
mod contents;
mod coupons;
mod groups;
mod host;
mod insights;
mod line_api;
mod media;
mod memory;
mod modules;
mod outcome;
mod rich_menus;
mod sends;
mod store;

use self::outcome::Outcome;

/// Makes the calls of one area.
type Area = fn(&[&str]) -> Option<Outcome>;

const AREAS: &[Area] = &[
    account::call,
    account_link::call,
    audiences::call,
    chats::call,
    contents::call,
    coupons::call,
    groups::call,
    host::call,
    insights::call,
    line_api::call,
    media::call,
    memory::call,
    modules::call,
    rich_menus::call,
    sends::call,
    store::call,
];

/// Makes the call that a command names, if it names one.
pub(crate) fn call(words: &[&str]) -> Option<Outcome> {
    AREAS.iter().find_map(|call| call(words))
}
