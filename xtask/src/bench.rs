//! `cargo xtask bench`: the benchmark against a plain native bot.

use crate::command;
use crate::guest;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> anyhow::Result<()> {
    guest::build_all(workspace)?;
    let mut cargo = workspace.cargo(&[
        "bench",
        "--locked",
        "--package=botbox-tests",
        "--bench=echo",
    ]);
    command::run(cargo.arg("--").args(args))
}
