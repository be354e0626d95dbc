//! The host: takes LINE's webhooks in, and dispatches their events to plugins.
//!
//! The way of an event: `webhook` verifies it and writes it to the journal, `dispatch` runs those of
//! one chat in order, an `attempt` at a time, each in the plugin of its `channel`, for which the
//! `services` do what is not LINE's. [`Server`] joins the parts from a [`Config`].

mod admin;
mod channel;
mod check;
pub mod config;
mod dispatch;
mod http;
mod journal_event;
mod pages;
mod random;
mod retries;
mod server;
mod services;
mod stopped;
mod store_state;
mod webhook;

pub use botbox_runtime::{CompileLimits, compile_here};
pub use check::{Report, check};
pub use config::Config;
pub use server::{Server, StartError};
pub use stopped::{StoppedError, StoppedHost};
