//! The stage of the whole-system tests: a simulator and the real `botbox` binary, on real sockets.
//!
//! `cargo xtask test` builds the binary and the plugins first; the tests run what is built.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a stage that does not stand fails the test"
)]

mod gate;
mod host;
mod line;
mod load;
mod stage;
mod webhook;

use std::path::PathBuf;

pub use gate::Gate;
pub use host::{
    ADMIN_TOKEN, ALL_GRANTS, Channel, Host, HostBuilder, Log, PUBLIC_URL, Setup, Starting,
};
pub use line::{Bot, Delivery, Line, Sent, User};
pub use load::{Load, Summary};
pub use stage::Stage;
pub use webhook::{Answer, Sender, message};

/// How long the tests wait for what must come: much longer than it takes on a busy machine.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// How often the tests poll for what nothing notifies them of.
pub(crate) const POLL: std::time::Duration = std::time::Duration::from_millis(20);

/// The folder that cargo builds into.
#[must_use]
pub fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    // target/debug/deps/system-0123
    let target = test.ancestors().nth(3);
    target.expect("the test is in the target folder").to_owned()
}

/// The `botbox` binary: the one that `BOTBOX_BINARY` names, else the one that is built with the
/// tests.
#[must_use]
pub fn binary() -> PathBuf {
    let binary = std::env::var_os("BOTBOX_BINARY").map(PathBuf::from);
    built(binary.unwrap_or_else(|| target_folder().join("debug/botbox")))
}

/// A plugin that `cargo xtask plugins` built.
#[must_use]
pub fn plugin(name: &str) -> PathBuf {
    built(target_folder().join(format!("plugins/{name}.wasm")))
}

fn built(path: PathBuf) -> PathBuf {
    assert!(
        path.exists(),
        "{} is not built; run the tests with `cargo xtask test`",
        path.display()
    );
    path
}
