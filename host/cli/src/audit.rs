//! `botbox audit`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::OutputArguments;
use crate::terminal::one_line;
use crate::time::to_the_second;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// What concerns this channel.
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// How many entries at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

#[derive(Deserialize)]
struct Entry {
    at: i64,
    actor: String,
    action: String,
    provider: Option<String>,
    channel: Option<String>,
    detail: String,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let channel = arguments.channel.iter();
    let list = List {
        path: vec!["audit"],
        field: "entries",
        cursor: "before",
        filters: channel.map(|it| ("channel", it.clone())).collect(),
        limit: Some(arguments.limit),
    };
    let heading = ["AT", "WHO", "DID", "PROVIDER", "CHANNEL", "DETAIL"];
    let listed = list.read(&client).await?;
    listed.print(&client, arguments.output.json, heading, row)
}

fn row(entry: Entry) -> [String; 6] {
    let name = |name: Option<String>| one_line(name.as_deref().unwrap_or("-"));
    [
        to_the_second(entry.at),
        one_line(&entry.actor),
        one_line(&entry.action),
        name(entry.provider),
        name(entry.channel),
        one_line(&entry.detail),
    ]
}
