//! `botbox token`.

use serde::Deserialize;
use serde_json::json;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::{self, OutputArguments};
use crate::terminal::one_line;
use crate::time::{Expiry, to_the_second};

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
    /// Lists the tokens of the admin API, by name. No token is ever shown again.
    List,
    /// Makes a token, and prints it.
    Add(Add),
    /// Revokes a token, at once.
    Revoke(Revoke),
}

#[derive(clap::Args)]
struct Add {
    /// What the audit calls its holder.
    #[arg(value_name = "NAME")]
    name: String,
    /// What it allows.
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// The provider whose things it is for. Default: the host with all providers.
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<String>,
    /// When it expires: RFC 3339, or in a while such as 12h or 90d. Default: never.
    #[arg(long, value_name = "TIME")]
    expires: Option<Expiry>,
}

#[derive(clap::Args)]
struct Revoke {
    /// The token's name.
    #[arg(value_name = "NAME")]
    name: String,
}

/// What a token allows. Each role allows what those before it allow.
#[derive(Clone, Copy, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    /// To look.
    Read,
    /// To upload plugins, deploy, switch traffic, replay and discard dead letters.
    Deploy,
    /// Everything: providers, channels, secrets and tokens.
    Operate,
}

#[derive(Deserialize)]
struct Token {
    name: String,
    provider: Option<String>,
    role: String,
    created: i64,
    expires: Option<i64>,
    token: Option<String>,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List => {
            let list = List::all(["tokens"], "tokens", "after");
            let heading = ["TOKEN", "PROVIDER", "ROLE", "CREATED", "EXPIRES"];
            list.read(&client).await?.print(&client, json, heading, row)
        }
        Command::Add(add) => {
            let mut new = json!({"name": add.name, "role": add.role});
            if let Some(provider) = &add.provider {
                new["provider"] = provider.as_str().into();
            }
            if let Some(Expiry(at)) = add.expires {
                new["expires"] = at.into();
            }
            let text = client.post(&["tokens"], &new).await?;
            output::answer(json, &text, || {
                let token: Token = client.parse(&text)?;
                output::remark("keep it: it is not shown again");
                Ok(one_line(&token.token.unwrap_or_default()))
            })
        }
        Command::Revoke(Revoke { name }) => {
            client.delete(&["tokens", name]).await?;
            output::done(json, &format!("revoked the token {name}"))
        }
    }
}

fn row(token: Token) -> [String; 5] {
    let provider = token.provider.as_deref();
    [
        one_line(&token.name),
        one_line(provider.unwrap_or("-")),
        one_line(&token.role),
        to_the_second(token.created),
        token
            .expires
            .map_or_else(|| String::from("-"), to_the_second),
    ]
}
