//! `cargo xtask fuzz`: each fuzz target for a while.

use std::fs;

use anyhow::Context as _;

use crate::command;
use crate::tools;
use crate::workspace::Workspace;

/// How long each target runs unless the command says otherwise: what a scheduled job has time for.
pub(crate) const SECONDS: u32 = 60;

/// The targets that need the whole host, whose compiler for plugins takes minutes to build.
const NEED_HOST: [&str; 5] = ["configuration", "control_api", "grants", "guest", "range"];

/// Runs all targets, or the one that is named, for so long.
pub(crate) fn run(workspace: &Workspace, seconds: u32, only: Option<&str>) -> anyhow::Result<()> {
    let tool = tools::installed(workspace, "cargo-fuzz", &[])?;
    for target in targets(workspace)? {
        if only.is_some_and(|only| only != target) {
            continue;
        }
        eprintln!("== {target}");
        let mut fuzz = std::process::Command::new(&tool);
        // The coverage that guides the fuzzer is not stable yet. Memory is safe by language here, so
        // an address sanitizer would find nothing, at half of the speed.
        fuzz.env("RUSTC_BOOTSTRAP", "1")
            .current_dir(workspace.root())
            .args(["run", "--sanitizer=none", &target])
            .arg(format!("fuzz/corpus/{target}"));
        if NEED_HOST.contains(&target.as_str()) {
            fuzz.arg("--features=host");
        }
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
