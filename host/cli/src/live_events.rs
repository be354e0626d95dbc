//! `botbox events`.

use serde::{Deserialize, Serialize};

use crate::admin_client::{AdminArguments, AdminClient};
use crate::events::short_chat;
use crate::output::{self, OutputArguments};
use crate::sse::{self, StreamEvent};
use crate::terminal::{self, one_line};
use crate::time::to_the_millisecond;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  botbox events
  botbox events --channel shop
  botbox events --json | jq 'select(.what == \"dead_letter\")'")]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    filters: Filters,
}

/// Whose live events.
#[derive(clap::Args, Serialize)]
struct Filters {
    /// Those of this channel.
    #[arg(long, value_name = "CHANNEL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// Those of this user, group or room: its whole id.
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<String>,
}

#[derive(Deserialize)]
struct LiveEvent {
    time: i64,
    channel: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum What {
    Arrived {
        id: String,
        chat: String,
    },
    Attempt {
        id: String,
        chat: String,
        attempt: u32,
        outcome: String,
        deployment: i64,
        took_ms: f64,
        sends: u64,
        error: Option<String>,
    },
    DeadLetter {
        id: String,
        chat: String,
        attempts: u32,
        error: String,
    },
    Switch {
        stable: i64,
        canary: Option<i64>,
        percent: Option<u8>,
        by: String,
        reason: String,
    },
    Abort {
        deployment: i64,
        stable: i64,
        reason: String,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct Lagged {
    missed: Option<u64>,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    let print = |event: &StreamEvent| print(&client, event, json);
    sse::follow(&client, &["events"], &arguments.filters, print).await
}

fn print(client: &AdminClient, event: &StreamEvent, json: bool) -> anyhow::Result<()> {
    if json {
        return output::line(&terminal::json(&event.data));
    }
    if event.name == "lagged" {
        let Lagged { missed } = client.parse(&event.data)?;
        let missed = missed.map_or_else(|| String::from("some"), |it| it.to_string());
        output::remark(&format!("{missed} live events are left out here"));
        return Ok(());
    }
    output::line(&describe(&client.parse(&event.data)?))
}

fn describe(event: &LiveEvent) -> String {
    let time = to_the_millisecond(event.time);
    let channel = one_line(&event.channel);
    let what = match &event.what {
        What::Arrived { id, chat } => format!("{}  {}  arrived", short_chat(chat), one_line(id)),
        What::Attempt {
            id,
            chat,
            attempt,
            outcome,
            deployment,
            took_ms,
            sends,
            error,
        } => {
            let mut line = format!(
                "{}  {}  {} (attempt {attempt}, deployment {deployment}, {took_ms} ms, {sends} sends)",
                short_chat(chat),
                one_line(id),
                one_line(outcome)
            );
            if let Some(error) = error {
                line.push_str(&format!(": {}", one_line(error)));
            }
            line
        }
        What::DeadLetter {
            id,
            chat,
            attempts,
            error,
        } => format!(
            "{}  {}  dead letter after {attempts} attempts: {}",
            short_chat(chat),
            one_line(id),
            one_line(error)
        ),
        What::Switch {
            stable,
            canary,
            percent,
            by,
            reason,
        } => {
            let canary = canary
                .zip(*percent)
                .map_or_else(String::new, |(number, percent)| {
                    format!(", deployment {number} on {percent} %")
                });
            let (by, reason) = (one_line(by), one_line(reason));
            format!("switched to deployment {stable}{canary} by {by}: {reason}")
        }
        What::Abort {
            deployment,
            stable,
            reason,
        } => format!(
            "deployment {deployment} was taken out of traffic, {stable} serves: {}",
            one_line(reason)
        ),
        What::Unknown => String::from("something that a newer botbox tells"),
    };
    format!("{time}  {channel}  {what}")
}
