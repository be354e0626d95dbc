//! Bots in other languages than Rust: their SDKs' own tests, and the components of examples and tests.
//!
//! A language is built where its tools are. Where they are not, a file beside the plugins says why, so that
//! the tests that need its plugins can tell a machine that has no tools from a build that was forgotten.

mod typescript;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;

use crate::workspace::Workspace;

/// A language's tools, as a build finds them.
enum Tools {
    There,
    /// What is missing.
    Missing(String),
}

struct Language {
    name: &'static str,
    /// Its SDK's folder, in which the examples are, too.
    sdk: &'static str,
    /// Folders in it that are made.
    made: &'static [&'static str],
    tools: fn() -> Tools,
    build: fn(&Workspace) -> anyhow::Result<()>,
}

const LANGUAGES: [Language; 1] = [typescript::LANGUAGE];

/// Builds the plugins of all languages that this machine has the tools for, and runs their unit tests.
pub(crate) fn build_all(workspace: &Workspace) -> anyhow::Result<()> {
    for language in &LANGUAGES {
        language.build(workspace)?;
    }
    Ok(())
}

impl Language {
    fn build(&self, workspace: &Workspace) -> anyhow::Result<()> {
        let plugins = workspace.target("plugins");
        fs::create_dir_all(&plugins)
            .with_context(|| format!("cannot make {}", plugins.display()))?;
        let note = |ending| plugins.join(format!("{}.{ending}", self.name));
        let (skipped, built) = (note("skipped"), note("built"));
        if let Tools::Missing(what) = (self.tools)() {
            eprintln!("  {} is skipped: {what}", self.name);
            return fs::write(&skipped, what)
                .with_context(|| format!("cannot write {}", skipped.display()));
        }
        if self.is_newer_than(&built, workspace)? {
            (self.build)(workspace)?;
            fs::write(&built, "").with_context(|| format!("cannot write {}", built.display()))?;
        }
        if skipped.exists() {
            fs::remove_file(&skipped)
                .with_context(|| format!("cannot remove {}", skipped.display()))?;
        }
        Ok(())
    }

    /// Whether the SDK, an example, or the contract has changed since a file was written.
    fn is_newer_than(&self, built: &Path, workspace: &Workspace) -> anyhow::Result<bool> {
        let Ok(built) = fs::metadata(built).and_then(|it| it.modified()) else {
            return Ok(true);
        };
        let sdk = newest(&workspace.root().join(self.sdk), self.made)?;
        let contract = newest(&workspace.root().join("wit"), &[])?;
        Ok(sdk.max(contract) > built)
    }
}

/// When a file below a folder was written last.
fn newest(folder: &Path, made: &[&str]) -> anyhow::Result<SystemTime> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut newest = SystemTime::UNIX_EPOCH;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let path: PathBuf = entry.path();
        let time = if !path.is_dir() {
            let written = entry.metadata().and_then(|it| it.modified());
            written.with_context(|| format!("cannot look at {}", path.display()))?
        } else if made.iter().any(|name| path.ends_with(name)) {
            continue;
        } else {
            self::newest(&path, made)?
        };
        newest = newest.max(time);
    }
    Ok(newest)
}
