//! `botbox provider`.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::admin_client::{AdminArguments, AdminClient};
use crate::confirmation::Confirmation;
use crate::document;
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
    /// Lists providers, by name.
    List,
    /// Shows a provider: its share of the host, and its ceilings.
    Show(Name),
    /// Makes a provider.
    Add(Change),
    /// Changes a provider; what is not given stays.
    Set(Change),
    /// Deletes a provider that has no channels any more.
    Delete(Delete),
}

#[derive(clap::Args)]
struct Name {
    /// The provider.
    #[arg(value_name = "PROVIDER")]
    name: String,
}

#[derive(clap::Args)]
struct Change {
    #[command(flatten)]
    provider: Name,
    /// All of its settings, in TOML or JSON; `-` is the standard input.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Its share of the host beside those of others: 1 to 1000.
    #[arg(long, value_name = "WEIGHT")]
    weight: Option<u32>,
    /// What its deployments may have at most, such as memory_mib=64 or grants=reply,push; `none` lifts it.
    #[arg(long, value_name = "NAME=VALUE", value_parser = ceiling)]
    ceiling: Vec<(String, Value)>,
}

#[derive(clap::Args)]
struct Delete {
    #[command(flatten)]
    provider: Name,
    #[command(flatten)]
    confirmation: Confirmation,
}

#[derive(Deserialize)]
struct Provider {
    name: String,
    settings: Map<String, Value>,
    created: i64,
    revision: u64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List => {
            let list = List::all(["providers"], "providers", "after");
            let heading = ["PROVIDER", "WEIGHT", "CEILINGS", "CREATED"];
            list.read(&client).await?.print(&client, json, heading, row)
        }
        Command::Show(Name { name }) => {
            let text = client.get(&["providers", name], &()).await?;
            if json {
                return output::line(&terminal::json(&text));
            }
            show(&client.parse(&text)?)
        }
        Command::Add(change) => {
            let name = &change.provider.name;
            let settings = change.applied(Map::new())?;
            let new = json!({"name": name, "settings": settings});
            let text = client.post(&["providers"], &new).await?;
            output::answer(json, &text, || Ok(format!("made the provider {name}")))
        }
        Command::Set(change) => {
            let name = &change.provider.name;
            let path = ["providers", name];
            let before: Provider = client.parse(&client.get(&path, &()).await?)?;
            let settings = change.applied(before.settings)?;
            let new = json!({"settings": settings});
            let text = client.change(&path, before.revision, &new).await?;
            output::answer(json, &text, || Ok(format!("changed the provider {name}")))
        }
        Command::Delete(delete) => {
            let name = &delete.provider.name;
            delete.confirmation.given("the provider, for good")?;
            client.delete(&["providers", name]).await?;
            output::done(json, &format!("deleted the provider {name}"))
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
        if let Some(weight) = self.weight {
            settings.insert(String::from("weight"), weight.into());
        }
        if !self.ceiling.is_empty() {
            let mut ceilings = match settings.remove("ceilings") {
                Some(Value::Object(ceilings)) => ceilings,
                _ => Map::new(),
            };
            for (name, value) in &self.ceiling {
                ceilings.remove(name);
                if !value.is_null() {
                    ceilings.insert(name.clone(), value.clone());
                }
            }
            settings.insert(String::from("ceilings"), ceilings.into());
        }
        Ok(settings)
    }
}

/// `memory_mib=64`, `grants=reply,push` or `memory_mib=none`.
fn ceiling(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("give NAME=VALUE, such as memory_mib=64")?;
    let value = match value {
        "none" => Value::Null,
        number if number.bytes().all(|it| it.is_ascii_digit()) && !number.is_empty() => {
            Value::from(number.parse::<u64>().map_err(|error| error.to_string())?)
        }
        "" => Value::Array(Vec::new()),
        names => names.split(',').map(|it| Value::from(it.trim())).collect(),
    };
    Ok((name.to_owned(), value))
}

fn row(provider: Provider) -> [String; 4] {
    [
        one_line(&provider.name),
        weight(&provider),
        provider.ceilings(),
        to_the_second(provider.created),
    ]
}

fn show(provider: &Provider) -> anyhow::Result<()> {
    output::field("provider", &provider.name)?;
    output::field("weight", &weight(provider))?;
    output::field("ceilings", &provider.ceilings())?;
    output::field("created", &to_the_second(provider.created))
}

fn weight(provider: &Provider) -> String {
    let weight = provider.settings.get("weight");
    weight.map_or_else(|| String::from("1"), ToString::to_string)
}

impl Provider {
    /// As the command takes them.
    fn ceilings(&self) -> String {
        let ceilings = self.settings.get("ceilings").and_then(Value::as_object);
        let ceilings = ceilings.into_iter().flatten();
        let ceilings = ceilings.map(|(name, value)| match value {
            Value::Array(names) => {
                let names = names.iter().filter_map(Value::as_str);
                let names: Vec<_> = names.collect();
                one_line(&format!("{name}={}", names.join(",")))
            }
            value => one_line(&format!("{name}={value}")),
        });
        let ceilings: Vec<_> = ceilings.collect();
        if ceilings.is_empty() {
            return String::from("-");
        }
        ceilings.join(" ")
    }
}
