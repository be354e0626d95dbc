//! A toolchain in the making: package lists, packages and what they hold.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::unpacked::{libraries, rustc};
use crate::command;
use crate::language::BuildError;
use crate::progress::Progress;

/// What guests are built with; the versioned packages behind these are found by their dependencies.
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "wasi-libc"];

/// Removed with everything in it when dropped.
pub(super) struct Partial {
    folder: PathBuf,
}

impl Partial {
    pub(super) fn create(folder: PathBuf) -> Result<Self, BuildError> {
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(BuildError::disk("remove", &folder))?;
        }
        let partial = Self { folder };
        for needed in [
            "state/lists/partial",
            "cache/archives/partial",
            "packages",
            "root",
        ] {
            let needed = partial.folder.join(needed);
            fs::create_dir_all(&needed).map_err(BuildError::disk("create", &needed))?;
        }
        Ok(partial)
    }

    pub(super) fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    pub(super) fn fill(&self, progress: Progress<'_>) -> Result<(), BuildError> {
        progress.say("  reading Debian's package lists");
        command::output(self.apt("apt-get").arg("update"))?;
        let packages = self.missing_packages()?;
        progress.say(&format!("  downloading {} (140 MB)", packages.join(", ")));
        command::output(
            self.apt("apt-get")
                .arg("download")
                .args(&packages)
                .current_dir(self.folder.join("packages")),
        )?;
        progress.say("  unpacking them (850 MB, once)");
        self.unpack_packages()?;
        self.check_compiler()
    }

    /// Apt with lists and cache of its own, that knows what is installed here.
    fn apt(&self, program: &str) -> Command {
        let mut apt = Command::new(program);
        apt.env("LC_ALL", "C")
            .arg(format!(
                "-oDir::State={}",
                self.folder.join("state").display()
            ))
            .arg(format!(
                "-oDir::Cache={}",
                self.folder.join("cache").display()
            ))
            .arg("-oDir::State::status=/var/lib/dpkg/status")
            // Without this, apt that root runs switches to a user that may not write here.
            .arg("-oAPT::Sandbox::User=");
        apt
    }

    /// The packages and all that they depend on, without what is installed.
    fn missing_packages(&self) -> Result<Vec<String>, BuildError> {
        let installed = command::output(Command::new("dpkg-query").args([
            "--show",
            "--showformat",
            "${db:Status-Abbrev}${Package}\n",
        ]))?;
        let installed: HashSet<&str> = installed
            .lines()
            .filter_map(|line| line.strip_prefix("ii "))
            .collect();
        let needed = command::output(
            self.apt("apt-cache")
                .args(["depends", "--recurse", "--no-recommends", "--no-suggests"])
                .args([
                    "--no-conflicts",
                    "--no-breaks",
                    "--no-replaces",
                    "--no-enhances",
                ])
                .args(PACKAGES),
        )?;
        // The compiler finds its libraries beside itself, so these are needed even if installed.
        let beside = |name: &str| PACKAGES.contains(&name) || name.contains("-rust-");
        // Packages stand at the beginning of a line, their relations are indented; names in
        // angle brackets are virtual, with a colon of another architecture.
        Ok(needed
            .lines()
            .filter(|name| !name.starts_with([' ', '<']) && !name.contains(':'))
            .filter(|name| beside(name) || !installed.contains(name))
            .map(String::from)
            .collect())
    }

    fn unpack_packages(&self) -> Result<(), BuildError> {
        let packages = self.folder.join("packages");
        let entries = fs::read_dir(&packages).map_err(BuildError::disk("read", &packages))?;
        for entry in entries {
            let package = entry.map_err(BuildError::disk("read", &packages))?.path();
            command::output(
                Command::new("dpkg-deb")
                    .arg("-x")
                    .arg(package)
                    .arg(self.root()),
            )?;
        }
        Ok(())
    }

    /// Proves that the compiler starts, and that it is new enough.
    fn check_compiler(&self) -> Result<(), BuildError> {
        let root = self.root();
        let version = command::output(
            Command::new(rustc(&root))
                .arg("--version")
                .env("LD_LIBRARY_PATH", libraries(&root)),
        )?;
        let needed = env!("CARGO_PKG_RUST_VERSION");
        let release = version.split(' ').nth(1).unwrap_or_default();
        if minor(release) < minor(needed) {
            return Err(BuildError::Missing(format!(
                "Debian's rustc-web is {release}, and bots need {needed}"
            )));
        }
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // The next run removes what could not be removed now.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The 95 of 1.95.0; all versions of Rust so far begin with 1.
fn minor(version: &str) -> Option<u32> {
    version.split('.').nth(1)?.parse().ok()
}
