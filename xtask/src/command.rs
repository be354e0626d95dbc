//! Child processes that must succeed: those of `botbox-build`, with the errors of tasks.

use std::process::Command;

use botbox_build::command;

/// Runs a command whose output is for the user.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    Ok(command::run(command)?)
}

/// Runs a command whose output is for this program; what it says is shown when it fails.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    Ok(command::output(command)?)
}
