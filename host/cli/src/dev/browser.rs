//! Opens a page where there is a desktop.

use std::env;
use std::process::{Command, Stdio};

/// Has the person's browser show a page. Where there is none, nothing happens: the address is printed anyway.
pub(crate) fn open(url: &str) {
    let Some(program) = program() else {
        return;
    };
    let mut opener = Command::new(program);
    opener
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // It may not be installed.
    let _ = opener.spawn();
}

fn program() -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        return Some("open");
    }
    let is_desktop = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_desktop = ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(is_desktop);
    has_desktop.then_some("xdg-open")
}
