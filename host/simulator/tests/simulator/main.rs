//! The simulator over real sockets: a client that plays the control side and the bot at once, and
//! a small server that receives the bot's webhooks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audiences;
mod chats;
mod contents;
mod control;
mod faults;
mod groups;
mod harness;
mod messages;
mod profiles;
mod rich_menus;
mod sends;
mod webhooks;
