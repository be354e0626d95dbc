//! A plugin's stdin, stdout and stderr, which live as long as its instance: what it writes goes to the log of the
//! event that it handles then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use wasmtime_wasi::cli::{IsTerminal, StdinStream, StdoutStream};
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

use crate::bindings::wasi::logging::logging::Level;
use crate::counts::{Open, OpenCount};
use crate::log::PluginLog;
use crate::one_line::LINE_LIMIT;

/// A plugin's stdout or stderr, for as long as its instance lives. What is written is cut into lines, and a line
/// that is too long into several. Clones are the same.
#[derive(Clone)]
pub(crate) struct Stdio {
    lines: Arc<Mutex<Lines>>,
    /// Streams that the plugin holds.
    open: Arc<OpenCount>,
}

struct Lines {
    /// Of the event that the instance handles.
    log: PluginLog,
    name: &'static str,
    /// The line that has no end yet; never longer than `LINE_LIMIT`.
    line: Vec<u8>,
}

impl Stdio {
    pub(crate) fn new(name: &'static str, log: PluginLog, open: &Arc<OpenCount>) -> Self {
        let line = Vec::new();
        Self {
            lines: Arc::new(Mutex::new(Lines { log, name, line })),
            open: Arc::clone(open),
        }
    }

    /// Ends the last line, and has those that follow go to another log.
    pub(crate) fn set_log(&self, log: PluginLog) {
        let mut lines = self.lines();
        lines.end();
        lines.log = log;
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        Box::new(StdioStream {
            stdio: self.clone(),
            _open: self.open.add(),
        })
    }
}

impl Lines {
    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (mut text, ends) = match piece {
                [text @ .., b'\n'] => (text, true),
                text => (text, false),
            };
            while !text.is_empty() {
                let room = LINE_LIMIT - self.line.len();
                let (now, later) = text.split_at(text.len().min(room));
                self.line.extend_from_slice(now);
                if self.line.len() == LINE_LIMIT {
                    self.end();
                }
                text = later;
            }
            if ends {
                self.end();
            }
        }
    }

    fn end(&mut self) {
        if !self.line.is_empty() {
            let line = String::from_utf8_lossy(&self.line);
            self.log.write(Level::Info, self.name, &line);
            self.line.clear();
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.end();
    }
}

/// Stdout or stderr as the plugin holds it.
struct StdioStream {
    stdio: Stdio,
    _open: Open,
}

impl OutputStream for StdioStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.stdio.lines().write(&bytes);
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
impl Pollable for StdioStream {
    async fn ready(&mut self) {}
}

/// A plugin's stdin, which is empty.
pub(crate) struct Stdin(pub(crate) Arc<OpenCount>);

impl IsTerminal for Stdin {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdinStream for Stdin {
    fn async_stream(&self) -> Box<dyn tokio::io::AsyncRead + Send + Sync> {
        Box::new(tokio::io::empty())
    }

    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(StdinHandle(self.0.add()))
    }
}

/// Stdin as the plugin holds it.
struct StdinHandle(#[expect(dead_code, reason = "it counts")] Open);

impl InputStream for StdinHandle {
    fn read(&mut self, _: usize) -> StreamResult<Bytes> {
        Err(StreamError::Closed)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for StdinHandle {
    async fn ready(&mut self) {}
}
