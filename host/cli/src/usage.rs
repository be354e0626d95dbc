//! `botbox usage`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::OutputArguments;
use crate::terminal::one_line;
use crate::watch::WatchArguments;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  botbox usage
  botbox usage --month 2026-11 --provider acme
  botbox usage --month 2026-11 --json")]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    watch: WatchArguments,
    /// The month, such as 2026-11, by LINE's time (UTC+9). Default: the present one.
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// That of this provider's channels.
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    provider_id: i64,
    provider: String,
    is_deleted: bool,
    channel: String,
    events: u64,
    attempts: u64,
    cpu_ms: u64,
    sends: Sends,
}

#[derive(Deserialize)]
struct Sends {
    reply: u64,
    push: u64,
    multicast: u64,
    narrowcast: u64,
    broadcast: u64,
    notification: u64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    arguments
        .watch
        .repeat(async || print(&client, arguments).await)
        .await
}

async fn print(client: &AdminClient, arguments: &Arguments) -> anyhow::Result<()> {
    let month = arguments.month.iter().map(|it| ("month", it.clone()));
    let provider = arguments.provider.iter();
    let provider = provider.map(|it| ("provider", it.clone()));
    let list = List {
        path: vec!["usage"],
        field: "usage",
        cursor: "after",
        filters: month.chain(provider).collect(),
        limit: None,
    };
    let heading = [
        "PROVIDER",
        "CHANNEL",
        "EVENTS",
        "ATTEMPTS",
        "CPU ms",
        "REPLY",
        "PUSH",
        "OTHER SENDS",
    ];
    let listed = list.read(client).await?;
    listed.print(client, arguments.output.json, heading, row)
}

fn row(usage: Usage) -> [String; 8] {
    let provider = one_line(&usage.provider);
    let sends = &usage.sends;
    let others = sends.multicast + sends.narrowcast + sends.broadcast + sends.notification;
    [
        // Another one may have its name.
        match usage.is_deleted {
            true => format!("{provider} (deleted, {})", usage.provider_id),
            false => provider,
        },
        one_line(&usage.channel),
        usage.events.to_string(),
        usage.attempts.to_string(),
        usage.cpu_ms.to_string(),
        sends.reply.to_string(),
        sends.push.to_string(),
        others.to_string(),
    ]
}
