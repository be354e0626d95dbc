//! Events of the journal, in lists and one by one.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::admin_client::AdminClient;
use crate::filters::{Filters, State};
use crate::output;
use crate::terminal::{self, cut, one_line, pretty_json};
use crate::time::{to_the_millisecond, to_the_second};

/// The most events that a host gives at a time.
const PAGE: usize = 1000;

/// How many characters of a chat's id tell chats apart.
const CHAT_WIDTH: usize = 10;

/// How much of an error is shown in a list on a terminal.
const ERROR_WIDTH: usize = 60;

/// A list of events.
pub(crate) struct List<'a> {
    pub(crate) path: &'a [&'a str],
    pub(crate) filters: &'a Filters,
    pub(crate) state: Option<State>,
    pub(crate) limit: usize,
    pub(crate) json: bool,
}

#[derive(Serialize)]
struct PageQuery<'a> {
    #[serde(flatten)]
    filters: &'a Filters,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<i64>,
    limit: usize,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
    next: Option<i64>,
}

#[derive(Deserialize)]
struct Entry {
    channel: String,
    id: String,
    chat: String,
    state: String,
    received: i64,
    ended: Option<i64>,
    attempts: u32,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    failures: Vec<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    started: i64,
    milliseconds: u64,
    plugin: String,
    error: String,
    log: String,
}

/// Prints the newest events, newest first.
pub(crate) async fn list(client: &AdminClient, list: List<'_>) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut left = list.limit;
    let mut before = None;
    while left > 0 {
        let query = PageQuery {
            filters: list.filters,
            state: list.state,
            before,
            limit: left.min(PAGE),
        };
        let text = client.get(list.path, &query).await?;
        let page: Page<'_> = client.parse(&text)?;
        left = left.saturating_sub(page.events.len());
        for event in page.events {
            if list.json {
                output::line(&terminal::json(event.get()))?;
            } else {
                rows.push(row(&client.parse(event.get())?));
            }
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    if list.json {
        return Ok(());
    }
    if rows.is_empty() {
        output::remark("there are none");
        return Ok(());
    }
    let heading = [
        "RECEIVED", "CHANNEL", "CHAT", "ID", "STATE", "FAILED", "ERROR",
    ];
    output::table(heading, &rows)?;
    if before.is_some() {
        output::remark("there may be more: raise --limit, or give a filter");
    }
    Ok(())
}

/// Prints all that is known of one event.
pub(crate) async fn show(
    client: &AdminClient,
    channel: &str,
    id: &str,
    json: bool,
) -> anyhow::Result<()> {
    let text = client.get(&["journal", "events", channel, id], &()).await?;
    if json {
        return output::line(&terminal::json(&text));
    }
    let entry: Entry = client.parse(&text)?;
    let content: Content<'_> = client.parse(&text)?;
    print_entry(&entry)?;
    output::line("")?;
    match content.event {
        Some(event) => {
            output::line("event:")?;
            output::line(&pretty_json(event.get(), "  "))?;
        }
        None => output::line("event: its content is not kept any more")?,
    }
    for (number, failure) in (1..).zip(&content.failures) {
        output::line("")?;
        print_failure(number, failure)?;
    }
    Ok(())
}

/// A chat as lists show it.
pub(crate) fn short_chat(chat: &str) -> String {
    if chat.is_empty() {
        return String::from("-");
    }
    cut(&one_line(chat), CHAT_WIDTH)
}

fn row(entry: &Entry) -> [String; 7] {
    let error = one_line(entry.error.as_deref().unwrap_or_default());
    [
        to_the_second(entry.received),
        one_line(&entry.channel),
        short_chat(&entry.chat),
        one_line(&entry.id),
        one_line(&entry.state),
        entry.attempts.to_string(),
        if output::is_seen() {
            cut(&error, ERROR_WIDTH)
        } else {
            error
        },
    ]
}

fn print_entry(entry: &Entry) -> anyhow::Result<()> {
    let field = |name: &str, value: &str| output::line(&format!("{name:10}{}", one_line(value)));
    field("id", &entry.id)?;
    field("channel", &entry.channel)?;
    field(
        "chat",
        if entry.chat.is_empty() {
            "-"
        } else {
            &entry.chat
        },
    )?;
    field("state", &entry.state)?;
    field("received", &to_the_millisecond(entry.received))?;
    if let Some(ended) = entry.ended {
        field("ended", &to_the_millisecond(ended))?;
    }
    field("failed", &times(entry.attempts))
}

fn times(count: u32) -> String {
    match count {
        0 => String::from("never"),
        1 => String::from("once"),
        _ => format!("{count} times"),
    }
}

fn print_failure(number: usize, failure: &Failure) -> anyhow::Result<()> {
    let Failure {
        started,
        milliseconds,
        plugin,
        error,
        log,
    } = failure;
    let started = to_the_millisecond(*started);
    let plugin = one_line(plugin);
    output::line(&format!(
        "failed attempt {number}: {started}, {milliseconds} ms, plugin {plugin}"
    ))?;
    output::line(&format!("  error: {}", one_line(error)))?;
    if !log.is_empty() {
        output::line("  log:")?;
    }
    for logged in log.lines() {
        output::line(&format!("    {}", one_line(logged)))?;
    }
    Ok(())
}
