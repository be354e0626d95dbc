//! `botbox journal`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::events::{self, List};
use crate::filters::{Filters, State};
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
    /// Lists events, newest first.
    List(ListArguments),
    /// Shows all that is known of an event: its JSON, and each attempt that failed.
    Show(ShowArguments),
    /// Counts what each channel has.
    Stats,
}

#[derive(clap::Args)]
struct ListArguments {
    #[command(flatten)]
    filters: Filters,
    /// Those in this state.
    #[arg(long, value_name = "STATE")]
    state: Option<State>,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

/// Which event.
#[derive(clap::Args)]
pub(crate) struct ShowArguments {
    /// The event's channel.
    #[arg(value_name = "CHANNEL")]
    pub(crate) channel: String,
    /// The event's id, as `list` prints it.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

#[derive(Deserialize)]
struct Stats {
    channels: Vec<ChannelStats>,
    failure: Option<String>,
}

#[derive(Deserialize)]
struct ChannelStats {
    channel: String,
    waiting: u64,
    waiting_bytes: u64,
    oldest: Option<i64>,
    dead: u64,
    kept_bytes: u64,
    scheduled: u64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List(arguments) => {
            let list = List {
                path: &["journal", "events"],
                filters: &arguments.filters,
                state: arguments.state,
                limit: arguments.limit,
                json,
            };
            events::list(&client, list).await
        }
        Command::Show(which) => events::show(&client, &which.channel, &which.id, json).await,
        Command::Stats => stats(&client, json).await,
    }
}

async fn stats(client: &AdminClient, json: bool) -> anyhow::Result<()> {
    let text = client.get(&["journal", "stats"], &()).await?;
    if json {
        return output::line(&terminal::json(&text));
    }
    let stats: Stats = client.parse(&text)?;
    let heading = [
        "CHANNEL",
        "WAITING",
        "BYTES",
        "OLDEST",
        "DEAD",
        "KEPT",
        "SCHEDULED",
    ];
    let rows: Vec<_> = stats.channels.iter().map(row).collect();
    output::table(heading, &rows)?;
    if let Some(failure) = stats.failure {
        let failure = one_line(&failure);
        output::remark(&format!("nothing can be kept any more: {failure}"));
    }
    Ok(())
}

fn row(stats: &ChannelStats) -> [String; 7] {
    [
        one_line(&stats.channel),
        stats.waiting.to_string(),
        stats.waiting_bytes.to_string(),
        stats
            .oldest
            .map_or_else(|| String::from("-"), to_the_second),
        stats.dead.to_string(),
        stats.kept_bytes.to_string(),
        stats.scheduled.to_string(),
    ]
}
