//! Calls cargo for bots.

use super::package::{Package, cargo};
use super::target::Target;
use super::toolchain::Toolchain;
use crate::command;
use crate::language::{BuildError, Options};
use crate::progress::Progress;

/// Small, because a plugin is compiled, mapped and instantiated for every deployment.
const SMALL: [&str; 7] = [
    "profile.guest.inherits='release'",
    "profile.guest.opt-level='s'",
    "profile.guest.lto=true",
    "profile.guest.codegen-units=1",
    "profile.guest.panic='abort'",
    "profile.guest.strip=true",
    "profile.guest.incremental=false",
];

/// The same in less time: what did not change is not looked at again. It is of the same name, so that what runs at
/// build time is shared.
const QUICK: [&str; 7] = [
    "profile.guest.inherits='release'",
    "profile.guest.opt-level='s'",
    "profile.guest.lto=false",
    "profile.guest.codegen-units=16",
    "profile.guest.panic='abort'",
    "profile.guest.strip=true",
    "profile.guest.incremental=true",
];

/// Compiles bots of one workspace, those of a target at once.
///
/// # Errors
///
/// When they do not compile, or the compiler is missing.
pub fn compile(
    packages: &[&Package],
    options: &Options,
    progress: Progress<'_>,
) -> Result<(), BuildError> {
    for target in [Target::Unknown, Target::Wasip2] {
        let packages = packages.iter().filter(|package| package.target == target);
        let packages: Vec<_> = packages.collect();
        let Some(first) = packages.first() else {
            continue;
        };
        let unpacked = first.target_folder().join("guest-toolchain");
        let toolchain = Toolchain::find(target, &unpacked, progress)?;
        let mut cargo = cargo(&first.folder, &["build", "--profile=guest"]);
        cargo.env("CARGO_TARGET_DIR", first.made(""));
        let profile = if options.is_quick { QUICK } else { SMALL };
        for setting in profile {
            cargo.args(["--config", setting]);
        }
        if options.is_locked {
            cargo.arg("--locked");
        }
        for package in packages {
            cargo.args(["--package", &package.id]);
        }
        toolchain.configure(&mut cargo, target);
        let (status, said) = command::heard(&mut cargo)?;
        if !status.success() {
            return Err(BuildError::Sources { said });
        }
    }
    Ok(())
}
