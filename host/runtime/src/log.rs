//! What plugins log, in the host's log.
//!
//! Lines of `wasi:logging` and what is written to stdout and stderr go the same way. They carry
//! the fields of the attempt's span: channel and event.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::bindings::wasi::logging::logging::Level;

/// The longest line that is kept; the rest is cut. Enough for a stack trace.
const LINE_LIMIT: usize = 4 << 10;

/// The most lines of one attempt that are kept. Enough for a story, too few to fill a disk.
const LINES_LIMIT: u32 = 256;

/// The log of one attempt.
#[derive(Clone, Default)]
pub(crate) struct PluginLog {
    lines: Arc<AtomicU32>,
}

impl PluginLog {
    pub(crate) fn write(&self, level: Level, context: &str, message: &str) {
        match self.lines.fetch_add(1, Ordering::Relaxed) {
            0..LINES_LIMIT => {}
            LINES_LIMIT => {
                tracing::warn!(target: "plugin", "more than {LINES_LIMIT} lines: the rest is dropped");
                return;
            }
            _ => return,
        }
        let message = OneLine(message);
        let context = OneLine(context);
        match level {
            Level::Trace => tracing::trace!(target: "plugin", %context, "{message}"),
            Level::Debug => tracing::debug!(target: "plugin", %context, "{message}"),
            Level::Info => tracing::info!(target: "plugin", %context, "{message}"),
            Level::Warn => tracing::warn!(target: "plugin", %context, "{message}"),
            Level::Error | Level::Critical => {
                tracing::error!(target: "plugin", %context, "{message}");
            }
        }
    }
}

/// Shows a plugin's text in one line of bounded length, without control characters, so that it
/// can't pass for lines of the host.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = &self.0[..self.0.floor_char_boundary(LINE_LIMIT)];
        for piece in kept.split_inclusive(char::is_control) {
            match piece.char_indices().next_back() {
                Some((at, last)) if last.is_control() => {
                    write!(formatter, "{}{}", &piece[..at], last.escape_default())?;
                }
                _ => formatter.write_str(piece)?,
            }
        }
        if kept.len() < self.0.len() {
            write!(formatter, " … ({} bytes cut)", self.0.len() - kept.len())?;
        }
        Ok(())
    }
}

/// A plugin's stdout or stderr.
pub(crate) struct Stdio {
    pub(crate) log: PluginLog,
    pub(crate) name: &'static str,
}

impl IsTerminal for Stdio {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stdio {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncWrite + Send + Sync> {
        // Only WASI 0.3 asks for this form, and the host does not link it.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(Lines {
            log: self.log.clone(),
            name: self.name,
            line: Vec::new(),
        })
    }
}

/// Cuts what is written into lines.
struct Lines {
    log: PluginLog,
    name: &'static str,
    /// The line that has no end yet; never longer than `LINE_LIMIT`.
    line: Vec<u8>,
}

impl Lines {
    fn end_line(&mut self) {
        if !self.line.is_empty() {
            let line = String::from_utf8_lossy(&self.line);
            self.log.write(Level::Info, self.name, &line);
            self.line.clear();
        }
    }
}

impl OutputStream for Lines {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, ends) = match piece {
                [text @ .., b'\n'] => (text, true),
                text => (text, false),
            };
            let room = LINE_LIMIT - self.line.len();
            self.line.extend_from_slice(&text[..text.len().min(room)]);
            if ends || self.line.len() == LINE_LIMIT {
                self.end_line();
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(64 << 10)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Lines {
    async fn ready(&mut self) {}
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.end_line();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_cannot_fake_lines() {
        assert_eq!(
            OneLine("a\n2026 INFO b\r\u{1b}[31m").to_string(),
            "a\\n2026 INFO b\\r\\u{1b}[31m"
        );
        assert_eq!(OneLine("日本語 plain").to_string(), "日本語 plain");
    }

    #[test]
    fn a_long_line_is_cut() {
        let shown = OneLine(&"あ".repeat(LINE_LIMIT)).to_string();
        assert!(shown.len() < LINE_LIMIT + 100, "{}", shown.len());
        assert!(shown.ends_with("bytes cut)"));
    }
}
