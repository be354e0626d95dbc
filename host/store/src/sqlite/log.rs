//! The write-ahead log of a database, and how it is moved into it.
//!
//! A thread with a connection of its own moves the log, so that who writes does not wait for it. As
//! long as others write, it never reaches the log's end, and only then is the log begun anew: so the
//! writer moves the little that is left itself. What somebody holds, by reading for long, stays in
//! the log: it is tried again each second, and how much that is, is told.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use crate::error::StoreError;

/// From how many pages on the thread moves the log: 8 MiB, in which a page that is written again and
/// again is moved once.
const MOVED: u64 = (8 << 20) / PAGE;

/// From how many pages on the log is long, and is to begin anew: 32 MiB.
const LONG: u64 = (32 << 20) / PAGE;

/// How many pages of a long log the writer moves itself: 1 MiB, in some milliseconds.
const LITTLE: u64 = (1 << 20) / PAGE;

/// The bytes of a page, as SQLite has it unless it is told otherwise.
const PAGE: u64 = 4 << 10;

/// From how many bytes on that are not moved somebody seems to hold the log: 64 MiB, eight times what
/// is moved at a time.
const HELD: u64 = 64 << 20;

/// When moving is tried again that could not be finished.
const AGAIN: Duration = Duration::from_secs(1);

/// The log of one database, for its writer.
pub(super) struct Log {
    state: Arc<State>,
    // Dropped before the thread, which ends without it.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// How much of the log is not in the database yet. A clone is the same.
#[derive(Clone)]
pub(super) struct Unmoved(Arc<State>);

struct State {
    /// What came back when a sync failed.
    broken: Arc<OnceLock<StoreError>>,
    /// The pages of the log that are not in the database yet, when it was last looked.
    unmoved: AtomicU64,
    /// Whether the thread moves it.
    is_moving: AtomicBool,
}

impl Log {
    /// Starts the thread that moves the log, by this connection. What is broken is so for all who
    /// have the same `broken`.
    pub(super) fn start(
        connection: Connection,
        broken: Arc<OnceLock<StoreError>>,
    ) -> io::Result<Self> {
        let state = Arc::new(State {
            broken,
            unmoved: AtomicU64::new(0),
            is_moving: AtomicBool::new(false),
        });
        let (wake, woken) = mpsc::sync_channel(1);
        let mover = Mover {
            connection,
            state: Arc::clone(&state),
            woken,
        };
        let thread = thread::Builder::new()
            .name("store log".to_owned())
            .spawn(move || mover.work())?;
        Ok(Self {
            state,
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    pub(super) fn unmoved(&self) -> Unmoved {
        Unmoved(Arc::clone(&self.state))
    }

    /// What came back when a sync failed, if one did.
    pub(super) fn broken(&self) -> &Arc<OnceLock<StoreError>> {
        &self.state.broken
    }

    pub(super) fn note_broken<T>(&self, outcome: &Result<T, StoreError>) {
        self.state.note_broken(outcome);
    }

    /// Sees to it that the log does not grow without end, for the writer between two transactions.
    pub(super) fn tend(&self, writer: &Connection) -> Result<(), StoreError> {
        let length = Length::of(writer, "NOOP")?;
        self.state.set_unmoved(length);
        let is_long = length.logged >= LONG && length.unmoved() > 0;
        if self.state.is_moving.load(Ordering::Acquire) {
            return Ok(());
        }
        if is_long && length.unmoved() <= LITTLE {
            // The log is begun anew only when what it had is synced in the database.
            self.state.set_unmoved(Length::of(writer, "PASSIVE")?);
        } else if is_long || length.unmoved() >= MOVED {
            self.state.is_moving.store(true, Ordering::Release);
            if let Some(wake) = &self.wake {
                // It has been woken already, or has ended.
                let _ = wake.try_send(());
            }
        }
        Ok(())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Unmoved {
    pub(super) fn bytes(&self) -> u64 {
        self.0.unmoved.load(Ordering::Relaxed) * PAGE
    }

    /// Fails when so much is left that somebody must hold it.
    pub(super) fn check_held(&self) -> Result<(), StoreError> {
        match self.bytes() {
            bytes if bytes >= HELD => Err(StoreError::LogHeld(bytes)),
            _ => Ok(()),
        }
    }
}

impl State {
    fn set_unmoved(&self, length: Length) {
        self.unmoved.store(length.unmoved(), Ordering::Relaxed);
    }

    fn note_broken<T>(&self, outcome: &Result<T, StoreError>) {
        if let Err(error @ StoreError::Broken(_)) = outcome {
            // It is set once.
            let _ = self.broken.set(error.clone());
        }
    }
}

/// In pages.
#[derive(Clone, Copy)]
struct Length {
    logged: u64,
    moved: u64,
}

impl Length {
    /// After a checkpoint of a mode; `NOOP` only looks.
    fn of(connection: &Connection, mode: &str) -> Result<Self, StoreError> {
        let checkpoint = format!("PRAGMA wal_checkpoint({mode})");
        let mut checkpoint = connection.prepare_cached(&checkpoint)?;
        // Negative when there is no log yet.
        let pages = |pages: i64| u64::try_from(pages).unwrap_or_default();
        Ok(checkpoint.query_row([], |row| {
            Ok(Self {
                logged: pages(row.get(1)?),
                moved: pages(row.get(2)?),
            })
        })?)
    }

    fn unmoved(self) -> u64 {
        self.logged.saturating_sub(self.moved)
    }
}

/// What the thread has.
struct Mover {
    connection: Connection,
    state: Arc<State>,
    woken: Receiver<()>,
}

impl Mover {
    fn work(self) {
        let mut is_left = false;
        loop {
            let woken = match is_left {
                true => self.woken.recv_timeout(AGAIN),
                false => self.woken.recv().map_err(RecvTimeoutError::from),
            };
            if woken == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            if self.state.broken.get().is_some() {
                is_left = false;
                continue;
            }
            // What fails otherwise than by a failed sync, such as for want of room, is tried again.
            let moved = Length::of(&self.connection, "PASSIVE");
            self.state.note_broken(&moved);
            if let Ok(length) = moved {
                self.state.set_unmoved(length);
            }
            is_left = moved.map_or(true, |length| length.unmoved() >= MOVED);
            self.state.is_moving.store(false, Ordering::Release);
        }
    }
}
