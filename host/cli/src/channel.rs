//! `botbox channel`.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::admin_client::{AdminArguments, AdminClient};
use crate::confirmation::Confirmation;
use crate::document;
use crate::findings::{Finding, Tally};
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
    /// Lists channels, by name.
    List,
    /// Shows a channel, and what it lacks to take webhooks.
    Show(Name),
    /// Makes a channel. It takes webhooks at /webhook/CHANNEL as soon as it has its secrets.
    Add(Add),
    /// Changes a channel's settings, at once; what is not given stays.
    Set(Change),
    /// Sets at LINE where it sends the channel's webhooks, and has LINE try it.
    SetWebhook(SetWebhook),
    /// Deletes a channel with all that it has: events, values, secrets, deployments.
    Delete(Delete),
}

#[derive(clap::Args)]
struct Name {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    name: String,
}

#[derive(clap::Args)]
struct Add {
    /// The provider that owns it.
    #[arg(long, value_name = "PROVIDER")]
    provider: String,
    #[command(flatten)]
    change: Change,
}

#[derive(clap::Args)]
struct Change {
    #[command(flatten)]
    channel: Name,
    /// All of its settings, in TOML or JSON; `-` is the standard input.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The channel's ID in the LINE Developers console. Access tokens are issued with it.
    #[arg(long, value_name = "ID")]
    channel_id: Option<String>,
    /// Its share of its provider's, beside those of the other channels: 1 to 1000.
    #[arg(long, value_name = "WEIGHT")]
    weight: Option<u32>,
}

#[derive(clap::Args)]
struct SetWebhook {
    #[command(flatten)]
    channel: Name,
    /// The URL. Default: the host's server.public_url with the path /webhook/CHANNEL.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

#[derive(clap::Args)]
struct Delete {
    #[command(flatten)]
    channel: Name,
    #[command(flatten)]
    confirmation: Confirmation,
}

/// What came of setting the webhook's URL.
#[derive(Deserialize)]
struct Webhook {
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Channel {
    name: String,
    provider: String,
    origin: String,
    settings: Map<String, Value>,
    created: i64,
    revision: u64,
    problem: Option<String>,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List => {
            let list = List::all(["channels"], "channels", "after");
            let heading = ["CHANNEL", "PROVIDER", "ORIGIN", "CREATED", "LACKS"];
            list.read(&client).await?.print(&client, json, heading, row)
        }
        Command::Show(Name { name }) => {
            let text = client.get(&["channels", name], &()).await?;
            if json {
                return output::line(&terminal::json(&text));
            }
            show(&client.parse(&text)?)
        }
        Command::Add(Add { provider, change }) => {
            let name = &change.channel.name;
            let settings = change.applied(Map::new())?;
            let new = json!({"name": name, "provider": provider, "settings": settings});
            let text = client.post(&["channels"], &new).await?;
            output::answer(json, &text, || told("made", &client.parse(&text)?))
        }
        Command::Set(change) => {
            let path = ["channels", &change.channel.name];
            let before: Channel = client.parse(&client.get(&path, &()).await?)?;
            let settings = change.applied(before.settings)?;
            let new = json!({"settings": settings});
            let text = client.change(&path, before.revision, &new).await?;
            output::answer(json, &text, || told("changed", &client.parse(&text)?))
        }
        Command::SetWebhook(SetWebhook { channel, url }) => {
            let path = ["channels", &*channel.name, "webhook"];
            let text = client.put(&path, &json!({"url": url})).await?;
            let Webhook { findings } = client.parse(&text)?;
            let mut tally = Tally::default();
            tally.tell(json, Some(&channel.name), &findings)?;
            Ok(tally.end()?)
        }
        Command::Delete(delete) => {
            let name = &delete.channel.name;
            let what = "the channel with its events, values, secrets and deployments, for good";
            delete.confirmation.given(what)?;
            client.delete(&["channels", name]).await?;
            output::done(json, &format!("deleted the channel {name}"))
        }
    }
}

impl Change {
    /// The settings with what is to change.
    fn applied(&self, before: Map<String, Value>) -> anyhow::Result<Map<String, Value>> {
        let mut settings = match &self.settings {
            Some(file) => document::read(file)?,
            None => before,
        };
        if let Some(id) = &self.channel_id {
            settings.insert(String::from("channel_id"), id.as_str().into());
        }
        if let Some(weight) = self.weight {
            settings.insert(String::from("weight"), weight.into());
        }
        Ok(settings)
    }
}

fn row(channel: Channel) -> [String; 5] {
    [
        one_line(&channel.name),
        one_line(&channel.provider),
        one_line(&channel.origin),
        to_the_second(channel.created),
        one_line(channel.problem.as_deref().unwrap_or("-")),
    ]
}

fn show(channel: &Channel) -> anyhow::Result<()> {
    output::field("channel", &channel.name)?;
    output::field("provider", &channel.provider)?;
    output::field("origin", &channel.origin)?;
    output::field("created", &to_the_second(channel.created))?;
    output::field("webhook", &format!("/webhook/{}", channel.name))?;
    if let Some(problem) = &channel.problem {
        output::field("lacks", problem)?;
    }
    let settings = Value::from(channel.settings.clone());
    output::document("settings", &settings.to_string())
}

fn told(done: &str, channel: &Channel) -> anyhow::Result<String> {
    let name = &channel.name;
    let takes = match &channel.problem {
        None => format!("it takes webhooks at /webhook/{name}"),
        Some(problem) => format!("it takes no webhooks yet: {}", one_line(problem)),
    };
    Ok(format!("{done} the channel {name}; {takes}"))
}
