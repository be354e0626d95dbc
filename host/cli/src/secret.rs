//! `botbox secret`.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::confirmation::Confirmation;
use crate::hidden_input;
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
    /// Lists the names of a channel's secrets. No secret is ever shown again.
    List(Name),
    /// Sets a secret, at once, to what the standard input or a file has.
    Set(Set),
    /// Deletes a secret.
    Delete(Delete),
}

#[derive(clap::Args)]
struct Name {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
}

#[derive(clap::Args)]
struct Which {
    #[command(flatten)]
    channel: Name,
    /// The secret: channel-secret, channel-secret-2, channel-secret-3, access-token, assertion-key or
    /// account-link-secret.
    #[arg(value_name = "NAME")]
    name: String,
}

#[derive(clap::Args)]
struct Set {
    #[command(flatten)]
    which: Which,
    /// The file that has it. Default: the standard input; a terminal asks for it, and does not show it. A line break at the end is not part of it.
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Delete {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    confirmation: Confirmation,
}

#[derive(Deserialize)]
struct Secret {
    name: String,
    set: i64,
}

/// Why there is no secret to set.
#[derive(Debug, thiserror::Error)]
enum SecretError {
    #[error("cannot read the secret from {origin}")]
    Unreadable { origin: String, source: io::Error },
    #[error("the secret from {0} is empty")]
    Empty(String),
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List(Name { channel }) => {
            let list = List::all(["channels", channel, "secrets"], "secrets", "after");
            let row = |secret: Secret| [one_line(&secret.name), to_the_second(secret.set)];
            let listed = list.read(&client).await?;
            listed.print(&client, json, ["SECRET", "SET"], row)
        }
        Command::Set(set) => {
            let (channel, name) = set.which.names();
            let value = read(set.file.as_deref())?;
            let path = ["channels", channel, "secrets", name];
            client.put(&path, &json!({"value": value})).await?;
            output::done(json, &format!("set {name} of the channel {channel}"))
        }
        Command::Delete(delete) => {
            let (channel, name) = delete.which.names();
            delete.confirmation.given("the secret, for good")?;
            client
                .delete(&["channels", channel, "secrets", name])
                .await?;
            output::done(json, &format!("deleted {name} of the channel {channel}"))
        }
    }
}

impl Which {
    fn names(&self) -> (&str, &str) {
        (&self.channel.channel, &self.name)
    }
}

/// The secret. It is never an argument, which others on the machine can see.
fn read(file: Option<&Path>) -> Result<String, SecretError> {
    let (origin, read) = match file {
        Some(file) => (file.display().to_string(), fs::read_to_string(file)),
        // The terminal does not show it.
        None if io::stdin().is_terminal() => (
            String::from("the terminal"),
            hidden_input::read_line("type the secret, which is not shown:"),
        ),
        None => {
            let mut text = String::new();
            let read = io::stdin().read_to_string(&mut text).map(|_| text);
            (String::from("the standard input"), read)
        }
    };
    let text = read.map_err(|source| SecretError::Unreadable {
        origin: origin.clone(),
        source,
    })?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(SecretError::Empty(origin));
    }
    Ok(secret.to_owned())
}
