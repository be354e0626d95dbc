//! Whole-system tests: the real `botbox` binary and real components on real sockets, beside the
//! simulator. One module for each thing that is promised.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod account;
mod account_link;
mod artefacts;
mod attempts;
mod audiences;
mod authors;
mod backlog;
mod beacons;
mod capabilities;
mod chats;
mod concurrency;
mod connections;
mod contents;
mod control;
mod conversations;
mod coupons;
mod coverage;
mod crash;
mod credentials;
mod delivery;
mod disk;
mod effects;
mod events;
mod examples;
mod groups;
mod ingress;
mod insights;
mod journal;
mod languages;
mod line_api;
mod line_failures;
mod live;
mod loading;
mod logs;
mod lookups;
mod media;
mod memory;
mod misbehaviour;
mod modules;
mod neighbours;
mod notifications;
mod operations;
mod operator;
mod overload;
mod push_budget;
mod quota;
mod recordings;
mod replies;
mod retries;
mod reuse;
mod rich_menus;
mod sends;
mod simulator;
mod startup;
mod stopped;
mod stopping;
mod store;
mod terminal;
mod timers;
mod tokens;
mod traces;
mod unsend;
mod wasi;
mod web;
