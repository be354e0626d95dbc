//! The host: takes LINE's webhooks in, and dispatches their events to plugins.
//!
//! The way of an event: `ingress` verifies a webhook, and the `dispatcher` writes its events to the
//! journal and runs those of one chat in order: an `attempt` at a time, each in the plugin of its
//! `channel`. [`Server`] joins the parts from a [`Config`].

mod account_link;
mod admin;
mod attempt;
mod channel;
pub mod config;
mod counters;
mod dispatcher;
mod http;
mod ingress;
mod media;
mod news;
mod quota;
mod random;
mod retries;
mod server;
mod services;
mod stored_token;
mod timers;
mod versions;
mod visits;

pub use config::Config;
pub use media::MediaError;
pub use server::{Server, StartError};
