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
mod channel;
mod compiled;
mod control_group;
mod faults;
mod gate;
mod host;
mod host_builder;
mod line;
mod load;
mod log;
mod patience;
mod setup;
mod small_disk;
mod stage;
mod webhook;

pub use built::{binary, plugin, skipped, target_folder};
pub use channel::{ALL_GRANTS, Channel};
pub use control_group::ControlGroup;
pub use faults::library;
pub use gate::Gate;
pub use host::{ADMIN_TOKEN, Host};
pub use host_builder::{HostBuilder, PUBLIC_URL};
pub use line::{Bot, Delivery, Line, Sent, User};
pub use load::{Load, Summary};
pub use log::Log;
pub use patience::PATIENCE;
pub use setup::{Setup, Starting};
pub use small_disk::SmallDisk;
pub use stage::Stage;
pub use webhook::{Answer, Sender, message};
