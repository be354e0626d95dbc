//! The host: takes LINE's webhooks in, and runs their events in the plugins of its channels.
//!
//! `webhook` verifies an event and writes it to the journal; `dispatch` runs the events of one chat in
//! order, an `attempt` at a time, each in the plugin of its `channel`, for which the `services` do what
//! is not LINE's; `pages` shows users what services have for them, and `admin` shows operators all of
//! it. [`Server`] joins the parts from a [`Config`], and gives all of them one clock. The crate never runs
//! WebAssembly, calls LINE or touches a database itself: the crates below it do.

mod admin;
mod channel;
mod check;
pub mod config;
mod control;
mod diagnosis;
mod dispatch;
mod failed_event;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod journal_event;
mod log_fields;
mod pages;
mod random;
mod retries;
mod server;
mod services;
mod stopped;
mod store_state;
mod supervisor;
mod vault;
mod vault_key;
mod watch;
mod webhook;

pub use botbox_runtime::{CompileLimits, compile_here};
pub use botbox_store::StoreError;
pub use check::{Report, check};
pub use config::Config;
pub use diagnosis::webhook::set as set_webhook;
pub use diagnosis::{Finding, Verdict};
pub use failed_event::FailedEvent;
pub use server::{ReloadError, Server, StartError};
pub use stopped::{StoppedError, StoppedHost};
