//! `botbox deployments`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::terminal::{self, one_line};
use crate::time::to_the_second;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
}

#[derive(Deserialize)]
struct Deployments {
    deployments: Vec<Deployment>,
}

#[derive(Deserialize)]
struct Deployment {
    number: u64,
    plugin: String,
    created: i64,
    created_by: String,
    #[serde(default)]
    serves: String,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let path = ["channels", &arguments.channel, "deployments"];
    let text = client.get(&path, &()).await?;
    if arguments.output.json {
        return output::line(&terminal::json(&text));
    }
    let Deployments { deployments } = client.parse(&text)?;
    let rows: Vec<_> = deployments.iter().map(row).collect();
    output::table(["NUMBER", "CREATED", "BY", "PLUGIN", "SERVES"], &rows)
}

fn row(deployment: &Deployment) -> [String; 5] {
    [
        deployment.number.to_string(),
        to_the_second(deployment.created),
        one_line(&deployment.created_by),
        one_line(&deployment.plugin),
        one_line(&deployment.serves),
    ]
}
