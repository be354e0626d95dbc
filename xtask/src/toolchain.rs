//! The compiler for guests: the active toolchain when it has the target or rustup can add it,
//! else one made of Debian's packages.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use crate::command;
use crate::debian::DebianToolchain;
use crate::target::Target;
use crate::workspace::Workspace;

/// Enough for a slow network, and short enough for one that swallows packets.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

pub(crate) enum Toolchain {
    Active,
    Debian(DebianToolchain),
}

impl Toolchain {
    pub(crate) fn find(workspace: &Workspace, target: Target) -> anyhow::Result<Self> {
        if active_has(target)? {
            return Ok(Self::Active);
        }
        // Before rustup, so that a machine where rustup cannot reach its server asks it once.
        if let Some(debian) = DebianToolchain::unpacked(workspace)? {
            return Ok(Self::Debian(debian));
        }
        if rustup_adds(target)? {
            return Ok(Self::Active);
        }
        eprintln!("rustup cannot add {target}; making a compiler of Debian's packages");
        DebianToolchain::unpack(workspace)
            .map(Self::Debian)
            .with_context(|| {
                format!(
                    "guests need the Rust target {target}, which neither rustup nor Debian's \
                     packages gave; run `rustup target add {target}` where rustup has network"
                )
            })
    }

    /// Makes a `cargo build` use this toolchain.
    pub(crate) fn configure(&self, cargo: &mut Command, target: Target) {
        cargo
            .args(["--target", target.triple()])
            // Flags meant for this machine's processor and linker are not for guests.
            .env("CARGO_ENCODED_RUSTFLAGS", "");
        match self {
            Self::Active => {}
            Self::Debian(debian) => debian.configure(cargo, target),
        }
    }
}

/// Looks at the files, because not every toolchain comes from rustup.
fn active_has(target: Target) -> anyhow::Result<bool> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", target.triple()]);
    let libraries = PathBuf::from(command::output(&mut rustc)?.trim());
    Ok(fs::read_dir(libraries).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    }))
}

fn rustup_adds(target: Target) -> anyhow::Result<bool> {
    eprintln!("adding {target} to the active toolchain with rustup (a download of 20 MB)");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", target.triple()]);
    Ok(command::succeeds_within(&mut rustup, RUSTUP_LIMIT) && active_has(target)?)
}
