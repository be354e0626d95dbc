//! The compiler for guests: the active toolchain when it has the target or rustup can add it,
//! else one made of Debian's packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::debian::DebianToolchain;
use super::target::Target;
use crate::command;
use crate::language::BuildError;
use crate::progress::Progress;

/// How long rustup may take: 90 s, enough for a slow network, and short enough for one that swallows packets.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);

/// A compiler for guests.
pub enum Toolchain {
    /// The one that cargo uses anyway.
    Active,
    /// One made of Debian's packages.
    Debian(DebianToolchain),
}

impl Toolchain {
    /// Finds or makes one. What is made of Debian's packages is in the folder `unpacked`.
    ///
    /// # Errors
    ///
    /// What is missing, and what to do.
    pub fn find(
        target: Target,
        unpacked: &Path,
        progress: Progress<'_>,
    ) -> Result<Self, BuildError> {
        if active_has(target)? {
            return Ok(Self::Active);
        }
        // Before rustup, so that a machine where rustup cannot reach its server asks it once.
        if let Some(debian) = DebianToolchain::unpacked(unpacked)? {
            return Ok(Self::Debian(debian));
        }
        progress.say(&format!(
            "adding {target} to the active toolchain with rustup (a download of 20 MB)"
        ));
        if rustup_adds(target)? {
            return Ok(Self::Active);
        }
        progress.say(&format!(
            "rustup cannot add {target}; making a compiler of Debian's packages"
        ));
        let made = DebianToolchain::unpack(unpacked, progress);
        made.map(Self::Debian).map_err(|error| {
            BuildError::Missing(format!(
                "bots need the Rust target {target}, which neither rustup nor Debian's packages \
                 gave ({error}); run `rustup target add {target}` where rustup has network"
            ))
        })
    }

    /// Makes a `cargo build` use this toolchain.
    pub fn configure(&self, cargo: &mut Command, target: Target) {
        cargo
            .args(["--target", target.triple()])
            // Flags meant for this machine's processor and linker are not for guests.
            .env("CARGO_ENCODED_RUSTFLAGS", target.flags());
        match self {
            Self::Active => {}
            Self::Debian(debian) => debian.configure(cargo, target),
        }
    }
}

/// Looks at the files, because not every toolchain comes from rustup.
fn active_has(target: Target) -> Result<bool, BuildError> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", target.triple()]);
    let libraries = PathBuf::from(command::output(&mut rustc)?.trim());
    Ok(fs::read_dir(libraries).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    }))
}

fn rustup_adds(target: Target) -> Result<bool, BuildError> {
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", target.triple()]);
    Ok(command::succeeds_within(&mut rustup, RUSTUP_LIMIT) && active_has(target)?)
}
