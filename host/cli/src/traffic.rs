//! `botbox traffic`.

use anyhow::Context as _;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::{self, OutputArguments};
use crate::switch::{Canary, Motive, Switch, Traffic, current};
use crate::terminal::{self, one_line};
use crate::time::to_the_second;
use crate::watch::WatchArguments;

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
    /// Shows which deployments of a channel serve.
    Show(Show),
    /// Lists what was switched, newest first.
    Switches(ListArguments),
    /// Has other deployments serve.
    Set(Set),
    /// Has the canary serve all chats.
    Promote(Change),
    /// Has the stable deployment serve all chats, and no canary.
    Abort(Change),
}

#[derive(clap::Args)]
struct Name {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
}

#[derive(clap::Args)]
struct Show {
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    watch: WatchArguments,
}

#[derive(clap::Args)]
struct ListArguments {
    #[command(flatten)]
    name: Name,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

#[derive(clap::Args)]
struct Change {
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    motive: Motive,
}

#[derive(clap::Args)]
struct Set {
    #[command(flatten)]
    change: Change,
    /// The deployment that serves. Default: the one that does now.
    #[arg(long, value_name = "NUMBER", required_unless_present = "canary")]
    stable: Option<u64>,
    /// A deployment that is tried on some chats.
    #[arg(long, value_name = "NUMBER", requires = "percent")]
    canary: Option<u64>,
    /// On how many of a hundred chats: 1 to 99. The same chats stay with it when it rises.
    #[arg(long, value_name = "PERCENT", requires = "canary")]
    percent: Option<u8>,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::Show(Show { name, watch }) => {
            let path = ["channels", name.channel.as_str(), "traffic"];
            let print = async || {
                let text = client.get(&path, &()).await?;
                if json {
                    return output::line(&terminal::json(&text));
                }
                show(&client.parse(&text)?)
            };
            watch.repeat(print).await
        }
        Command::Switches(arguments) => {
            let list = switches(&arguments.name.channel, Some(arguments.limit));
            let heading = [
                "REVISION", "AT", "BY", "STABLE", "CANARY", "PINNED", "REASON",
            ];
            list.read(&client).await?.print(&client, json, heading, row)
        }
        Command::Set(set) => {
            let before = current(&client, &set.change.name.channel).await?;
            let stable = set.stable.or(before.as_ref().map(|it| it.stable));
            let stable =
                stable.context("the channel has no deployment that serves: give --stable")?;
            let canary = set.canary.zip(set.percent);
            let canary = canary.map(|(deployment, percent)| Canary {
                deployment,
                percent,
            });
            change(&client, json, &set.change, before.as_ref(), stable, canary).await
        }
        Command::Promote(arguments) => {
            let (before, canary) = tried(&client, arguments).await?;
            let stable = canary.deployment;
            change(&client, json, arguments, Some(&before), stable, None).await
        }
        Command::Abort(arguments) => {
            let (before, _) = tried(&client, arguments).await?;
            let stable = before.stable;
            change(&client, json, arguments, Some(&before), stable, None).await
        }
    }
}

/// What was switched, newest first.
pub(crate) fn switches(channel: &str, limit: Option<usize>) -> List<'_> {
    List {
        path: vec!["channels", channel, "switches"],
        field: "switches",
        cursor: "before",
        filters: Vec::new(),
        limit,
    }
}

/// Traffic that has a canary.
async fn tried(client: &AdminClient, change: &Change) -> anyhow::Result<(Traffic, Canary)> {
    let before = current(client, &change.name.channel).await?;
    let found = before.and_then(|before| before.canary.map(|canary| (before, canary)));
    found.context("the channel has no canary")
}

async fn change(
    client: &AdminClient,
    json: bool,
    change: &Change,
    before: Option<&Traffic>,
    stable: u64,
    canary: Option<Canary>,
) -> anyhow::Result<()> {
    let switch = Switch {
        stable,
        canary,
        pinned: change.motive.pinned(),
        reason: &change.motive.reason,
    };
    let text = switch.replace(client, &change.name.channel, before).await?;
    output::answer(json, &text, || {
        Ok(client.parse::<Traffic>(&text)?.in_words())
    })
}

fn show(traffic: &Traffic) -> anyhow::Result<()> {
    output::line(&traffic.in_words())?;
    output::line(&format!(
        "switched {} by {}",
        to_the_second(traffic.at),
        one_line(&traffic.by)
    ))
}

fn row(traffic: Traffic) -> [String; 7] {
    let canary = traffic.canary;
    let canary = canary.map(|it| format!("{} on {} %", it.deployment, it.percent));
    [
        traffic.revision.to_string(),
        to_the_second(traffic.at),
        one_line(&traffic.by),
        traffic.stable.to_string(),
        canary.unwrap_or_else(|| String::from("-")),
        String::from(if traffic.pinned { "pinned" } else { "-" }),
        one_line(&traffic.reason),
    ]
}
