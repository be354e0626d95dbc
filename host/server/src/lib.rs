//! The host: takes LINE's webhooks in, and dispatches their events to plugins.
//!
//! The way of an event: `ingress` verifies a webhook and hands its events to the
//! `dispatcher`, which runs those of one chat in order, each in the plugin of its
//! `channel`. [`Server`] joins the parts from a [`Config`].

mod account_link;
mod admin;
mod agenda;
mod channel;
pub mod config;
mod counters;
mod dispatcher;
mod http;
mod ingress;
mod media;
mod quota;
mod random;
mod room;
mod server;
mod services;
mod stored_token;
mod timers;
mod visits;

pub use config::Config;
pub use media::MediaError;
pub use server::{Server, StartError};
