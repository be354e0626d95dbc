//! `botbox check`.

use std::path::PathBuf;

use anyhow::bail;

use crate::output;
use crate::serve::own_program;
use crate::terminal::one_line;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "botbox.toml")]
    config: PathBuf,
}

/// Prints all that is wrong, and fails if there is anything.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let report = botbox_server::check(&arguments.config, own_program()?).await?;
    for channel in &report.channels {
        output::line(&one_line(channel))?;
    }
    for warning in &report.warnings {
        output::line(&format!("warning: {}", one_line(warning)))?;
    }
    for problem in &report.problems {
        output::line(&format!("problem: {}", one_line(&problem.to_string())))?;
    }
    match report.problems.len() {
        0 => Ok(()),
        1 => bail!("the configuration has a problem"),
        count => bail!("the configuration has {count} problems"),
    }
}
