//! Takes all that a tenant can get, and does what no bot should.
//!
//! Each command is one event's part of an attack; the tests send many of them. Those of [`load`] only take
//! what they can. The others reply with what the host gave them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a broken promise of the host fails the test"
)]

mod crashes;
mod floods;
mod foreign;
mod giants;
mod got;
mod hoards;
mod load;
mod web;

use botbox_sdk::prelude::*;

bot!(attack);

fn attack(event: Event) -> Result {
    if let EventKind::Timer(timer) = &event.kind {
        return load::chain(timer.payload.parse()?);
    }
    let command = event.text().unwrap_or_default();
    let words: Vec<&str> = command.split(' ').collect();
    if let Some(taken) = load::run(&words) {
        return taken;
    }
    if let Some(failed) = crashes::run(&words) {
        return failed;
    }
    let got = floods::run(&words)
        .or_else(|| hoards::run(&words))
        .or_else(|| giants::run(&words))
        .or_else(|| foreign::run(&words))
        .or_else(|| web::run(&words));
    reply(got.ok_or_else(|| Failure::reject("no such attack"))?)?;
    Ok(())
}
