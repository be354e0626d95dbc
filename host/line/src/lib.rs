//! The LINE Platform's protocol: webhook events, messages, rich menus, signatures and the Messaging API
//! client.
//!
//! Nothing here knows of WebAssembly, of botbox's configuration or of how events are queued. The
//! "LINE reference" that the comments cite is the Messaging API reference at
//! <https://developers.line.biz/en/reference/messaging-api/>.

pub mod api;
mod arguments;
pub mod beacon;
pub mod calendar;
mod client;
mod credentials;
pub mod error;
mod hex;
mod lenient;
pub mod log_rate;
pub mod message;
pub mod operation;
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
pub use transport::{Platform, Settings};
