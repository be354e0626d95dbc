//! Bots on the fake host, as their authors test them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what does not go as it should fails the test"
)]

mod host;
mod routes;
mod sessions;
mod web;

use botbox_sdk::prelude::*;

fn answer(text: impl Into<String>) -> Result {
    reply(text.into())?;
    Ok(())
}
