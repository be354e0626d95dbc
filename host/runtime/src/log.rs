//! What plugins log: for the host's log, and for the channel's own.
//!
//! Lines of `wasi:logging` and what is written to stdout and stderr go the same way. They carry
//! the fields of the attempt's span: channel and event.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::log_rate::LogRate;
use botbox_store::LogLevel;
use tracing::enabled;

use crate::bindings::wasi::logging::logging::Level;
use crate::last_error::LastError;
use crate::one_line::{LINE_LIMIT, one_line};

/// The longest context that is kept, the name of a module, in bytes.
const CONTEXT_LIMIT: usize = 128;

/// The most bytes of one attempt that are kept. Enough for a story, too few to fill a disk.
const LOG_LIMIT: usize = 64 << 10;

/// What errors may take beyond it: chatter must not drown the reason for a crash.
const ERROR_RESERVE: usize = 8 << 10;

/// What a line counts beside its text, for the fields around it. So there are 256 lines at most.
pub(crate) const LINE_COST: usize = 256;

/// The most bytes of a channel in the host's log within [`RATE_WINDOW`]: 512 KiB, which is all of
/// eight attempts, or two hundred ordinary lines a second. A plugin that logs so all day writes
/// 4.5 GB.
const RATE_BYTES: usize = 512 << 10;

/// The window of the rate: 10 s.
const RATE_WINDOW: Duration = Duration::from_secs(10);

/// The rate at which the plugin of a channel, in all its attempts, gets into the host's log and the
/// channel's own. What is kept of a failed attempt is not part of it.
#[must_use]
pub fn plugin_log_rate(channel: &str) -> Arc<LogRate> {
    let channel = channel.to_owned();
    LogRate::new(RATE_BYTES, RATE_WINDOW, move |lines| {
        tracing::warn!(
            channel,
            lines,
            "the plugin logged more than {RATE_BYTES} bytes in {} s: these lines are dropped",
            RATE_WINDOW.as_secs()
        );
    })
}

/// The log of one attempt. Clones are the same.
#[derive(Clone)]
pub(crate) struct PluginLog(Arc<Attempt>);

struct Attempt {
    /// Bytes so far.
    used: AtomicUsize,
    is_cut: AtomicBool,
    kept: Mutex<Kept>,
    /// The channel's.
    rate: Arc<LogRate>,
    clock: Clock,
}

/// A line that a plugin logged.
#[derive(Clone, Debug)]
pub struct LoggedLine {
    /// When, in milliseconds since the Unix epoch.
    pub time: i64,
    /// How grave it is.
    pub level: LogLevel,
    /// The part of the plugin that logged it. Nothing if it does not say.
    pub context: String,
    /// The text, in one line of bounded length.
    pub message: String,
    /// Whether the channel had logged too much before it.
    pub is_over_rate: bool,
}

/// What is kept until the attempt has ended.
#[derive(Default)]
struct Kept {
    /// The lines, whatever the host logs.
    lines: Vec<LoggedLine>,
    last_error: LastError,
}

impl LoggedLine {
    /// The line as text, without a break at its end.
    #[must_use]
    pub fn text(&self) -> String {
        let Self {
            level,
            context,
            message,
            ..
        } = self;
        let level = level.name().to_uppercase();
        let colon = if context.is_empty() { "" } else { ": " };
        format!("{level} {context}{colon}{message}")
    }
}

impl PluginLog {
    pub(crate) fn new(rate: &Arc<LogRate>, clock: Clock) -> Self {
        Self(Arc::new(Attempt {
            used: AtomicUsize::default(),
            is_cut: AtomicBool::default(),
            kept: Mutex::default(),
            rate: Arc::clone(rate),
            clock,
        }))
    }

    /// Logs a line if its level is logged, and keeps it if there is room.
    pub(crate) fn write(&self, level: Level, context: &str, message: &str) {
        let is_shown = is_enabled(level);
        if !is_shown && matches!(level, Level::Trace | Level::Debug) {
            return;
        }
        self.kept().last_error.observe(level, context, message);
        let context = one_line(context, CONTEXT_LIMIT);
        let message = one_line(message, LINE_LIMIT);
        let cost = message.len() + LINE_COST;
        if !self.has_room(level, cost) {
            if !self.0.is_cut.swap(true, Ordering::Relaxed) {
                tracing::warn!(target: "plugin", "more than {LOG_LIMIT} bytes: the rest is dropped");
            }
            return;
        }
        let is_over_rate = !self.0.rate.passes(cost);
        if is_shown && !is_over_rate {
            show(level, &context, &message);
        }
        self.kept().lines.push(LoggedLine {
            time: self.0.clock.now_ms(),
            level: graveness(level),
            context,
            message,
            is_over_rate,
        });
    }

    /// What was logged so far.
    pub(crate) fn take(&self) -> Vec<LoggedLine> {
        std::mem::take(&mut self.kept().lines)
    }

    /// The last error that the plugin logged, in one line of bounded length.
    pub(crate) fn last_error(&self) -> Option<String> {
        self.kept().last_error.get().map(str::to_owned)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Each change leaves it whole.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room for `cost` bytes, if there is. One attempt is on one thread at a time.
    fn has_room(&self, level: Level, cost: usize) -> bool {
        let limit = match level {
            Level::Error | Level::Critical => LOG_LIMIT + ERROR_RESERVE,
            Level::Trace | Level::Debug | Level::Info | Level::Warn => LOG_LIMIT,
        };
        let used = self.0.used.load(Ordering::Relaxed) + cost;
        if used <= limit {
            self.0.used.store(used, Ordering::Relaxed);
        }
        used <= limit
    }
}

fn show(level: Level, context: &str, message: &str) {
    match level {
        Level::Trace => tracing::trace!(target: "plugin", context, "{message}"),
        Level::Debug => tracing::debug!(target: "plugin", context, "{message}"),
        Level::Info => tracing::info!(target: "plugin", context, "{message}"),
        Level::Warn => tracing::warn!(target: "plugin", context, "{message}"),
        Level::Error | Level::Critical => {
            tracing::error!(target: "plugin", context, "{message}");
        }
    }
}

fn graveness(level: Level) -> LogLevel {
    match level {
        Level::Trace => LogLevel::Trace,
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error | Level::Critical => LogLevel::Error,
    }
}

fn is_enabled(level: Level) -> bool {
    match level {
        Level::Trace => enabled!(target: "plugin", tracing::Level::TRACE),
        Level::Debug => enabled!(target: "plugin", tracing::Level::DEBUG),
        Level::Info => enabled!(target: "plugin", tracing::Level::INFO),
        Level::Warn => enabled!(target: "plugin", tracing::Level::WARN),
        Level::Error | Level::Critical => enabled!(target: "plugin", tracing::Level::ERROR),
    }
}
