//! Write LINE bots in Rust that run on botbox.
//!
//! ```
//! use botbox_sdk::prelude::*;
//!
//! bot!(echo);
//!
//! fn echo(event: Event) -> Result {
//!     if let Some(text) = event.text() {
//!         reply(text)?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A bot is a function from an [`Event`](events::Event) to a [`Result`], exported with [`bot!`].
//! It runs in a fresh instance for each event: what must be remembered belongs in a [`store`]. The `log`
//! crate's macros write to the host's log, and so does a panic before it ends the event.
//!
//! The crate builds for `wasm32-unknown-unknown` and `wasm32-wasip2` as a `cdylib`.

pub mod action;
mod content_stream;
mod event;
mod failure;
pub mod flex;
mod json;
mod logger;
mod medium;
pub mod message;
pub mod narrowcast;
mod once;
mod rich_menu_image;
mod send;
pub mod store;

pub use self::content_stream::{Content, content};
pub use self::medium::publish;
pub use self::once::{Once, once};
pub use self::rich_menu_image::set_rich_menu_image;
pub use self::send::{IntoMessages, broadcast, multicast, narrowcast, push, reply, reply_or_push};
pub use failure::{Failure, Result};
pub use log;

#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::allow_attributes_without_reason,
    reason = "generated from the WIT package, whose comments are its documentation"
)]
#[doc(hidden)]
pub mod bindings;

pub use bindings::botbox::line::current_event::get_json as event_json;
pub use bindings::botbox::line::profile::get_profile as profile;
/// The capabilities as the WIT package has them, one module for each interface.
#[rustfmt::skip]
pub use bindings::botbox::line::{
    account_link, audience, beacon, bot_info, content, coupon, errors, events, followers, group,
    insight, line_api, loading, mark_as_read, media, membership, messages, module, notification,
    profile, push, quota, reply, rich_menu, room, schedule, users, validate,
};
/// The capabilities that WASI has interfaces for.
pub use bindings::wasi::{config, keyvalue};

/// What the operator configured for the bot, in `[channels.config]`, by its key. Reading it does not fail.
#[must_use]
pub fn config(key: impl AsRef<str>) -> Option<String> {
    config::store::get(key.as_ref()).ok().flatten()
}

/// The documentation's snippets, which are to compile.
#[cfg(doctest)]
mod documentation {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/bots.md")]
    struct Bots;
    #[doc = include_str!("../../../docs/beacons.md")]
    struct Beacons;
}

/// What most bots need.
pub mod prelude {
    pub use crate::events::{Event, EventKind, MessageContent, ReplyState, Source};
    pub use crate::messages::Message;
    pub use crate::{
        Failure, Result, action, bot, content, flex, log, message, profile, push, reply,
    };
}

/// Exports a function `fn(Event) -> Result` as the plugin's handler. Once per crate.
#[macro_export]
macro_rules! bot {
    ($handle:expr) => {
        #[allow(unsafe_code, reason = "the component model's exports are raw symbols")]
        const _: () = {
            struct Plugin;

            impl $crate::bindings::exports::botbox::line::handler::Guest for Plugin {
                fn handle(
                    event: $crate::events::Event,
                ) -> ::core::result::Result<
                    (),
                    $crate::bindings::exports::botbox::line::handler::Failure,
                > {
                    $crate::__run(event, $handle)
                }
            }

    $crate::bindings::export!(Plugin with_types_in $crate::bindings);
        };
    };
}

/// What [`bot!`] expands to: not for direct use.
#[doc(hidden)]
pub fn __run(
    event: events::Event,
    handle: impl FnOnce(events::Event) -> Result,
) -> core::result::Result<(), bindings::exports::botbox::line::handler::Failure> {
    logger::install();
    failure::outcome(handle(event))
}
