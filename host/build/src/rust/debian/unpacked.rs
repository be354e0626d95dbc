//! Paths of the unpacked packages.

use std::env;
use std::path::{Path, PathBuf};

pub(super) fn rustc(root: &Path) -> PathBuf {
    root.join("usr/bin/rustc")
}

pub(super) fn libraries(root: &Path) -> PathBuf {
    root.join(format!("usr/lib/{}-linux-gnu", env::consts::ARCH))
}
