//! Programs of the Rust world that a task needs, installed below the target folder.

use std::path::PathBuf;

use crate::command;
use crate::workspace::Workspace;

/// The path of a crate's program, which is built at the first call.
pub(crate) fn installed(
    workspace: &Workspace,
    name: &str,
    options: &[&str],
) -> anyhow::Result<PathBuf> {
    let folder = workspace.target("tools");
    let program = folder.join("bin").join(name);
    if !program.exists() {
        let mut install = workspace.cargo(&["install", name, "--locked", "--root"]);
        command::run(install.arg(&folder).args(options))?;
    }
    Ok(program)
}
