//! `botbox doctor`.

use std::path::{Path, PathBuf};

use botbox_server::config::Place;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use serde_json::Map;

use crate::admin_client::{AdminClient, AdminError, HostArguments};
use crate::findings::{Finding, Tally};
use crate::output::{self, OutputArguments};
use crate::serve::own_program;
use crate::terminal::one_line;

/// How many channels are looked at at a time: each waits for LINE, which sends a test webhook.
const AT_A_TIME: usize = 4;

#[derive(clap::Args)]
#[command(after_help = "\
Each line is `ok`, a `warning` or a `problem`, with what to do about it. LINE sends a test webhook to each
channel that is looked at. The exit code is 1 if there is a problem.

Examples:
  botbox doctor                                the host and all its channels
  botbox doctor --channel shop                 one channel
  botbox doctor --config /etc/botbox/botbox.toml   the configuration file, too
  botbox doctor --json | jq 'select(.verdict == \"problem\")'")]
pub(crate) struct Arguments {
    #[command(flatten)]
    host: HostArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// A channel to look at; may be given several times. Default: all.
    #[arg(long, value_name = "CHANNEL")]
    channel: Vec<String>,
    /// The host's configuration file, to check that, too. It must be on this machine.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Diagnosis {
    findings: Vec<Finding>,
}

/// All channels, those that can't be used as well.
#[derive(Deserialize)]
struct Status {
    channels: Vec<Channel>,
    #[serde(default)]
    failed: Vec<Channel>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
}

/// Prints what keeps the host and its channels from working.
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let json = arguments.output.json;
    let mut tally = Tally::default();
    if !json {
        output::line("host")?;
    }
    if let Some(config) = &arguments.config {
        tally.tell(json, None, &configuration(config).await?)?;
    }
    let client = AdminClient::of(&arguments.host);
    let (client, of_host) = match client {
        Ok(client) => {
            let text = client.get(&["diagnosis"], &()).await;
            (Some(client), text)
        }
        Err(error) => (None, Err(error)),
    };
    let (client, text) = match (client, of_host) {
        (Some(client), Ok(text)) => (client, text),
        (_, Err(error)) => {
            tally.tell(json, None, &[unreachable(&error)])?;
            return Ok(tally.end()?);
        }
        (None, Ok(_)) => return Ok(tally.end()?),
    };
    let Diagnosis { findings } = client.parse(&text)?;
    tally.tell(json, None, &findings)?;
    let channels = arguments.channels(&client).await?;
    let diagnoses = channels.iter().map(|name| diagnose(&client, name));
    let mut diagnoses = stream::iter(diagnoses).buffered(AT_A_TIME);
    while let Some((name, findings)) = diagnoses.try_next().await? {
        if !json {
            output::line(&format!("channel {}", one_line(name)))?;
        }
        tally.tell(json, Some(name), &findings)?;
    }
    Ok(tally.end()?)
}

impl Arguments {
    /// The channels to look at.
    async fn channels(&self, client: &AdminClient) -> anyhow::Result<Vec<String>> {
        if !self.channel.is_empty() {
            return Ok(self.channel.clone());
        }
        let Status { channels, failed } = client.parse(&client.get(&["status"], &()).await?)?;
        let mut all: Vec<_> = channels.into_iter().chain(failed).map(|it| it.id).collect();
        all.sort_unstable();
        Ok(all)
    }
}

async fn diagnose<'a>(
    client: &AdminClient,
    channel: &'a str,
) -> anyhow::Result<(&'a str, Vec<Finding>)> {
    let text = client
        .post(&["channels", channel, "diagnosis"], &Map::new())
        .await?;
    let Diagnosis { findings } = client.parse(&text)?;
    Ok((channel, findings))
}

/// What is wrong with a configuration file.
async fn configuration(file: &Path) -> anyhow::Result<Vec<Finding>> {
    const CHECK: &str = "configuration";
    let report = match botbox_server::check(file, own_program()?).await {
        Ok(report) => report,
        Err(error) => {
            let found = format!("{:#}", anyhow::Error::from(error));
            return Ok(vec![Finding::problem(
                CHECK,
                found,
                "name the file by --config",
            )]);
        }
    };
    let shown = file.display();
    if report.problems.is_empty() {
        let found = format!(
            "{shown} is right, and its {} plugins load",
            report.channels.len()
        );
        return Ok(vec![Finding::ok(CHECK, found)]);
    }
    let problems = report.problems.iter().map(|problem| {
        let remedy = match &problem.place {
            Place::Line(_) => "correct it, and reload the host",
            Place::Variable(_) => "set the variable as it should be, and start the host anew",
        };
        Finding::problem(CHECK, problem.to_string(), remedy)
    });
    Ok(problems.collect())
}

/// Why the host can't be asked.
fn unreachable(error: &AdminError) -> Finding {
    let (check, remedy) = match error {
        AdminError::Unreachable { .. }
        | AdminError::NotAHost { .. }
        | AdminError::BadUrl { .. } => ("admin-api", "start the host, and look at its log"),
        AdminError::Refused { .. } => ("admin-token", "use a token with the role `operate`"),
        _ => ("admin-token", "give the host's token"),
    };
    Finding::problem(check, error.to_string(), remedy)
}
