//! `botbox reload`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::terminal::{self, one_line};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Deserialize)]
struct Reloaded {
    changes: Vec<String>,
}

/// Has the host read its configuration file again, and prints what has changed.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let text = client.post(&["reload"], &serde_json::Map::new()).await?;
    if arguments.output.json {
        return output::line(&terminal::json(&text));
    }
    let Reloaded { changes } = client.parse(&text)?;
    if changes.is_empty() {
        output::remark("nothing has changed of the channels in the configuration file");
    }
    let mut changes = changes.iter();
    changes.try_for_each(|change| output::line(&one_line(change)))
}
