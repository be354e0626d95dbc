//! `botbox deployment`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::{self, OutputArguments};
use crate::terminal::{self, one_line};
use crate::time::to_the_second;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Lists the deployments of a channel, newest first.
    List(ListArguments),
    /// Shows a deployment, with the document that its plugin runs with.
    Show(ShowArguments),
}

#[derive(clap::Args)]
struct ListArguments {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

#[derive(clap::Args)]
struct ShowArguments {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    /// The number of the deployment.
    #[arg(value_name = "NUMBER")]
    number: u64,
}

#[derive(Deserialize)]
struct Deployment<'a> {
    number: u64,
    plugin: String,
    created: i64,
    created_by: String,
    #[serde(default)]
    serves: String,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List(ListArguments { channel, limit }) => {
            let list = List {
                path: vec!["channels", channel, "deployments"],
                field: "deployments",
                cursor: "before",
                filters: Vec::new(),
                limit: Some(*limit),
            };
            let heading = ["NUMBER", "CREATED", "BY", "PLUGIN", "SERVES"];
            list.read(&client).await?.print(&client, json, heading, row)
        }
        Command::Show(ShowArguments { channel, number }) => {
            let path = ["channels", channel, "deployments", &number.to_string()];
            let text = client.get(&path, &()).await?;
            if json {
                return output::line(&terminal::json(&text));
            }
            show(&client.parse(&text)?)
        }
    }
}

fn row(deployment: Deployment<'_>) -> [String; 5] {
    [
        deployment.number.to_string(),
        to_the_second(deployment.created),
        one_line(&deployment.created_by),
        one_line(&deployment.plugin),
        one_line(&deployment.serves),
    ]
}

fn show(deployment: &Deployment<'_>) -> anyhow::Result<()> {
    output::field("number", &deployment.number.to_string())?;
    output::field("plugin", &deployment.plugin)?;
    output::field("created", &to_the_second(deployment.created))?;
    output::field("by", &deployment.created_by)?;
    if !deployment.serves.is_empty() {
        output::field("serves", &deployment.serves)?;
    }
    match deployment.document {
        Some(document) => output::document("document", document.get()),
        None => Ok(()),
    }
}
