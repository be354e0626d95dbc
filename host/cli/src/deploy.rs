//! `botbox deploy`.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::admin_client::{AdminArguments, AdminClient};
use crate::document;
use crate::output::{self, OutputArguments};
use crate::switch::{Canary, Motive, Switch, Traffic, current};
use crate::terminal::{self, one_line};
use crate::upload::Component;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  botbox deploy my_bot.wasm --channel shop --grant reply --grant push
  botbox deploy my_bot.wasm --channel shop --document shop.toml
  botbox deploy my_bot.wasm --channel shop --canary 10     try it on a tenth of the chats
  botbox traffic promote shop                              and then on all
  botbox deploy my_bot.wasm --channel shop --dry-run       only check")]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The plugin: a WebAssembly component.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The channel that it is for.
    #[arg(long, value_name = "CHANNEL")]
    channel: String,
    /// A capability that it may use: NAME, or NAME=OPTION of one with options, such as
    /// `http=https://api.example.com`. Default: what the document says.
    #[arg(long, value_name = "GRANT", value_parser = grant)]
    grant: Vec<Grant>,
    /// What it runs with, in TOML or JSON: grants, limits, retries, budget, reuse, config; `-` is the standard
    /// input. Default: the document of the deployment that serves now.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// On how many of a hundred chats to try it. Default: it serves all.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=99))]
    canary: Option<u8>,
    /// Accepts that the plugin imports what it is not granted: those calls fail with `denied`.
    #[arg(long)]
    allow_missing: bool,
    /// Uploads and checks it, and stops there.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    motive: Motive,
}

/// A capability, and one of its options.
#[derive(Clone)]
struct Grant {
    name: String,
    option: Option<String>,
}

/// What the host says of a deployment.
#[derive(Deserialize)]
struct Checked {
    deployment: Option<Deployment>,
    missing_grants: Vec<String>,
    added_grants: Vec<String>,
    removed_grants: Vec<String>,
}

#[derive(Deserialize)]
struct Deployment {
    number: u64,
}

#[derive(Deserialize)]
struct Serving {
    document: Map<String, Value>,
}

/// Uploads a plugin, has a deployment checked and made of it, and switches to it.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let channel = &arguments.channel;
    let component = Component::read(&arguments.file)?;
    // What is wrong with the rest is told before anything is uploaded.
    let before = current(&client, channel).await?;
    if arguments.canary.is_some() && before.is_none() {
        bail!(
            "nothing serves the channel that a canary could be compared with: leave out --canary"
        );
    }
    let document = arguments.document(&client, before.as_ref()).await?;
    component.upload(&client).await?;
    let json = arguments.output.json;
    if !json {
        output::line(&format!(
            "uploaded    {} ({} kB): plugin {}",
            one_line(&arguments.file.display().to_string()),
            component.size().div_ceil(1000),
            component.digest
        ))?;
    }
    let new = json!({
        "plugin": component.digest,
        "document": document,
        "allow_missing": arguments.allow_missing,
        "dry_run": arguments.dry_run,
    });
    let path = ["channels", channel, "deployments"];
    let checked_text = client.post(&path, &new).await?;
    let checked: Checked = client.parse(&checked_text)?;
    if !json {
        tell_grants(&checked)?;
    }
    let Some(Deployment { number }) = checked.deployment else {
        if json {
            return output::line(&terminal::json(&checked_text));
        }
        return output::line("checked     it could be deployed; nothing has changed");
    };
    let traffic_text = arguments
        .switch(&client, number, before.as_ref())
        .await
        .with_context(|| format!("deployment {number} is made and serves nobody"))?;
    if json {
        let mut told: Map<String, Value> = client.parse(&checked_text)?;
        told.insert(String::from("traffic"), client.parse(&traffic_text)?);
        return output::line(&terminal::json(&Value::from(told).to_string()));
    }
    let traffic: Traffic = client.parse(&traffic_text)?;
    output::line(&format!("deployed    {}", traffic.in_words()))
}

impl Arguments {
    /// What the plugin is to run with.
    async fn document(
        &self,
        client: &AdminClient,
        before: Option<&Traffic>,
    ) -> anyhow::Result<Map<String, Value>> {
        let mut document = match (&self.document, before) {
            (Some(file), _) => document::read(file)?,
            (None, None) => Map::new(),
            (None, Some(Traffic { stable, .. })) => {
                let number = stable.to_string();
                let path = ["channels", &self.channel, "deployments", &number];
                let text = client.get(&path, &()).await?;
                client.parse::<Serving>(&text)?.document
            }
        };
        if !self.grant.is_empty() {
            document.insert(String::from("grants"), grants(&self.grant));
        }
        Ok(document)
    }

    async fn switch(
        &self,
        client: &AdminClient,
        number: u64,
        before: Option<&Traffic>,
    ) -> anyhow::Result<String> {
        let (stable, canary) = match (self.canary, before) {
            (Some(percent), Some(before)) => {
                let deployment = number;
                let canary = Canary {
                    deployment,
                    percent,
                };
                (before.stable, Some(canary))
            }
            _ => (number, None),
        };
        let switch = Switch {
            stable,
            canary,
            pinned: self.motive.pinned(),
            reason: &self.motive.reason,
        };
        Ok(switch.replace(client, &self.channel, before).await?)
    }
}

fn grant(text: &str) -> Result<Grant, String> {
    let (name, option) = match text.split_once('=') {
        Some((name, option)) => (name, Some(option.to_owned())),
        None => (text, None),
    };
    if name.is_empty() {
        return Err(String::from("give a name, such as push"));
    }
    Ok(Grant {
        name: name.to_owned(),
        option,
    })
}

/// As a document has them: a name, or a table of those with options.
fn grants(grants: &[Grant]) -> Value {
    let mut written: Vec<Value> = Vec::new();
    for Grant { name, option } in grants {
        let Some(option) = option else {
            written.push(name.as_str().into());
            continue;
        };
        let mut tables = written.iter_mut().filter_map(Value::as_object_mut);
        let options = tables.find_map(|table| table.get_mut(name)?.as_array_mut());
        match options {
            Some(options) => options.push(option.as_str().into()),
            None => written.push(json!({name: [option]})),
        }
    }
    written.into()
}

/// What the plugin may do that what serves now may not, and the other way round.
fn tell_grants(checked: &Checked) -> anyhow::Result<()> {
    let signed = |sign: &str, names: &[String]| {
        let names = names.iter();
        names
            .map(|name| format!("{sign}{}", one_line(name)))
            .collect::<Vec<_>>()
    };
    let difference = [
        signed("+", &checked.added_grants),
        signed("-", &checked.removed_grants),
    ];
    let difference = difference.concat();
    if difference.is_empty() {
        output::line("grants      as before")?;
    } else {
        output::line(&format!("grants      {}", difference.join(" ")))?;
    }
    if !checked.missing_grants.is_empty() {
        let missing = signed("", &checked.missing_grants).join(", ");
        output::line(&format!("not granted {missing}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_one_grant_come_together() {
        let texts = [
            "reply",
            "http=https://a.example",
            "push",
            "http=https://b.example",
        ];
        let parsed: Vec<_> = texts.iter().map(|it| grant(it).unwrap()).collect();
        let expected =
            json!(["reply", {"http": ["https://a.example", "https://b.example"]}, "push"]);
        assert_eq!(grants(&parsed), expected);
        assert!(grant("=x").is_err());
    }
}
