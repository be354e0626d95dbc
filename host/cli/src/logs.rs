//! `botbox logs`.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::admin_client::{AdminArguments, AdminClient};
use crate::output::{self, OutputArguments};
use crate::sse::{self, StreamEvent};
use crate::terminal::{self, one_line};
use crate::time::{Moment, to_the_millisecond};

/// The most lines that a host gives at a time.
const PAGE: usize = 1_000;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  botbox logs shop --follow
  botbox logs shop --since 1h --level warn
  botbox logs shop --event 01M8BT2WZWCJNE181WF4FGAP2D")]
pub(crate) struct Arguments {
    #[command(flatten)]
    admin: AdminArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// The channel.
    #[arg(value_name = "CHANNEL")]
    channel: String,
    #[command(flatten)]
    filters: Filters,
    /// Those of this time and later: RFC 3339, or a while ago such as 15m, 2h or 3d.
    #[arg(long, value_name = "TIME")]
    since: Option<Moment>,
    /// How many of the newest lines at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
    /// Prints new lines while they are written, until it is stopped (Ctrl-C).
    #[arg(long, short)]
    follow: bool,
}

/// Which lines.
#[derive(clap::Args, Serialize)]
struct Filters {
    /// Those of this level, and graver ones.
    #[arg(long, value_name = "LEVEL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    /// Those of the event with this id.
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
}

#[derive(Clone, Copy, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

#[derive(Serialize)]
struct PageQuery<'a> {
    #[serde(flatten)]
    filters: &'a Filters,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<i64>,
    limit: usize,
}

#[derive(Serialize)]
struct FollowQuery<'a> {
    #[serde(flatten)]
    filters: &'a Filters,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<i64>,
}

#[derive(Deserialize)]
struct Page {
    lines: Vec<Box<RawValue>>,
    next: Option<i64>,
}

#[derive(Deserialize)]
struct Position {
    position: i64,
}

#[derive(Deserialize)]
struct Line {
    time: i64,
    level: String,
    origin: String,
    #[serde(default)]
    event: String,
    deployment: i64,
    attempt: u32,
    #[serde(default)]
    context: String,
    message: String,
}

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let client = AdminClient::new(&arguments.admin).await?;
    let json = arguments.output.json;
    let last = print_newest(&client, arguments).await?;
    if !arguments.follow {
        if last.is_none() && !json {
            output::remark("there are none");
        }
        return Ok(());
    }
    let query = FollowQuery {
        filters: &arguments.filters,
        after: last,
    };
    let path = ["channels", &arguments.channel, "logs", "follow"];
    let print = |event: &StreamEvent| print(&client, &event.data, json);
    sse::follow(&client, &path, &query, print).await
}

/// Prints the newest lines, the newest last. Returns the position of that one.
async fn print_newest(client: &AdminClient, arguments: &Arguments) -> anyhow::Result<Option<i64>> {
    let mut lines: Vec<Box<RawValue>> = Vec::new();
    let mut before = None;
    while lines.len() < arguments.limit {
        let query = PageQuery {
            filters: &arguments.filters,
            since: arguments.since,
            before,
            limit: (arguments.limit - lines.len()).min(PAGE),
        };
        let path = ["channels", &arguments.channel, "logs"];
        let text = client.get(&path, &query).await?;
        let page: Page = client.parse(&text)?;
        lines.extend(page.lines);
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let newest = lines.first().map(|it| client.parse(it.get())).transpose()?;
    for line in lines.iter().rev() {
        print(client, line.get(), arguments.output.json)?;
    }
    Ok(newest.map(|Position { position }| position))
}

fn print(client: &AdminClient, line: &str, json: bool) -> anyhow::Result<()> {
    if json {
        return output::line(&terminal::json(line));
    }
    let Line {
        time,
        level,
        origin,
        event,
        deployment,
        attempt,
        context,
        message,
    } = client.parse(line)?;
    let time = to_the_millisecond(time);
    let level = one_line(&level).to_uppercase();
    let colon = if context.is_empty() { "" } else { ": " };
    let (context, message) = (one_line(&context), one_line(&message));
    // A plugin can write what it likes, but not in the host's name.
    let host = if origin == "host" { "[host] " } else { "" };
    let event = one_line(&event);
    output::line(&format!(
        "{time}  {level:5}  {event}  {deployment}/{attempt}  {host}{context}{colon}{message}"
    ))
}
