//! The stage of the whole-system tests: a simulator and the real `botbox` binary, on real sockets.
//!
//! `cargo xtask test` builds the binary and the plugins first; the tests run what is built.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a stage that does not stand fails the test"
)]

mod built;
mod gate;
mod host;
mod line;
mod load;
mod patience;
mod stage;
mod webhook;

pub use built::{binary, plugin, target_folder};
pub use gate::Gate;
pub use host::{
    ADMIN_TOKEN, ALL_GRANTS, Channel, Host, HostBuilder, Log, PUBLIC_URL, Setup, Starting,
};
pub use line::{Bot, Delivery, Line, Sent, User};
pub use load::{Load, Summary};
pub use patience::PATIENCE;
pub use stage::Stage;
pub use webhook::{Answer, Sender, message};
