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
//! A bot is a function from an [`Event`](events::Event) to a [`Result`], or a [`Router`] of such functions,
//! exported with [`bot!`]. It runs in a fresh instance for each event: what must be remembered belongs in a
//! [`store`] or a [`session`]. The `log` crate's macros write to the host's log, and so does a panic
//! before it ends the event.
//!
//! A bot is a `cdylib`, built for `wasm32-unknown-unknown` or `wasm32-wasip2`. Natively it builds as well, and
//! runs on the fake host of [`testing`]: `cargo test` works as on any crate.

pub mod action;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod allocator;
#[doc(hidden)]
pub mod bindings;
mod content_stream;
mod event;
mod failure;
#[cfg(not(target_arch = "wasm32"))]
mod fake_host;
pub mod flex;
#[doc(hidden)]
pub mod generated;
mod handler;
pub mod http;
mod json;
mod logger;
mod medium;
pub mod message;
pub mod narrowcast;
mod once;
pub mod postback;
mod rich_menu_image;
mod router;
pub mod schedule;
mod send;
pub mod session;
pub mod store;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use self::content_stream::{Content, content};
pub use self::failure::{Failure, Result};
pub use self::handler::Handler;
pub use self::medium::publish;
pub use self::once::{Once, once};
pub use self::rich_menu_image::set_rich_menu_image;
pub use self::router::{Next, Router, TextPattern};
pub use self::send::{IntoMessages, broadcast, multicast, narrowcast, push, reply, reply_or_push};
pub use log;

pub use bindings::botbox::line::current_event::get_json as event_json;
pub use bindings::botbox::line::profile::get_profile as profile;
/// The capabilities as the WIT package has them, one module for each interface.
#[rustfmt::skip]
pub use bindings::botbox::line::{
    account_link, audience, beacon, bot_info, content, coupon, errors, events, followers, group,
    insight, line_api, loading, mark_as_read, media, membership, messages, module, notification,
    profile, push, quota, reply, rich_menu, room, users, validate,
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
    #[doc = include_str!("../../../docs/languages/rust.md")]
    struct Rust;
    #[doc = include_str!("../../../docs/beacons.md")]
    struct Beacons;
}

/// What most bots need.
pub mod prelude {
    pub use crate::events::{Event, EventKind, MessageContent, ReplyState, Source};
    pub use crate::messages::Message;
    pub use crate::postback::PostbackData;
    pub use crate::{
        Failure, Result, Router, action, bot, content, flex, log, message, postback, profile, push,
        reply,
    };
}

/// Exports a [`Handler`] as the plugin's: a function `fn(Event) -> Result`, or a [`Router`]. Once per crate.
///
/// On WebAssembly only: elsewhere nothing calls it but tests, by [`testing`].
#[macro_export]
macro_rules! bot {
    ($handler:expr) => {
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
                    $crate::__run(event, &$handler)
                }
            }

            // What nothing calls natively is no dead code.
            #[cfg(not(target_arch = "wasm32"))]
            let _ = <Plugin as $crate::bindings::exports::botbox::line::handler::Guest>::handle;

            #[cfg(target_arch = "wasm32")]
    $crate::generated::export!(Plugin with_types_in $crate::generated);
        };
    };
}

/// What [`bot!`] expands to: not for direct use.
#[doc(hidden)]
pub fn __run(
    event: events::Event,
    handler: &impl Handler,
) -> core::result::Result<(), bindings::exports::botbox::line::handler::Failure> {
    logger::install();
    failure::outcome(handler.handle(event))
}
