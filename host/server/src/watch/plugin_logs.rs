//! The logs of channels: what their plugins logged, and how their attempts failed.
//!
//! An attempt's lines are handed over when it has ended, by who ran it, and written down a moment later,
//! those of all channels together. Nobody waits for that: when the store does not keep up, lines are left
//! out, and their log says how many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_line::log_rate::LogRate;
use botbox_store::{ChannelLogs, LogLevel, LogLine, LogOrigin, StoreError};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::channel::counters::Counter;
use crate::config::LogRetention;

/// How long lines wait for others to be written with: 250 ms. Who follows a log sees no delay.
const LINGER: Duration = Duration::from_millis(250);

/// How often it is logged that logs can't be written: once a minute.
const FAILURE_WINDOW: Duration = Duration::from_secs(60);

/// The most bytes of all channels that wait to be written: 8 MiB.
const WAITING_BYTES: usize = 8 << 20;

/// The most bytes of a channel that wait to be written: 256 KiB, those of some attempts that each log as much
/// as they may. The rate of a channel brings a tenth of it in the time that lines wait.
const CHANNEL_BYTES: usize = 256 << 10;

/// How often lines are removed that are too old: every hour. They are kept for days.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3_600);

/// The logs of channels.
pub(crate) struct PluginLogs {
    store: Arc<dyn ChannelLogs>,
    retention: LogRetention,
    clock: Clock,
    waiting: Mutex<Waiting>,
    has_lines: Notify,
    /// Held while lines are written.
    writing: tokio::sync::Mutex<()>,
    /// Changes when lines were written.
    written: watch::Sender<()>,
    failures: Arc<LogRate>,
    /// Lines that were left out because the store did not keep up.
    pub(crate) dropped: Counter,
}

/// The lines that wait to be written.
#[derive(Default)]
struct Waiting {
    channels: HashMap<Arc<str>, ChannelLines>,
    bytes: usize,
}

/// Those of a channel.
#[derive(Default)]
struct ChannelLines {
    lines: Vec<LogLine>,
    bytes: usize,
    /// How many were left out.
    dropped: usize,
    /// The messages that were unsent: nothing of them is to be kept.
    unsent: Vec<String>,
}

impl PluginLogs {
    pub(crate) fn new(store: Arc<dyn ChannelLogs>, retention: LogRetention, clock: Clock) -> Self {
        Self {
            store,
            retention,
            clock,
            waiting: Mutex::default(),
            has_lines: Notify::new(),
            writing: tokio::sync::Mutex::default(),
            written: watch::Sender::new(()),
            failures: LogRate::new(1, FAILURE_WINDOW, |more| {
                tracing::error!(more, "could not write the logs of plugins, again and again");
            }),
            dropped: Counter::default(),
        }
    }

    /// Takes lines of a channel, which the store knows by this key.
    pub(crate) fn add(&self, channel: &Arc<str>, lines: Vec<LogLine>) {
        if lines.is_empty() || self.retention.channel_bytes == 0 {
            return;
        }
        let bytes: usize = lines.iter().map(LogLine::cost).sum();
        let mut guard = self.waiting();
        let waiting = &mut *guard;
        let is_full = waiting.bytes + bytes > WAITING_BYTES;
        let own = waiting.channels.entry(Arc::clone(channel)).or_default();
        if is_full || own.bytes + bytes > CHANNEL_BYTES {
            own.dropped += lines.len();
            self.dropped.add(lines.len());
        } else {
            own.bytes += bytes;
            own.lines.extend(lines);
            waiting.bytes += bytes;
        }
        drop(guard);
        self.has_lines.notify_one();
    }

    /// Removes what the log of a channel has of a message that was unsent, soon. What an attempt that still runs
    /// logs of it is not kept either.
    pub(crate) fn forget(&self, channel: &Arc<str>, message: &str) {
        if self.retention.channel_bytes == 0 {
            return;
        }
        let mut guard = self.waiting();
        let waiting = &mut *guard;
        let own = waiting.channels.entry(Arc::clone(channel)).or_default();
        if own.bytes + message.len() > CHANNEL_BYTES {
            tracing::warn!(
                channel = %channel,
                "too many messages are unsent at once: a line that quotes one stays until it is too old"
            );
            return;
        }
        own.bytes += message.len();
        waiting.bytes += message.len();
        own.unsent.push(message.to_owned());
        drop(guard);
        self.has_lines.notify_one();
    }

    /// Writes down what comes, as long as the host runs.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            self.has_lines.notified().await;
            sleep(LINGER).await;
            self.flush().await;
        }
    }

    /// Removes lines that are too old, again and again.
    pub(crate) async fn sweep(self: Arc<Self>) {
        loop {
            let age = self
                .retention
                .age
                .as_millis()
                .try_into()
                .unwrap_or(i64::MAX);
            let before = self.clock.now_ms().saturating_sub(age);
            if let Err(error) = self.store.sweep_logs(before).await {
                let why = with_causes(&error);
                tracing::warn!(why, "cannot remove old lines of the plugins' logs");
            }
            self.clock.sleep(SWEEP_INTERVAL).await;
        }
    }

    /// Writes down what waits. When it returns, nothing of what was added before waits any more.
    pub(crate) async fn flush(&self) {
        let _writing = self.writing.lock().await;
        let waiting = std::mem::take(&mut *self.waiting());
        if waiting.channels.is_empty() {
            return;
        }
        let now = self.clock.now_ms();
        let mut lines = Vec::new();
        let mut unsent = Vec::new();
        for (channel, mut own) in waiting.channels {
            let messages = std::mem::take(&mut own.unsent);
            if !messages.is_empty() {
                unsent.push((Arc::clone(&channel), messages));
            }
            lines.push((channel, own.written(now)));
        }
        let count: usize = lines.iter().map(|(_, lines)| lines.len()).sum();
        let kept = self
            .store
            .append_logs(lines, self.retention.channel_bytes)
            .await;
        if let Err(error) = kept {
            self.dropped.add(count);
            self.tell(&error);
        }
        self.forget_unsent(unsent, now).await;
        self.written.send_replace(());
    }

    /// Removes what logs have of messages that were unsent. What fails is tried again with the next lines.
    async fn forget_unsent(&self, unsent: Vec<(Arc<str>, Vec<String>)>, now: i64) {
        if unsent.is_empty() {
            return;
        }
        if let Err(error) = self.store.forget_messages(unsent.clone(), now).await {
            self.tell(&error);
            for (channel, messages) in unsent {
                for message in messages {
                    self.forget(&channel, &message);
                }
            }
        }
    }

    fn tell(&self, error: &StoreError) {
        if self.failures.passes(1) {
            let why = with_causes(error);
            tracing::error!(why, "cannot write the logs of plugins");
        }
    }

    /// Tells when lines were written.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.written.subscribe()
    }

    /// Removes a channel's log. Nothing may be added to it any more.
    pub(crate) async fn purge(&self, channel: &str) -> Result<(), StoreError> {
        self.flush().await;
        self.store.purge_log(channel).await
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // Each change leaves it whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChannelLines {
    /// The lines, and one that says how many are left out.
    fn written(mut self, now: i64) -> Vec<LogLine> {
        if self.dropped > 0 {
            let message = format!(
                "{} lines are left out: the host could not write them in time",
                self.dropped
            );
            self.lines.push(LogLine {
                time: now,
                level: LogLevel::Warn,
                origin: LogOrigin::Host,
                event: "".into(),
                line_message: None,
                deployment: 0,
                attempt: 0,
                context: String::new(),
                message,
            });
        }
        self.lines
    }
}
