//! `botbox link`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::confirmation::Confirmation;
use crate::list::List;
use crate::output::{self, OutputArguments};
use crate::terminal::one_line;

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
    /// Lists which accounts the users of a channel have linked, by user.
    List(ListArguments),
    /// Removes a link. The user can make a new one.
    Remove(Remove),
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
struct Remove {
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    /// The user's id.
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    confirmation: Confirmation,
}

#[derive(Deserialize)]
struct Link {
    user: String,
    account: String,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List(ListArguments { channel, limit }) => {
            let list = List {
                path: vec!["channels", channel, "account-links"],
                field: "links",
                cursor: "after",
                filters: Vec::new(),
                limit: Some(*limit),
            };
            let row = |link: Link| [one_line(&link.user), one_line(&link.account)];
            let listed = list.read(&client).await?;
            listed.print(&client, json, ["USER", "ACCOUNT"], row)
        }
        Command::Remove(remove) => {
            let Remove { channel, user, .. } = remove;
            remove.confirmation.given("the link, for good")?;
            let path = ["channels", channel, "account-links", user];
            client.delete(&path).await?;
            output::done(
                json,
                &format!("removed the link of {user} of the channel {channel}"),
            )
        }
    }
}
