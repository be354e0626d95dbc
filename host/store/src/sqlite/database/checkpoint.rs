//! The write-ahead log of a database, and how it gets into the database.
//!
//! SQLite swallows the failures of its own checkpoints, so the store makes them itself. A thread with a
//! connection of its own does it, so that the writer does not wait. While others write, that thread
//! never reaches the end of the log, and only at the end does the log begin anew: so the writer
//! checkpoints the little that is left. What a long reader holds stays in the log. It is tried again
//! each second, and how much it is, is known.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use super::connection::{connect, set_up};
use crate::error::StoreError;
use crate::sqlite::open_error::OpenError;

/// The bytes of a page, SQLite's default.
const PAGE: u64 = 4 << 10;

/// From how many pending pages on the thread checkpoints: 8 MiB, in which a page that is written again
/// and again is copied once.
const DUE: u64 = (8 << 20) / PAGE;

/// From how many pages on the log is long, and must begin anew: 32 MiB.
const LONG: u64 = (32 << 20) / PAGE;

/// How many pending pages of a long log the writer checkpoints itself: 1 MiB, in some milliseconds.
const LITTLE: u64 = (1 << 20) / PAGE;

/// From how many pending bytes on something seems to hold the log: 64 MiB, eight times what is
/// checkpointed at a time.
const HELD: u64 = 64 << 20;

/// When a checkpoint that could not be finished is tried again: after 1 s.
const RETRY: Duration = Duration::from_secs(1);

/// Why a sync failed, if one did. It is one for all databases of a store, because it tells of the disk.
/// What was to be synced may be lost though the next sync succeeds: so nothing is written after it.
#[derive(Clone, Default)]
pub(crate) struct FailedSync(Arc<OnceLock<StoreError>>);

impl FailedSync {
    pub(crate) fn get(&self) -> Option<&StoreError> {
        self.0.get()
    }

    /// Notes an outcome, if it is that a sync failed. The first one stays.
    pub(super) fn note<T>(&self, outcome: &Result<T, StoreError>) {
        if let Err(error @ StoreError::Broken(_)) = outcome {
            let _ = self.0.set(error.clone());
        }
    }
}

/// Checkpoints one database, for its writer.
pub(crate) struct Checkpointer {
    state: Arc<State>,
    // Dropped before the thread is joined, which ends without it.
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct State {
    failed_sync: FailedSync,
    /// The pages of the log that are not in the database yet, when it was last looked.
    pending: AtomicU64,
    /// Whether the thread checkpoints.
    is_running: AtomicBool,
}

impl Checkpointer {
    /// Starts the thread.
    pub(crate) fn start(database: &Path, failed_sync: FailedSync) -> Result<Self, OpenError> {
        let connection = connect(database).map_err(OpenError::of_database(database))?;
        set_up(&connection).map_err(OpenError::of_database(database))?;
        let state = Arc::new(State {
            failed_sync,
            pending: AtomicU64::new(0),
            is_running: AtomicBool::new(false),
        });
        let (wake, woken) = mpsc::sync_channel(1);
        let checkpoints = CheckpointThread {
            connection,
            state: Arc::clone(&state),
            woken,
        };
        let thread = thread::Builder::new()
            .name("store log".to_owned())
            .spawn(move || checkpoints.work())
            .map_err(OpenError::Thread)?;
        Ok(Self {
            state,
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    pub(crate) fn pending(&self) -> PendingLog {
        PendingLog(Arc::clone(&self.state))
    }

    pub(super) fn failed_sync(&self) -> &FailedSync {
        &self.state.failed_sync
    }

    /// Sees to it that the log does not grow without end. For the writer, between two transactions.
    pub(super) fn after_commit(&self, writer: &Connection) -> Result<(), StoreError> {
        let length = Length::after(writer, "NOOP")?;
        self.state.set_pending(length);
        let is_long = length.logged >= LONG && length.pending() > 0;
        if self.state.is_running.load(Ordering::Acquire) {
            return Ok(());
        }
        if is_long && length.pending() <= LITTLE {
            // The log begins anew only when all of it is synced in the database.
            self.state.set_pending(Length::after(writer, "PASSIVE")?);
        } else if is_long || length.pending() >= DUE {
            self.state.is_running.store(true, Ordering::Release);
            if let Some(wake) = &self.wake {
                // If that fails, the thread has been woken already, or has ended.
                let _ = wake.try_send(());
            }
        }
        Ok(())
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// How much of a log is not in its database yet. Clones tell of one log.
#[derive(Clone)]
pub(crate) struct PendingLog(Arc<State>);

impl PendingLog {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.pending.load(Ordering::Relaxed) * PAGE
    }

    /// Fails when so much is pending that something must hold the log.
    pub(crate) fn check_held(&self) -> Result<(), StoreError> {
        match self.bytes() {
            bytes if bytes >= HELD => Err(StoreError::LogHeld(bytes)),
            _ => Ok(()),
        }
    }
}

impl State {
    fn set_pending(&self, length: Length) {
        self.pending.store(length.pending(), Ordering::Relaxed);
    }
}

/// How long a log is, in pages.
#[derive(Clone, Copy)]
struct Length {
    logged: u64,
    checkpointed: u64,
}

impl Length {
    /// The length after a checkpoint of a mode. The mode `NOOP` only looks.
    fn after(connection: &Connection, mode: &str) -> Result<Self, StoreError> {
        let checkpoint = format!("PRAGMA wal_checkpoint({mode})");
        let mut checkpoint = connection.prepare_cached(&checkpoint)?;
        // Negative when there is no log yet.
        let pages = |pages: i64| u64::try_from(pages).unwrap_or_default();
        Ok(checkpoint.query_row([], |row| {
            Ok(Self {
                logged: pages(row.get(1)?),
                checkpointed: pages(row.get(2)?),
            })
        })?)
    }

    fn pending(self) -> u64 {
        self.logged.saturating_sub(self.checkpointed)
    }
}

/// What the thread has.
struct CheckpointThread {
    connection: Connection,
    state: Arc<State>,
    woken: Receiver<()>,
}

impl CheckpointThread {
    fn work(self) {
        let mut is_left = false;
        loop {
            let woken = match is_left {
                true => self.woken.recv_timeout(RETRY),
                false => self.woken.recv().map_err(RecvTimeoutError::from),
            };
            if woken == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            if self.state.failed_sync.get().is_some() {
                is_left = false;
                continue;
            }
            // Any failure but that of a sync, such as for want of room, is tried again.
            let length = Length::after(&self.connection, "PASSIVE");
            self.state.failed_sync.note(&length);
            if let Ok(length) = length {
                self.state.set_pending(length);
            }
            is_left = length.map_or(true, |length| length.pending() >= DUE);
            self.state.is_running.store(false, Ordering::Release);
        }
    }
}
