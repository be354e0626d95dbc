//! `botbox backup`.

use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::terminal;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The folder to make, on the host's machine.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = std::path::absolute(&arguments.folder).context("cannot tell where that is")?;
    let client = AdminClient::new(&arguments.admin).await?;
    let text = client.post(&["backup"], &json!({"folder": folder})).await?;
    if arguments.output.json {
        return output::line(&terminal::json(&text));
    }
    output::line(&format!("backed up to {}", folder.display()))
}
