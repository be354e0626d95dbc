//! Tests of bots without a host: a fake one in memory, events, and asserts on what was sent.
//!
//! ```
//! use botbox_sdk::prelude::*;
//! use botbox_sdk::testing::{Bot, event};
//!
//! fn greet(event: Event) -> Result {
//!     let name = profile(event.user_id().unwrap_or_default())?.display_name;
//!     reply(format!("Hello {name}!"))?;
//!     Ok(())
//! }
//!
//! let bot = Bot::new(greet);
//! bot.handle(event::follow()).assert_replied("Hello Aiko!");
//! ```
//!
//! A [`Bot`] has state as a host has: what is in its buckets, which timers are set, who is in a group. It knows
//! one user, [`USER`], whose name is Aiko. All is granted until a test says [`Bot::deny`]. What the fake
//! host does not know, such as statistics, a test gives it by [`Bot::answers`].
//!
//! This module is there in native builds only, where `cargo test` runs.

mod bot;
pub mod event;
mod turn;

pub use crate::bindings::wasi::logging::logging::Level;
pub use crate::fake_host::world::{LogLine, Sent, Timer};
pub use bot::Bot;
pub use event::{TestEvent, USER};
pub use turn::Turn;
