//! The host of native builds, where there is none: it keeps in memory what a bot does, for
//! [`testing`](crate::testing).
//!
//! Each module stands in for one or more interfaces of the WIT package, and has the functions of what
//! wit-bindgen generates, under the same names: the types are the generated ones. No generated function may
//! be left, since it would abort the process; a test of this crate compares them with the package.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "these are the bindings, which the WIT package's comments document"
)]

pub mod account_link;
pub mod beacon;
pub mod canned;
pub mod chats;
pub mod config;
pub mod content;
pub mod current_event;
pub(crate) mod http;
pub mod key_value;
pub mod logging;
pub mod media;
pub mod profile;
pub mod rich_menu;
pub mod schedule;
pub mod sends;
pub(crate) mod world;

#[cfg(test)]
mod tests;
