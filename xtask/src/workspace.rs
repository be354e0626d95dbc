//! Where the project lies, and how its cargo is called.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the folder of xtask has no parent")?;
        Ok(Self { root: root.into() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path in the target directory. Always the one in the workspace, since the tests look
    /// there for the binary and the plugins.
    pub(crate) fn target(&self, below: &str) -> PathBuf {
        self.root.join("target").join(below)
    }

    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut cargo = Command::new("cargo");
        cargo
            .args(args)
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.target(""));
        forget_own_package(&mut cargo);
        cargo
    }
}

/// `cargo run` tells this process about the package xtask by environment. Build scripts that
/// watch these variables would run again each time a build is started here after one that was
/// started by hand.
fn forget_own_package(cargo: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if own {
            cargo.env_remove(name);
        }
    }
}
