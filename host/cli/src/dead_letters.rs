//! `botbox dead-letters`.

use clap::ArgGroup;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::events::{self, List};
use crate::filters::Filters;
use crate::journal::ShowArguments;
use crate::output::{self, OutputArguments};
use crate::terminal;

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
    /// Lists dead letters, newest first.
    List(ListArguments),
    /// Shows all that is known of one: its JSON, and each attempt that failed.
    Show(ShowArguments),
    /// Lets dead letters wait for their turn again, as if they had not been tried.
    #[command(group = selection())]
    Replay(ReplayArguments),
    /// Throws dead letters away, for good.
    #[command(group = selection())]
    Discard(Selection),
}

#[derive(clap::Args)]
struct ListArguments {
    #[command(flatten)]
    filters: Filters,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

#[derive(clap::Args, Serialize)]
struct ReplayArguments {
    #[command(flatten)]
    #[serde(flatten)]
    selection: Selection,
    /// What handles them: `kept`, the deployment that each began with; `current`, whichever serves; or
    /// the number of a deployment of the channel: see `botbox deployment list`.
    #[arg(long, value_name = "DEPLOYMENT", default_value = "kept", value_parser = deployment)]
    deployment: Value,
}

#[derive(clap::Args, Serialize)]
struct Selection {
    #[command(flatten)]
    #[serde(flatten)]
    filters: Filters,
    /// All dead letters of all channels.
    #[arg(long, conflicts_with_all = FILTERS)]
    all: bool,
}

/// The names of what [`Filters`] has.
const FILTERS: [&str; 6] = ["channel", "chat", "id", "error", "since", "until"];

#[derive(Deserialize)]
struct Replayed {
    replayed: u64,
}

#[derive(Deserialize)]
struct Discarded {
    discarded: u64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List(arguments) => {
            let list = List {
                path: &["dead-letters"],
                filters: &arguments.filters,
                state: None,
                limit: arguments.limit,
                json,
            };
            events::list(&client, list).await
        }
        Command::Show(which) => events::show(&client, &which.channel, &which.id, json).await,
        Command::Replay(arguments) => {
            let text = client.post(&["dead-letters", "replay"], arguments).await?;
            let Replayed { replayed } = client.parse(&text)?;
            report("replayed", replayed, &text, json)
        }
        Command::Discard(selection) => {
            let text = client.post(&["dead-letters", "discard"], selection).await?;
            let Discarded { discarded } = client.parse(&text)?;
            report("discarded", discarded, &text, json)
        }
    }
}

/// A name or a number, as the API takes it.
fn deployment(text: &str) -> Result<Value, String> {
    match (text, text.parse::<u32>()) {
        ("kept" | "current", _) => Ok(Value::from(text)),
        (_, Ok(number)) => Ok(Value::from(number)),
        _ => Err(String::from(
            "give `kept`, `current` or the number of a deployment",
        )),
    }
}

/// Something must say which ones, or that all are meant.
fn selection() -> ArgGroup {
    let group = ArgGroup::new("selection").args(FILTERS).arg("all");
    group.required(true).multiple(true)
}

fn report(done: &str, count: u64, text: &str, json: bool) -> anyhow::Result<()> {
    if json {
        return output::line(&terminal::json(text));
    }
    let letters = if count == 1 { "letter" } else { "letters" };
    output::line(&format!("{done} {count} dead {letters}"))
}
