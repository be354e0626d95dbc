//! `cargo xtask fuzz`: each fuzz target for a while.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::command;
use crate::workspace::Workspace;

/// How long each target runs unless the command says otherwise: what a scheduled job has time for.
pub(crate) const SECONDS: u32 = 60;

/// Runs all targets, or the one that is named, for so long.
pub(crate) fn run(workspace: &Workspace, seconds: u32, only: Option<&str>) -> anyhow::Result<()> {
    let tool = tool(workspace)?;
    for target in targets(workspace)? {
        if only.is_some_and(|only| only != target) {
            continue;
        }
        eprintln!("== {target}");
        let mut fuzz = std::process::Command::new(&tool);
        // The sanitizers are not stable yet.
        fuzz.env("RUSTC_BOOTSTRAP", "1")
            .current_dir(workspace.root())
            .args(["run", "--features=host", &target])
            .arg(format!("fuzz/corpus/{target}"));
        let seeds = format!("fuzz/seeds/{target}");
        fs::create_dir_all(workspace.root().join("fuzz/corpus").join(&target))?;
        if workspace.root().join(&seeds).exists() {
            fuzz.arg(seeds);
        }
        fuzz.args(["--", &format!("-max_total_time={seconds}")]);
        // What waits on purpose, or compiles patterns, is slow under a sanitizer.
        fuzz.args(["-timeout=10", "-rss_limit_mb=4096"]);
        command::run(&mut fuzz)?;
    }
    Ok(())
}

/// The names of the targets: those of their files.
fn targets(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let folder = workspace.root().join("fuzz/fuzz_targets");
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut targets = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            targets.push(name.to_owned());
        }
    }
    targets.sort_unstable();
    Ok(targets)
}

/// cargo-fuzz, installed below the target folder.
fn tool(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let folder = workspace.target("tools");
    let tool = folder.join("bin/cargo-fuzz");
    if !tool.exists() {
        let mut install = workspace.cargo(&["install", "cargo-fuzz", "--locked", "--root"]);
        command::run(install.arg(&folder))?;
    }
    Ok(tool)
}
