//! The LINE Platform's protocol: webhook events, messages, rich menus, signatures and the Messaging API
//! client.
//!
//! Nothing here knows of WebAssembly, of botbox's configuration or of how events are queued. The
//! "LINE reference" that the comments cite is the Messaging API reference at
//! <https://developers.line.biz/en/reference/messaging-api/>.

pub mod beacon;
pub mod calendar;
pub mod client;
pub mod error;
mod hex;
mod lenient;
pub mod log_rate;
pub mod message;
pub mod operation;
pub mod rich_menu;
pub mod signature;
pub mod tls;
pub mod webhook;

pub use client::Client;
pub use error::Error;
pub use operation::Operation;
pub use reqwest::Method;
