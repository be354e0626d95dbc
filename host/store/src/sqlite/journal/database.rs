//! The journal's database, from its opening on.

use std::path::Path;
use std::sync::Arc;

use botbox_clock::Clock;
use rusqlite::Connection;

use super::front::{JournalFront, mark_folded};
use super::shared::SharedVolatile;
use super::waiters::Waiters;
use crate::error::StoreError;
use crate::journal::Position;
use crate::sqlite::database::{
    self, Checkpointer, FailedSync, JobClass, PendingLog, Priority, Reader, Urgency, Writer,
};
use crate::sqlite::events::{Events, ReadyQueues, Volatile};
use crate::sqlite::folder::{DataFolder, Disk, Recorded, Running};
use crate::sqlite::open_error::OpenError;
use crate::sqlite::redo::RedoLog;

/// The journal's database.
///
/// The thread that writes reads what the way of an event needs, too: that is quick, and sees what was
/// written before. Operators read by a connection of their own.
pub(crate) struct JournalDatabase {
    // Dropped before the writer, whose connections are then the last, and leave no log.
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    pub(crate) volatile: SharedVolatile,
    pub(crate) ready: ReadyQueues,
    pub(crate) waiters: Waiters,
    pub(crate) running: Arc<Running>,
    pub(crate) disk: Arc<Disk>,
    pub(crate) clock: Clock,
    pending_log: PendingLog,
    recovery: Recovery,
}

/// What the end of an earlier process has left.
#[derive(Clone, Copy, Debug)]
pub struct Recovery {
    /// How many attempts ran when a process ended without a stop. Each is counted as one that failed.
    pub cut_off: usize,
    /// The last position that the journal has, and the last one that it had acknowledged, if that is
    /// a later one: the events between them are lost. That happens when somebody changes the files, or
    /// when a disk does not keep what it has synced.
    pub lost: Option<(Position, Position)>,
}

impl JournalDatabase {
    /// Takes the database over from a connection to it, and upgrades it.
    pub(crate) fn open(
        mut connection: Connection,
        folder: &Arc<DataFolder>,
        disk: &Arc<Disk>,
        failed_sync: &FailedSync,
        clock: Clock,
    ) -> Result<Self, OpenError> {
        let path = folder.journal();
        let failed = OpenError::of_database(&path);
        let unusable = OpenError::of_folder(folder.path());
        let in_database = |source| OpenError::Database {
            database: path.clone(),
            source,
        };
        database::upgrade(&mut connection, &database::JOURNAL).map_err(&failed)?;
        let mut volatile = Volatile::open(&connection, clock.clone()).map_err(&failed)?;
        let (running, recorded) = Running::open(&folder.running()).map_err(&unusable)?;
        let mut log = open_log(&connection, &folder.redo()).map_err(&in_database)?;
        let recovery = recover(&mut connection, &mut volatile, &mut log, &recorded);
        let recovery = recovery.map_err(&in_database)?;
        running.clear().map_err(&unusable)?;
        let ready = volatile.ready().clone();
        let waiters = Waiters::new(ready.clone());
        let volatile = SharedVolatile::new(volatile);
        let running = Arc::new(running);
        let checkpointer = Checkpointer::start(&path, failed_sync.clone())?;
        let pending_log = checkpointer.pending();
        let front = JournalFront {
            log,
            volatile: volatile.clone(),
            waiters: waiters.clone(),
            running: Arc::clone(&running),
            due: None,
            has_folded: false,
            must_replay: false,
        };
        let reader = Reader::open(&path).map_err(&failed)?;
        let writer = Writer::start(connection, checkpointer, front, Arc::clone(folder));
        Ok(Self {
            reader,
            writer: writer.map_err(OpenError::Thread)?,
            volatile,
            ready,
            waiters,
            running,
            disk: Arc::clone(disk),
            clock,
            pending_log,
            recovery,
        })
    }

    pub(crate) fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    pub(crate) fn pending_log(&self) -> &PendingLog {
        &self.pending_log
    }

    /// Fails if nothing new may be taken, because the log is too long.
    pub(crate) fn check_log(&self) -> Result<(), StoreError> {
        self.disk.check_log(&self.pending_log)
    }

    /// Does `work` on the events. `urgency` judges by its outcome, of which `then` is told.
    pub(crate) async fn on_events<T: Send + 'static>(
        &self,
        class: JobClass<'_>,
        urgency: impl Fn(&T) -> Urgency + Send + 'static,
        work: impl FnOnce(&mut Events<'_>) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&mut Result<T, StoreError>) + Send + 'static,
    ) -> Result<T, StoreError> {
        let never = |_: &mut Events<'_>| None;
        self.ahead_of_tables(class, urgency, never, work, then)
            .await
    }

    /// The same, but the work is tried `ahead` of the tables before, which changes nothing if it returns nothing.
    pub(crate) async fn ahead_of_tables<T: Send + 'static>(
        &self,
        class: JobClass<'_>,
        urgency: impl Fn(&T) -> Urgency + Send + 'static,
        ahead: impl FnOnce(&mut Events<'_>) -> Option<T> + Send + 'static,
        work: impl FnOnce(&mut Events<'_>) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&mut Result<T, StoreError>) + Send + 'static,
    ) -> Result<T, StoreError> {
        let ahead = {
            let volatile = self.volatile.clone();
            move |connection: &Connection| {
                let mut volatile = volatile.lock();
                let outcome = ahead(&mut Events::new(connection, &mut volatile))?;
                volatile.end_step(true);
                Some(outcome)
            }
        };
        let volatile = self.volatile.clone();
        let work = move |connection: &Connection| {
            let mut volatile = volatile.lock();
            let outcome = work(&mut Events::new(connection, &mut volatile));
            volatile.end_step(outcome.is_ok());
            outcome
        };
        self.writer
            .run_ahead(class, urgency, ahead, work, then)
            .await
    }

    /// Reads what is durable by the operators' connection.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // Who looks for why nothing can be written sees what was there before.
        let _ = self.fold().await;
        self.reader.read(read).await
    }

    /// Returns when the tables have all that was durable when this was called.
    pub(crate) async fn fold(&self) -> Result<(), StoreError> {
        let class = JobClass::new("", Priority::Normal);
        self.writer.run(class, |_| Ok(())).await
    }

    /// Does `work`, by which events join the queue. They can be claimed once they are durable.
    pub(crate) async fn enqueue<T: Send + 'static>(
        &self,
        class: JobClass<'_>,
        work: impl FnOnce(&mut Events<'_>) -> Result<Enqueued<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let waiters = self.waiters.clone();
        let enqueued = self.on_events(class, now, work, move |enqueued| {
            if let Ok(enqueued) = enqueued {
                enqueued.channels.iter().for_each(|it| waiters.notify(it));
            }
        });
        Ok(enqueued.await?.answer)
    }
}

/// What events joined the queue by.
pub(crate) struct Enqueued<T> {
    pub(crate) answer: T,
    /// The channels whose waiters are woken.
    pub(crate) channels: Vec<String>,
}

impl Drop for JournalDatabase {
    /// Events that run when the host stops in order did not end it.
    fn drop(&mut self) {
        let _ = self.running.clear();
    }
}

/// The urgency of what somebody waits for.
pub(crate) fn now<T>(_: &T) -> Urgency {
    Urgency::Now
}

/// Opens the log, of which the database says up to where it is folded.
fn open_log(connection: &Connection, path: &Path) -> Result<RedoLog, StoreError> {
    let marks = connection.query_row("SELECT salt, folded FROM marks", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?))
    });
    let (salt, folded) = marks?;
    Ok(RedoLog::open(path, salt.cast_unsigned(), folded)?)
}

/// Folds what the log has, counts the attempts that the end of a process cut off, and gives no position twice.
fn recover(
    connection: &mut Connection,
    volatile: &mut Volatile,
    log: &mut RedoLog,
    recorded: &Recorded,
) -> Result<Recovery, StoreError> {
    let transaction = connection.transaction()?;
    if !log.is_empty() {
        let last = Events::new(&transaction, volatile).replay_log(&log.read()?)?;
        mark_folded(&transaction, log)?;
        volatile.skip_to(last.unwrap_or_default());
    }
    let mut events = Events::new(&transaction, volatile);
    let mut cut_off = 0;
    for &(position, started) in &recorded.ran {
        cut_off += usize::from(events.cut_off(position, started)?);
    }
    transaction.commit()?;
    if !log.is_empty() {
        log.restart();
    }
    let last = volatile.last();
    volatile.skip_to(recorded.last);
    Ok(Recovery {
        cut_off,
        lost: (recorded.last > last).then_some((last, recorded.last)),
    })
}
