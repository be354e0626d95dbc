//! `botbox timer`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::{self, OutputArguments};
use crate::terminal::one_line;
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
    /// Lists the timers of a channel that are still to come, the next one first.
    List(ListArguments),
    /// Cancels a timer: its plugin gets no event of it.
    Cancel(Which),
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
struct Which {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    /// The timer's id.
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Deserialize)]
struct Timer {
    id: String,
    at: i64,
    chat: String,
    payload: Option<String>,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List(ListArguments { channel, limit }) => {
            let list = List {
                path: vec!["channels", channel, "timers"],
                field: "timers",
                cursor: "after",
                filters: Vec::new(),
                limit: Some(*limit),
            };
            let row = |timer: Timer| {
                [
                    to_the_second(timer.at),
                    one_line(&timer.id),
                    one_line(&timer.chat),
                    one_line(timer.payload.as_deref().unwrap_or("-")),
                ]
            };
            let listed = list.read(&client).await?;
            listed.print(&client, json, ["AT", "ID", "CHAT", "PAYLOAD"], row)
        }
        Command::Cancel(Which { channel, id }) => {
            client.delete(&["channels", channel, "timers", id]).await?;
            output::done(json, &format!("cancelled {id} of the channel {channel}"))
        }
    }
}
