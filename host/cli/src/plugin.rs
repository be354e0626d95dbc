//! `botbox plugin`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::list::List;
use crate::output::{self, OutputArguments};
use crate::terminal::{self, one_line};
use crate::time::to_the_second;
use crate::upload::Component;

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
    /// Lists plugins, those that came last first.
    List,
    /// Shows what is known of a plugin.
    Show(ShowArguments),
    /// Uploads a plugin, which is compiled at once, and prints its digest. `botbox deploy` does so, too.
    Upload(UploadArguments),
}

#[derive(clap::Args)]
struct ShowArguments {
    /// The SHA-256 of the component.
    #[arg(value_name = "DIGEST")]
    digest: String,
}

#[derive(clap::Args)]
struct UploadArguments {
    /// The component.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Deserialize)]
struct Plugin {
    digest: String,
    size: u64,
    details: Details,
    uploaded: i64,
    uploaded_by: String,
}

#[derive(Deserialize)]
struct Details {
    wit: String,
    imports: Vec<String>,
    memory: u64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    match &arguments.command {
        Command::List => {
            let list = List::all(["plugins"], "plugins", "before");
            let heading = ["DIGEST", "BYTES", "WIT", "UPLOADED", "BY"];
            list.read(&client).await?.print(&client, json, heading, row)
        }
        Command::Show(ShowArguments { digest }) => {
            let text = client.get(&["plugins", digest], &()).await?;
            if json {
                return output::line(&terminal::json(&text));
            }
            show(&client.parse(&text)?)
        }
        Command::Upload(UploadArguments { file }) => {
            let component = Component::read(file)?;
            let text = component.upload(&client).await?;
            output::answer(json, &text, || Ok(component.digest.clone()))
        }
    }
}

fn row(plugin: Plugin) -> [String; 5] {
    [
        one_line(&plugin.digest),
        plugin.size.to_string(),
        one_line(&plugin.details.wit),
        to_the_second(plugin.uploaded),
        one_line(&plugin.uploaded_by),
    ]
}

fn show(plugin: &Plugin) -> anyhow::Result<()> {
    let Details {
        wit,
        imports,
        memory,
    } = &plugin.details;
    output::field("digest", &plugin.digest)?;
    output::field("bytes", &plugin.size.to_string())?;
    output::field("wit", wit)?;
    output::field("imports", &imports.join(", "))?;
    output::field("memory", &format!("{memory} bytes at its start"))?;
    output::field("uploaded", &to_the_second(plugin.uploaded))?;
    output::field("by", &plugin.uploaded_by)
}
