//! `botbox man`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Command;

use crate::output;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  botbox man ~/.local/share/man/man1 && man botbox-deploy")]
pub(crate) struct Arguments {
    /// The folder to write them to.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Writes a manual page of the command, and of each below it.
pub(crate) fn run(command: Command, arguments: &Arguments) -> anyhow::Result<()> {
    let folder = &arguments.folder;
    let written = fs::create_dir_all(folder);
    let written = written.and_then(|()| clap_mangen::generate_to(command, folder));
    written.with_context(|| format!("cannot write to {}", folder.display()))?;
    output::line(&format!("the manual pages are in {}", folder.display()))
}
