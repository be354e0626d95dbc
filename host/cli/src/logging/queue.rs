//! The log on its way to stderr.
//!
//! Who logs must not wait for who reads: a log collector that is slow, or stuck, would hold up the
//! workers that take webhooks in. So lines wait in memory, and a thread of its own writes them, in batches.
//! A line that finds no room is dropped and counted, and the log says how many were dropped.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The most bytes that wait: 4 MiB, about ten thousand lines. A busy host logs as much in some seconds.
const BYTES: usize = 4 << 20;

/// How long the writer lingers for further lines after the first one: 5 ms, which nobody who reads notices.
const LINGER: Duration = Duration::from_millis(5);

/// The memory that the writer keeps between two batches: 64 KiB, an ordinary batch.
const KEPT_ROOM: usize = 64 << 10;

/// Lines that wait to be written.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: Vec<u8>,
    /// Lines that found no room since the last ones were taken.
    dropped: u64,
    is_writing: bool,
}

impl Queue {
    /// A queue whose lines a thread writes to `out`.
    pub(super) fn write_to(out: impl Write + Send + 'static) -> io::Result<Arc<Self>> {
        let queue = Arc::new(Self::default());
        let writer = Arc::clone(&queue);
        let thread = thread::Builder::new().name(String::from("log"));
        thread.spawn(move || writer.write_lines(out))?;
        Ok(queue)
    }

    /// Waits until all lines are written, for at most `patience`.
    pub(super) fn flush(&self, patience: Duration) {
        let is_busy = |state: &mut State| state.is_writing || !state.lines.is_empty();
        let waited = (self.changed).wait_timeout_while(self.state(), patience, is_busy);
        drop(waited);
    }

    fn write_lines(&self, mut out: impl Write) {
        let mut lines = Vec::new();
        loop {
            let waits = |state: &mut State| state.lines.is_empty();
            let waited = self.changed.wait_while(self.state(), waits);
            drop(waited);
            thread::sleep(LINGER);
            let dropped = self.take(&mut lines);
            // When nobody reads any more, there is nobody to tell.
            let _ = out.write_all(&lines);
            lines.clear();
            lines.shrink_to(KEPT_ROOM);
            if dropped > 0 {
                tracing::warn!(
                    lines = dropped,
                    "these lines of the log were dropped: {BYTES} bytes wait at most; read stderr \
                     faster, or log less"
                );
            }
            self.state().is_writing = false;
            self.changed.notify_all();
        }
    }

    /// Takes what is to be written, and returns how many lines were dropped.
    fn take(&self, lines: &mut Vec<u8>) -> u64 {
        let mut state = self.state();
        std::mem::swap(&mut state.lines, lines);
        state.is_writing = true;
        std::mem::take(&mut state.dropped)
    }

    fn push(&self, line: &[u8]) {
        let mut state = self.state();
        if state.lines.len() + line.len() > BYTES {
            state.dropped += 1;
            return;
        }
        let was_empty = state.lines.is_empty();
        state.lines.extend_from_slice(line);
        drop(state);
        if was_empty {
            self.changed.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole at any time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one line with each write.
impl Write for &Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Blocks like a pipe that is not read.
    struct Pipe {
        entered: Sender<usize>,
        read: Receiver<()>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.entered.send(bytes.len()).unwrap();
            self.read.recv().map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_reader_and_what_waits_is_bounded() {
        let (entered, entries) = channel();
        let (go_on, read) = channel();
        let queue = Queue::write_to(Pipe { entered, read }).unwrap();
        let line = [b'.'; 1_000];
        queue.push(&line);
        assert_eq!(entries.recv().unwrap(), 1_000);
        // The writer is stuck. All of these return.
        for _ in 0..2 * BYTES / line.len() {
            queue.push(&line);
        }
        queue.flush(Duration::ZERO);
        let waiting = queue.state().lines.len();
        assert!(
            waiting > BYTES - line.len() && waiting <= BYTES,
            "{waiting}"
        );
        assert_eq!(
            queue.state().dropped as usize,
            2 * BYTES / 1_000 - waiting / 1_000
        );
        go_on.send(()).unwrap();
        assert_eq!(entries.recv().unwrap(), waiting);
        go_on.send(()).unwrap();
        queue.flush(Duration::from_secs(60));
        assert!(queue.state().lines.is_empty() && !queue.state().is_writing);
    }
}
