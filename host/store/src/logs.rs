//! What channels' plugins logged, and how their attempts failed: the newest of it, for each channel up to a
//! number of bytes.

use std::sync::Arc;

use crate::error::StoreFuture;

/// The most lines that a page of [`ChannelLogs::log`] has.
pub const PAGE_LINES: usize = 1_000;

/// What a line counts beside its texts, in bytes.
const LINE_COST: usize = 64;

/// The place of a line in its channel's log: how many bytes the log has ever had up to the line's end. It
/// only grows.
pub type LogPosition = i64;

/// How grave a line is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum LogLevel {
    /// What nobody reads but who looks for a mistake.
    Trace,
    /// What is read to look for a mistake.
    Debug,
    /// What happens in the ordinary course of things.
    Info,
    /// What may be wrong.
    Warn,
    /// What is wrong.
    Error,
}

impl LogLevel {
    /// All of them, from the least grave on.
    pub const ALL: [Self; 5] = [
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
    ];

    /// In lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Whose words a line has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogOrigin {
    /// The plugin's.
    Plugin,
    /// The host's: why an attempt failed, or that lines are left out.
    Host,
}

/// A line of a channel's log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogLine {
    /// When it was logged, in milliseconds since the Unix epoch.
    pub time: i64,
    /// How grave it is.
    pub level: LogLevel,
    /// Whose words it has.
    pub origin: LogOrigin,
    /// The event that was handled.
    pub event: Arc<str>,
    /// LINE's id of the message that the event brought or edited.
    pub line_message: Option<Arc<str>>,
    /// The number of the deployment that handled it. 0: it is not known.
    pub deployment: i64,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// The part of the plugin that logged it. Nothing if it does not say.
    pub context: String,
    /// The text, in one line.
    pub message: String,
}

impl LogLine {
    /// What it takes of its channel's log, in bytes.
    #[must_use]
    pub fn cost(&self) -> usize {
        LINE_COST + self.event.len() + self.context.len() + self.message.len()
    }
}

/// Which lines of a channel are meant.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// Those of this level, and graver ones.
    pub level: Option<LogLevel>,
    /// Those of this event.
    pub event: Option<String>,
    /// Those of this time and later ones, in milliseconds since the Unix epoch.
    pub since: Option<i64>,
}

/// Where a page of a log begins.
#[derive(Clone, Copy, Debug)]
pub enum LogPage {
    /// With the newest line before a position, or of all. The newest is first.
    Before(Option<LogPosition>),
    /// With the oldest line after a position. The oldest is first.
    After(LogPosition),
}

/// The logs of channels. What is appended is there for who reads when the call returns; the last of it may be
/// lost when the machine fails, but not when the process does.
pub trait ChannelLogs: Send + Sync {
    /// Appends lines to the logs of channels, of which each then has its newest `keep` bytes. Fails when the
    /// disk's last room is for webhooks.
    fn append_logs(&self, lines: Vec<(Arc<str>, Vec<LogLine>)>, keep: u64) -> StoreFuture<'_, ()>;

    /// Up to `limit` lines of a channel's log and no more than [`PAGE_LINES`], with their positions.
    fn log<'a>(
        &'a self,
        channel: &'a str,
        filter: LogFilter,
        page: LogPage,
        limit: usize,
    ) -> StoreFuture<'a, Vec<(LogPosition, LogLine)>>;

    /// The position of a channel's newest line; 0 if it never had one.
    fn log_end<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, LogPosition>;

    /// Removes the lines of all channels that are older than a time, in milliseconds since the Unix epoch.
    fn sweep_logs(&self, before: i64) -> StoreFuture<'_, ()>;

    /// Removes what channels' logs have of messages that were unsent, which is never kept of them for an hour
    /// from `now` on, in milliseconds since the Unix epoch: an attempt may run on for minutes.
    fn forget_messages(
        &self,
        messages: Vec<(Arc<str>, Vec<String>)>,
        now: i64,
    ) -> StoreFuture<'_, ()>;

    /// Removes a channel's log.
    fn purge_log<'a>(&'a self, channel: &'a str) -> StoreFuture<'a, ()>;
}
