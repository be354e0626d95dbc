//! `botbox versions`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::terminal::{self, one_line};
use crate::time::to_the_second;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
}

#[derive(Deserialize)]
struct Versions {
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    digest: String,
    deployed: i64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let path = ["channels", &arguments.channel, "versions"];
    let text = client.get(&path, &()).await?;
    if arguments.output.json {
        return output::line(&terminal::json(&text));
    }
    let Versions { versions } = client.parse(&text)?;
    let rows: Vec<_> = versions.iter().enumerate().map(row).collect();
    output::table(["DEPLOYED", "PLUGIN", ""], &rows)
}

fn row((age, version): (usize, &Version)) -> [String; 3] {
    let note = if age == 0 { "current" } else { "" };
    [
        to_the_second(version.deployed),
        one_line(&version.digest),
        String::from(note),
    ]
}
