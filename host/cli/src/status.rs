//! `botbox status`.

use serde::Deserialize;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::terminal::{self, one_line};
use crate::watch::WatchArguments;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  botbox status
  botbox status --watch")]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    watch: WatchArguments,
}

#[derive(Deserialize)]
struct Status {
    /// Of who sees the whole host.
    host: Option<Host>,
    channels: Vec<Channel>,
    #[serde(default)]
    failed: Vec<Channel>,
}

#[derive(Deserialize)]
struct Host {
    version: String,
    wit: String,
    uptime_s: u64,
    running: usize,
    disk_free_bytes: Option<u64>,
    failure: Option<String>,
    warning: Option<String>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    provider: String,
    state: String,
    deployment: Option<i64>,
    canary: Option<Canary>,
    why: Option<String>,
    #[serde(default)]
    waiting: u64,
    #[serde(default)]
    events: Events,
}

#[derive(Deserialize)]
struct Canary {
    deployment: i64,
    percent: u8,
}

#[derive(Default, Deserialize)]
struct Events {
    accepted: u64,
    handled: u64,
    failed: u64,
    dead: u64,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    arguments
        .watch
        .repeat(async || print(&client, arguments.output.json).await)
        .await
}

async fn print(client: &AdminClient, json: bool) -> anyhow::Result<()> {
    let text = client.get(&["status"], &()).await?;
    if json {
        return output::line(&terminal::json(&text));
    }
    let status: Status = client.parse(&text)?;
    if let Some(host) = &status.host {
        print_host(host)?;
    }
    let all = || status.channels.iter().chain(&status.failed);
    let ready = all().filter(|it| it.state == "ready").count();
    let failed = all().filter(|it| it.state == "failed").count();
    let waiting: u64 = all().map(|it| it.waiting).sum();
    output::field(
        "channels",
        &format!("{}: {ready} serve, {failed} failed", all().count()),
    )?;
    output::field("backlog", &format!("{waiting} events"))?;
    if all().count() == 0 {
        return Ok(());
    }
    output::line("")?;
    let heading = [
        "CHANNEL",
        "PROVIDER",
        "STATE",
        "DEPLOYMENT",
        "WAITING",
        "ARRIVED",
        "HANDLED",
        "FAILED",
        "DEAD",
    ];
    let rows: Vec<_> = all().map(row).collect();
    output::table(heading, &rows)?;
    for channel in all() {
        if let Some(why) = &channel.why {
            let (id, why) = (one_line(&channel.id), one_line(why));
            output::remark(&format!("{id}: {why}"));
        }
    }
    Ok(())
}

fn print_host(host: &Host) -> anyhow::Result<()> {
    output::field("version", &format!("{}, {}", host.version, host.wit))?;
    let minutes = host.uptime_s / 60;
    let uptime = format!(
        "{}d {}h {}m",
        minutes / (24 * 60),
        minutes / 60 % 24,
        minutes % 60
    );
    output::field("up", &uptime)?;
    output::field("running", &format!("{} events", host.running))?;
    if let Some(free) = host.disk_free_bytes {
        output::field("disk", &format!("{} MiB free", free >> 20))?;
    }
    if let Some(failure) = &host.failure {
        output::field("failure", failure)?;
    }
    if let Some(warning) = &host.warning {
        output::field("warning", warning)?;
    }
    Ok(())
}

fn row(channel: &Channel) -> [String; 9] {
    let deployment = match (channel.deployment, &channel.canary) {
        (None, _) => String::from("-"),
        (Some(stable), None) => stable.to_string(),
        (Some(stable), Some(canary)) => {
            format!("{stable}, {} on {} %", canary.deployment, canary.percent)
        }
    };
    let events = &channel.events;
    [
        one_line(&channel.id),
        one_line(&channel.provider),
        one_line(&channel.state),
        deployment,
        channel.waiting.to_string(),
        events.accepted.to_string(),
        events.handled.to_string(),
        events.failed.to_string(),
        events.dead.to_string(),
    ]
}
