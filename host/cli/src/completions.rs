//! `botbox completions`.

use std::io::{self, Write as _};

use clap::Command;
use clap_complete::Shell;

use crate::output::OutputClosed;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  botbox completions bash > ~/.local/share/bash-completion/completions/botbox
  botbox completions zsh > \"${fpath[1]}/_botbox\"")]
pub(crate) struct Arguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints what completes the command in a shell.
pub(crate) fn run(mut command: Command, arguments: &Arguments) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "botbox", &mut script);
    match io::stdout().write_all(&script) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(OutputClosed.into()),
        result => Ok(result?),
    }
}
