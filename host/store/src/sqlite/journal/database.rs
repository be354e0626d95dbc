//! The journal's database, from its opening on.

use std::path::Path;
use std::sync::Arc;

use botbox_clock::Clock;
use rusqlite::Connection;

use super::shared::SharedVolatile;
use super::waiters::Waiters;
use crate::error::StoreError;
use crate::journal::Position;
use crate::sqlite::database::{
    self, Checkpointer, FailedSync, JobClass, PendingLog, Reader, Urgency, Writer,
};
use crate::sqlite::events::{Events, ReadyQueues, Volatile};
use crate::sqlite::folder::{DataFolder, Disk, Recorded, Running};
use crate::sqlite::open_error::OpenError;

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
        database::upgrade(&mut connection, &database::JOURNAL).map_err(&failed)?;
        let mut volatile = Volatile::open(&connection, clock.clone()).map_err(&failed)?;
        let (running, recorded) = Running::open(&folder.running()).map_err(&unusable)?;
        let recovery = recover(&mut connection, &mut volatile, &recorded, &path)?;
        running.clear().map_err(&unusable)?;
        let ready = volatile.ready().clone();
        let waiters = Waiters::new(ready.clone());
        let volatile = SharedVolatile::new(volatile);
        let running = Arc::new(running);
        let checkpointer = Checkpointer::start(&path, failed_sync.clone())?;
        let pending_log = checkpointer.pending();
        let ended = {
            let (volatile, waiters) = (volatile.clone(), waiters.clone());
            let running = Arc::clone(&running);
            move |is_committed: bool| {
                let last = volatile.lock().end_transaction(is_committed);
                if let Some(last) = last {
                    running.set_last(last);
                }
                if !is_committed {
                    // A claim beside it may have seen what is rolled back, and found nothing.
                    waiters.notify_all();
                }
            }
        };
        let reader = Reader::open(&path).map_err(&failed)?;
        let writer = Writer::start(connection, checkpointer, ended, Arc::clone(folder));
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
        let volatile = self.volatile.clone();
        let work = move |connection: &Connection| {
            let mut volatile = volatile.lock();
            let outcome = work(&mut Events::new(connection, &mut volatile));
            volatile.end_step(outcome.is_ok());
            outcome
        };
        self.writer.run_then(class, urgency, work, then).await
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

/// Counts the attempts that the end of a process cut off, and gives no position twice.
fn recover(
    connection: &mut Connection,
    volatile: &mut Volatile,
    recorded: &Recorded,
    path: &Path,
) -> Result<Recovery, OpenError> {
    let cut_off = count_cut_off(connection, volatile, recorded);
    let cut_off = cut_off.map_err(|source| OpenError::Database {
        database: path.to_owned(),
        source,
    })?;
    let last = volatile.last();
    volatile.skip_to(recorded.last);
    Ok(Recovery {
        cut_off,
        lost: (recorded.last > last).then_some((last, recorded.last)),
    })
}

fn count_cut_off(
    connection: &mut Connection,
    volatile: &mut Volatile,
    recorded: &Recorded,
) -> Result<usize, StoreError> {
    let transaction = connection.transaction()?;
    let mut events = Events::new(&transaction, volatile);
    let mut count = 0;
    for &(position, started) in &recorded.ran {
        count += usize::from(events.cut_off(position, started)?);
    }
    transaction.commit()?;
    Ok(count)
}
