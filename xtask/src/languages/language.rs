//! A language, and when its plugins are built.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::Context as _;

use crate::workspace::Workspace;

/// A language's tools, as a build finds them.
pub(super) enum Tools {
    There,
    /// What is missing.
    Missing(String),
}

pub(super) struct Language {
    pub(super) name: &'static str,
    /// Its SDK's folder, in which the examples are, too.
    pub(super) sdk: &'static str,
    /// Folders in it that are made.
    pub(super) made: &'static [&'static str],
    pub(super) tools: fn() -> Tools,
    pub(super) build: fn(&Workspace) -> anyhow::Result<()>,
}

impl Language {
    pub(super) fn build(&self, workspace: &Workspace) -> anyhow::Result<()> {
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
            let begin = Instant::now();
            (self.build)(workspace)?;
            eprintln!("  {}: {:.1} s", self.name, begin.elapsed().as_secs_f64());
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
