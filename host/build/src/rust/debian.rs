//! A compiler for guests out of Debian's packages, unpacked into a folder: nothing is installed, and no root
//! is needed.
//!
//! The packages hold a compiler and the sources of its standard library, but no library for
//! WebAssembly: cargo builds that with each set of guests. The linkers are those of the active
//! toolchain.

mod partial;
mod unpacked;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use self::partial::Partial;
use self::unpacked::{libraries, rustc};
use super::target::Target;
use crate::command;
use crate::language::BuildError;
use crate::lock::lock;
use crate::progress::Progress;

/// A compiler out of Debian's packages.
pub struct DebianToolchain {
    /// Where the packages are unpacked.
    root: PathBuf,
    /// The folder of the active toolchain that holds `rust-lld` and `wasm-component-ld`.
    linkers: PathBuf,
}

impl DebianToolchain {
    /// The toolchain that an earlier run has unpacked.
    pub(super) fn unpacked(root: &Path) -> Result<Option<Self>, BuildError> {
        if !root.is_dir() {
            return Ok(None);
        }
        let linkers = linkers()?;
        let root = root.to_owned();
        Ok(Some(Self { root, linkers }))
    }

    pub(super) fn unpack(root: &Path, progress: Progress<'_>) -> Result<Self, BuildError> {
        let linkers = linkers()?;
        let _lock = lock(&root.with_extension("lock"))?;
        if !root.is_dir() {
            // Renamed when complete: an interrupted run leaves no half toolchain.
            let partial = Partial::create(root.with_extension("partial"))?;
            partial.fill(progress)?;
            fs::rename(partial.root(), root).map_err(BuildError::disk("make", root))?;
        }
        let root = root.to_owned();
        Ok(Self { root, linkers })
    }

    pub(super) fn configure(&self, cargo: &mut Command, target: Target) {
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            // -Z is for nightly compilers, and this one is stable.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", rustc(&self.root))
            .env("LD_LIBRARY_PATH", libraries(&self.root));
        match target {
            Target::Unknown => self.link_modules(cargo),
            Target::Wasip2 => self.link_components(cargo),
        }
    }

    fn link_modules(&self, cargo: &mut Command) {
        cargo.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
            self.linkers.join("rust-lld"),
        );
    }

    fn link_components(&self, cargo: &mut Command) {
        let libc = self.root.join("usr/lib/wasm32-wasi");
        let flags = [
            "-Clink-self-contained=no".into(),
            format!("-Lnative={}", libc.display()),
            format!("-Clink-arg={}", libc.join("crt1-reactor.o").display()),
        ];
        // wasm-component-ld looks for wasm-ld there.
        let mut path = self.linkers.join("gcc-ld").into_os_string();
        path.push(":");
        path.push(env::var_os("PATH").unwrap_or_default());
        cargo
            .env(
                "CARGO_TARGET_WASM32_WASIP2_LINKER",
                self.linkers.join("wasm-component-ld"),
            )
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
            .env("PATH", path);
    }
}

fn linkers() -> Result<PathBuf, BuildError> {
    let libraries = command::output(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let linkers = Path::new(libraries.trim()).with_file_name("bin");
    if !linkers.join("rust-lld").is_file() {
        return Err(BuildError::Missing(String::from(
            "the active toolchain has no rust-lld; use one that rustup installed",
        )));
    }
    Ok(linkers)
}
