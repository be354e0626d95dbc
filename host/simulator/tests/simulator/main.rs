//! The simulator over real sockets: a client that plays the control side and the bot at once, and
//! a small server that receives the bot's webhooks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access_tokens;
mod account_links;
mod audiences;
mod chats;
mod clock;
mod contents;
mod control;
mod coupons;
mod errors;
mod events;
mod faults;
mod groups;
mod harness;
mod insights;
mod liff_apps;
mod memberships;
mod messages;
mod modules;
mod notes;
mod notifications;
mod openapi;
mod operations;
mod profiles;
mod rich_menus;
mod saved;
mod sends;
mod state;
mod strictness;
mod watching;
mod webhooks;
