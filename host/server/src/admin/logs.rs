//! The logs of channels: pages of lines, and lines while they are written.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use axum::response::sse::Event;
use botbox_store::{
    ChannelLogs, DeploymentNumber, LogFilter, LogLevel, LogLine, LogOrigin, LogPage, LogPosition,
    PAGE_LINES,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::access::{May, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use super::request::InPath;
use super::streams::{self, EventStream, LastEventId, Source};
use crate::control::caller::Caller;

/// How many lines a page has if nobody says.
const DEFAULT_LINES: usize = 100;

/// How many lines a stream reads at a time.
const STREAM_LINES: usize = 100;

/// How grave a line is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "LogLevel")]
#[serde(rename_all = "snake_case")]
enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogQuery {
    /// Of this level, and graver ones.
    level: Option<Level>,
    /// Of the event with this id.
    event: Option<String>,
    /// Of this time and later.
    since: Option<i64>,
    /// The `next` of the page before.
    before: Option<LogPosition>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FollowQuery {
    /// Of this level, and graver ones.
    level: Option<Level>,
    /// Of the event with this id.
    event: Option<String>,
    /// After this line. Without it, after the newest one.
    after: Option<LogPosition>,
}

/// A page of a channel's log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Log")]
pub(super) struct PageAnswer {
    /// Newest first.
    lines: Vec<LineAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<LogPosition>,
}

/// A line of a channel's log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LogLine")]
struct LineAnswer {
    position: LogPosition,
    /// In milliseconds since the Unix epoch.
    time: i64,
    level: Level,
    /// Whose words they are: `plugin` or `host`.
    origin: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    event: String,
    deployment: DeploymentNumber,
    attempt: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schemars(default)]
    context: String,
    message: String,
}

/// Reads a channel's log on while it is written.
struct Follower {
    operator: Arc<Operator>,
    caller: Caller,
    channel: String,
    key: String,
    filter: LogFilter,
    /// The last line that was read.
    last: LogPosition,
    /// What was read and is not told yet.
    lines: VecDeque<LineAnswer>,
    written: watch::Receiver<()>,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    InPath(channel): InPath<String>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<LogQuery>,
) -> Result<Json<PageAnswer>, Refusal> {
    let key = operator.key(&caller, &channel).await?;
    let limit = limit(query.limit, DEFAULT_LINES, PAGE_LINES)?;
    let filter = LogFilter {
        level: query.level.map(LogLevel::from),
        event: query.event,
        since: query.since,
    };
    let page = LogPage::Before(query.before);
    let lines = operator.store.log(&key, filter, page, limit).await?;
    let last = lines.last().filter(|_| lines.len() == limit);
    Ok(Json(PageAnswer {
        next: last.map(|(position, _)| *position),
        lines: lines.into_iter().map(LineAnswer::from).collect(),
    }))
}

pub(super) async fn follow(
    State(operator): State<Arc<Operator>>,
    InPath(channel): InPath<String>,
    May(caller, _): May<Read>,
    LastEventId(last): LastEventId,
    Parameters(query): Parameters<FollowQuery>,
) -> Result<EventStream, Refusal> {
    let key = operator.key(&caller, &channel).await?;
    let open = operator.streams.open(&caller)?;
    let written = operator.watch.logs.subscribe();
    let last = last.and_then(|it| it.parse().ok());
    let last = match last.or(query.after) {
        Some(last) => last,
        None => operator.store.log_end(&key).await?,
    };
    let follower = Follower {
        operator: Arc::clone(&operator),
        caller: caller.clone(),
        channel,
        key,
        filter: LogFilter {
            level: query.level.map(LogLevel::from),
            event: query.event,
            since: None,
        },
        last,
        lines: VecDeque::new(),
        written,
    };
    Ok(streams::answer(
        open,
        operator.token_ended(&caller),
        follower,
    ))
}

impl Source for Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                let id = line.position.to_string();
                return Some(streams::event("line", &line).id(id));
            }
            // Before it looks: what is written after that, wakes it.
            self.written.mark_unchanged();
            if !self.read().await? {
                self.written.changed().await.ok()?;
            }
        }
    }
}

impl Follower {
    /// Reads further lines, and tells whether there are any. Nothing when the channel is not the caller's to
    /// see any more, or can't be read.
    async fn read(&mut self) -> Option<bool> {
        let key = self.operator.key(&self.caller, &self.channel).await.ok()?;
        if key != self.key {
            return None;
        }
        let page = LogPage::After(self.last);
        let read = self
            .operator
            .store
            .log(&self.key, self.filter.clone(), page, STREAM_LINES);
        let lines = read.await.ok()?;
        if let Some((last, _)) = lines.last() {
            self.last = *last;
        }
        self.lines.extend(lines.into_iter().map(LineAnswer::from));
        Some(!self.lines.is_empty())
    }
}

impl From<(LogPosition, LogLine)> for LineAnswer {
    fn from((position, line): (LogPosition, LogLine)) -> Self {
        Self {
            position,
            time: line.time,
            level: line.level.into(),
            origin: match line.origin {
                LogOrigin::Plugin => "plugin",
                LogOrigin::Host => "host",
            },
            event: line.event.as_ref().to_owned(),
            deployment: line.deployment,
            attempt: line.attempt,
            context: line.context,
            message: line.message,
        }
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Trace => Self::Trace,
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
        }
    }
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Trace => Self::Trace,
            LogLevel::Debug => Self::Debug,
            LogLevel::Info => Self::Info,
            LogLevel::Warn => Self::Warn,
            LogLevel::Error => Self::Error,
        }
    }
}
