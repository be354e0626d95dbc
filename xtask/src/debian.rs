//! A compiler for guests out of Debian's packages, unpacked under the target directory: nothing
//! is installed, and no root is needed.
//!
//! The packages hold a compiler and the sources of its standard library, but no library for
//! WebAssembly: cargo builds that with each set of guests. The linkers are those of the active
//! toolchain.

mod partial;
mod unpacked;

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use self::partial::Partial;
use self::unpacked::{libraries, rustc};
use crate::command;
use crate::target::Target;
use crate::workspace::Workspace;

pub(crate) struct DebianToolchain {
    /// Where the packages are unpacked.
    root: PathBuf,
    /// The folder of the active toolchain that holds `rust-lld` and `wasm-component-ld`.
    linkers: PathBuf,
}

impl DebianToolchain {
    /// The toolchain that an earlier run has unpacked.
    pub(crate) fn unpacked(workspace: &Workspace) -> anyhow::Result<Option<Self>> {
        let root = workspace.target("guest-toolchain");
        if !root.is_dir() {
            return Ok(None);
        }
        let linkers = linkers()?;
        Ok(Some(Self { root, linkers }))
    }

    pub(crate) fn unpack(workspace: &Workspace) -> anyhow::Result<Self> {
        let root = workspace.target("guest-toolchain");
        let linkers = linkers()?;
        let _lock = lock(workspace)?;
        if !root.is_dir() {
            // Renamed when complete: an interrupted run leaves no half toolchain.
            let partial = Partial::create(workspace.target("guest-toolchain.partial"))?;
            partial.fill()?;
            fs::rename(partial.root(), &root)
                .with_context(|| format!("cannot move the compiler to {}", root.display()))?;
        }
        Ok(Self { root, linkers })
    }

    pub(crate) fn configure(&self, cargo: &mut Command, target: Target) {
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

fn linkers() -> anyhow::Result<PathBuf> {
    let libraries = command::output(Command::new("rustc").args(["--print", "target-libdir"]))?;
    let linkers = Path::new(libraries.trim()).with_file_name("bin");
    ensure!(
        linkers.join("rust-lld").is_file(),
        "the active toolchain has no rust-lld; use one that rustup installed"
    );
    Ok(linkers)
}

/// Two tasks at the same time must not unpack into one folder.
fn lock(workspace: &Workspace) -> anyhow::Result<File> {
    let path = workspace.target("guest-toolchain.lock");
    let lock = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    lock.lock()
        .with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(lock)
}
