//! The LINE Platform's protocol: webhook events, messages, rich menus, signatures, and a client of the
//! Messaging API with its access tokens. It reads what LINE sends value by value, so that an odd one costs
//! no other, and leaves LINE's limits to LINE, whose response says what is wrong. It never knows of
//! WebAssembly, of botbox's configuration or of how events are queued, keeps nothing on disk, listens
//! nowhere, and asks no clock but the one that it is given.
//!
//! The "LINE reference" that the comments cite is the Messaging API reference at
//! <https://developers.line.biz/en/reference/messaging-api/>.

pub mod api;
mod arguments;
pub mod beacon;
mod client;
mod credentials;
pub mod error;
mod lenient;
pub mod log_rate;
pub mod memory;
pub mod message;
pub mod operation;
pub mod recorder;
pub mod rich_menu;
pub mod signature;
pub mod tls;
pub mod token;
mod transport;
pub mod webhook;

pub use client::Client;
pub use credentials::Credentials;
pub use error::Error;
pub use operation::Operation;
pub use reqwest::Method;
pub use secrecy;
pub use transport::{Platform, Settings};

/// The target of the `tracing` spans that tell of the work on an event. They are for traces, not for the log.
pub const TRACE_TARGET: &str = "botbox::trace";
