//! `botbox rollback`.

use anyhow::Context as _;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::switch::{Switch, Traffic, current};
use crate::traffic::switches;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    /// The deployment that serves again. Default: the stable one before this one.
    #[arg(long, value_name = "NUMBER")]
    to: Option<u64>,
    /// Why, for those who look later. Default: that it is rolled back.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Switches back, and pins that: nothing but a person brings back what was bad.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let channel = &arguments.channel;
    let before = current(&client, channel).await?;
    let before = before.context("the channel has no deployment that serves")?;
    let stable = match arguments.to {
        Some(number) => number,
        None => stable_before(&client, channel, before.stable).await?,
    };
    let reason = match &arguments.reason {
        Some(reason) => reason.clone(),
        None => format!("rolled back from deployment {}", before.stable),
    };
    let switch = Switch {
        stable,
        canary: None,
        pinned: Some(true),
        reason: &reason,
    };
    let text = switch.replace(&client, channel, Some(&before)).await?;
    output::answer(arguments.output.json, &text, || {
        Ok(client.parse::<Traffic>(&text)?.in_words())
    })
}

/// The stable deployment that served before another one.
async fn stable_before(client: &AdminClient, channel: &str, stable: u64) -> anyhow::Result<u64> {
    let switches = switches(channel, None).read(client).await?;
    let switches: Vec<Traffic> = switches.items(client)?;
    let mut others = switches
        .iter()
        .map(|it| it.stable)
        .filter(|it| *it != stable);
    others.next().with_context(|| {
        format!(
            "deployment {stable} is the only one that has ever served: name another one by --to"
        )
    })
}
