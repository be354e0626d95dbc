//! The log: on stderr, for people on a terminal and as JSON elsewhere.

pub(crate) mod notes;
mod queue;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::env;
use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use self::notes::Notes;
use self::queue::Queue;
use crate::telemetry::{TraceFilter, TraceLayer, is_for_the_log};

const VARIABLE: &str = "BOTBOX_LOG";

/// What is logged when nothing is said.
pub(crate) const USUAL: &str = "info";

/// How long the end of the process waits for who reads the log: 1 s, enough for whoever reads at all.
const FLUSH_TIME: Duration = Duration::from_secs(1);

/// A log that was started. What waits to be written is written when it is dropped.
pub(crate) struct Log(Arc<Queue>);

/// Starts logging. The variable `BOTBOX_LOG` is a level, of botbox and its plugins, or directives
/// such as `info,botbox_line=debug,hyper=trace`. Without it, it is `usual`.
/// `makes_notes` has the log heard by [`notes::hear`] as well.
pub(crate) fn start(usual: &str, makes_notes: bool) -> anyhow::Result<Log> {
    let notes = makes_notes.then_some(Notes);
    let value = env::var(VARIABLE).unwrap_or_else(|_| usual.to_owned());
    let filter = filter(&value).with_context(|| format!("{VARIABLE}={value} is not understood"))?;
    let queue = Queue::write_to(io::stderr()).context("cannot start the log")?;
    let log = tracing_subscriber::fmt::layer().with_writer(Arc::clone(&queue));
    let log = match is_json() {
        true => log.json().flatten_event(true).with_span_list(false).boxed(),
        false => log.boxed(),
    };
    // What the log has, its notes have.
    let notes = match notes {
        Some(notes) => Some(notes.with_filter(self::filter(&value)?)),
        None => None,
    };
    let for_the_log = filter_fn(is_for_the_log).with_max_level_hint(LevelFilter::TRACE);
    tracing_subscriber::registry()
        .with(log.with_filter(filter.and(for_the_log)))
        .with(TraceLayer.with_filter(TraceFilter))
        .with(notes)
        .init();
    panic::set_hook(Box::new(log_panic));
    Ok(Log(queue))
}

/// Whether the log is JSON.
pub(crate) fn is_json() -> bool {
    !io::stderr().is_terminal()
}

/// Has what `tell` logs written at once, as JSON, whatever the filter is.
pub(crate) fn unfiltered(tell: impl FnOnce()) {
    let log = tracing_subscriber::fmt().with_writer(io::stderr);
    let log = log.json().flatten_event(true).with_span_list(false);
    tracing::subscriber::with_default(log.finish(), tell);
}

/// A panic is a line of the log like others: written straight to stderr, it would wait for who reads
/// that.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let message = panic.payload_as_str().unwrap_or("no message");
    let backtrace = Backtrace::capture();
    let backtrace = match backtrace.status() {
        BacktraceStatus::Captured => Some(backtrace.to_string()),
        _ => None,
    };
    tracing::error!(place, backtrace, "a bug of botbox: it panicked: {message}");
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.flush(FLUSH_TIME);
    }
}

fn filter(value: &str) -> anyhow::Result<EnvFilter> {
    let directives = match value.parse::<LevelFilter>() {
        Ok(level) => format!("warn,botbox={level},plugin={level}"),
        Err(_) => {
            // A single word that is no level would be taken for a target, and silence the rest.
            ensure!(
                value.contains(['=', ',']),
                "give a level (error, warn, info, debug, trace) or directives such as \
                 `info,botbox_line=debug`"
            );
            value.to_owned()
        }
    };
    Ok(EnvFilter::try_new(directives)?)
}
