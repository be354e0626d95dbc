//! Whole-system tests: the real `botbox` binary and real components on real sockets, beside the
//! simulator. One module for each thing that is promised.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod account;
mod artefacts;
mod beacons;
mod capabilities;
mod chats;
mod concurrency;
mod events;
mod examples;
mod ingress;
mod line_failures;
mod misbehaviour;
mod notifications;
mod operator;
mod push_budget;
mod quota;
mod rich_menus;
mod sends;
mod startup;
mod stopping;
mod store;
mod timers;
mod tokens;
mod wasi;
mod web;
