//! `cargo xtask bench`: the benchmark against a plain native bot, and against the bare disk.

use crate::command;
use crate::guest;
use crate::languages;
use crate::workspace::Workspace;

/// The benchmark, and the binary that it starts. Both times the same packages: else cargo would
/// choose other features and compile the dependencies twice.
const PACKAGES: [&str; 3] = ["--locked", "--package=botbox", "--package=botbox-tests"];

pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> anyhow::Result<()> {
    guest::build_examples(workspace)?;
    if args == ["languages"] {
        languages::build_all(workspace)?;
    }
    if let ["micro", filters @ ..] = args {
        let mut bench = workspace.cargo(&["bench", "--bench=micro"]);
        return command::run(bench.args(PACKAGES).arg("--").args(filters));
    }
    build(workspace)?;
    let mut bench = workspace.cargo(&["bench", "--bench=performance"]);
    command::run(bench.args(PACKAGES).arg("--").args(args))
}

/// Builds the binary as it is released.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let mut build = workspace.cargo(&["build", "--release", "--bin=botbox", "--bench=performance"]);
    command::run(build.args(PACKAGES))
}
