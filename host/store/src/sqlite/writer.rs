//! The thread that has the database, and its group commit: it takes what waits into one
//! transaction, syncs once, and answers then.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::entries;
use super::folder::Folder;
use crate::error::StoreError;

/// The most jobs of one transaction, so that the first of them does not wait long for the last.
const BATCH: usize = 256;

/// The most jobs that wait. Further callers wait until there is room.
const QUEUE: usize = 1024;

/// How long a job that nobody waits for waits for one that somebody does, to share its sync: 5 ms,
/// about what a sync takes. So what ends beside what arrives costs no sync of its own.
const COMPANY: Duration = Duration::from_millis(5);

pub(super) struct Writer {
    // Dropped before the thread, which ends without it.
    jobs: mpsc::Sender<Box<dyn Job>>,
    broken: Arc<OnceLock<StoreError>>,
    _thread: JoinOnDrop,
}

/// How long a batch is held open for others while many come: 200 µs, a fraction of what its pages cost
/// to write. Who comes alone does not wait.
const GATHERING: Duration = Duration::from_micros(200);

/// From how many jobs in the batch before many are said to come.
const MANY: usize = 4;

/// At how many bytes the log is moved into the database when nobody waits: 4 MiB, as SQLite has it.
const QUIET_CHECKPOINT: u64 = 4 << 20;

/// At how many bytes it is moved whoever waits, so that it does not grow without end: 32 MiB. It takes
/// some tens of milliseconds.
const BUSY_CHECKPOINT: u64 = 32 << 20;

/// The bytes of a page, as SQLite has it unless it is told otherwise.
const PAGE: u64 = 4 << 10;

/// When a job's outcome must be on disk.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Urgency {
    /// At once: somebody waits.
    Now,
    /// Soon.
    Soon,
    /// Never: it only looks, and is answered as soon as it has looked.
    Never,
}

impl Writer {
    /// Starts the thread. It holds the folder as long as the database is open.
    pub(super) fn start(connection: Connection, folder: Folder) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let broken = Arc::new(OnceLock::new());
        // For its clock: it runs this one task.
        let runtime = runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let mut desk = Desk {
            connection,
            waiting,
            broken: Arc::clone(&broken),
            many_come: false,
        };
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                runtime.block_on(desk.work());
                // The database is closed before another may open it.
                drop(desk);
                drop(folder);
            })?;
        Ok(Self {
            jobs,
            broken,
            _thread: JoinOnDrop(Some(thread)),
        })
    }

    /// Does `work` on the database, and returns when it is on disk. Work that fails is undone
    /// alone.
    pub(super) async fn run<W, T>(&self, work: W) -> Result<T, StoreError>
    where
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.run_then(|_: &T| Urgency::Now, work, |_| ()).await
    }

    /// Does `work`, whose outcome tells how urgent it is, and tells `then` what came of it before
    /// anybody else learns it.
    pub(super) async fn run_then<U, W, T, H>(
        &self,
        urgency: U,
        work: W,
        then: H,
    ) -> Result<T, StoreError>
    where
        U: Fn(&T) -> Urgency + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
        H: FnOnce(&Result<T, StoreError>) + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Call {
            urgency,
            work: Some(work),
            outcome: Err(StoreError::Closed),
            then,
            answer,
        };
        let sent = self.jobs.send(Box::new(job)).await;
        sent.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Why nothing is written any more, if that is so.
    pub(super) fn failure(&self) -> Option<&StoreError> {
        match self.jobs.is_closed() {
            true => Some(&StoreError::Closed),
            false => self.broken.get(),
        }
    }
}

/// What the thread has.
struct Desk {
    connection: Connection,
    waiting: mpsc::Receiver<Box<dyn Job>>,
    /// What came back when a sync failed. What was written before may or may not be on disk, and the
    /// next sync could succeed without it: so there is none.
    broken: Arc<OnceLock<StoreError>>,
    /// Whether the last batch had many jobs.
    many_come: bool,
}

impl Desk {
    async fn work(&mut self) {
        let mut batch = VecDeque::with_capacity(BATCH);
        while self.receive(&mut batch).await {
            if let Some(broken) = self.broken.get() {
                answer(batch.drain(..), &Err(broken.clone()));
                continue;
            }
            let mut done = Vec::with_capacity(batch.len());
            let committed = self.commit(&mut batch, &mut done).await;
            self.many_come = done.len() >= MANY;
            self.note_broken(&committed);
            answer(done.into_iter().chain(batch.drain(..)), &committed);
            let moved = self.move_log();
            self.note_broken(&moved);
        }
    }

    fn note_broken(&self, outcome: &Result<(), StoreError>) {
        if let Err(error @ StoreError::Broken(_)) = outcome {
            // It is set once.
            let _ = self.broken.set(error.clone());
        }
    }

    /// Moves the log into the database, when it has grown and nobody waits. The log is begun anew
    /// only when what it had is synced in the database. What fails otherwise, such as a full disk, is
    /// tried again.
    fn move_log(&mut self) -> Result<(), StoreError> {
        let limit = match self.waiting.is_empty() {
            true => QUIET_CHECKPOINT,
            false => BUSY_CHECKPOINT,
        };
        if self.checkpoint("NOOP")? >= limit / PAGE {
            self.checkpoint("PASSIVE")?;
        }
        Ok(())
    }

    /// Returns how many pages of the log are not in the database yet.
    fn checkpoint(&self, mode: &str) -> Result<u64, StoreError> {
        let checkpoint = format!("PRAGMA wal_checkpoint({mode})");
        let mut checkpoint = self.connection.prepare_cached(&checkpoint)?;
        let (logged, moved): (i64, i64) =
            checkpoint.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?;
        Ok((logged - moved).try_into().unwrap_or_default())
    }

    /// Waits for jobs, and takes those that wait.
    async fn receive(&mut self, batch: &mut VecDeque<Box<dyn Job>>) -> bool {
        let Some(first) = self.waiting.recv().await else {
            return false;
        };
        batch.push_back(first);
        take_waiting(&mut self.waiting, batch);
        true
    }

    /// Does all of `batch` in one transaction, and moves it to `done`, with what joins it. An error
    /// is the answer to all of it: nothing is done.
    async fn commit(
        &mut self,
        batch: &mut VecDeque<Box<dyn Job>>,
        done: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), StoreError> {
        let changes = self.connection.total_changes();
        // At once a writer's, because SQLite does not wait for others when it becomes one later.
        let mut transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut sync = None;
        let mut gathers = self.many_come;
        loop {
            while let Some(mut job) = batch.pop_front() {
                let outcome = job.run(&mut transaction);
                let due = match job.urgency() {
                    Urgency::Now => Some(Instant::now()),
                    Urgency::Soon => Some(Instant::now() + COMPANY),
                    Urgency::Never => None,
                };
                sync = [sync, due].into_iter().flatten().min();
                match job.urgency() {
                    Urgency::Never => job.answer(outcome.clone()),
                    Urgency::Now | Urgency::Soon => done.push(job),
                }
                outcome?;
            }
            let Some(sync) = sync else { break };
            if done.len() >= BATCH {
                break;
            }
            if sync <= Instant::now() {
                if !gathers {
                    break;
                }
                gathers = false;
                // The runtime's clock is too coarse for this, and the thread has nothing else to do.
                thread::sleep(GATHERING);
                take_waiting(&mut self.waiting, batch);
                continue;
            }
            // Nobody waits: let others join.
            match timeout_at(sync, self.waiting.recv()).await {
                Ok(Some(job)) => {
                    batch.push_back(job);
                    take_waiting(&mut self.waiting, batch);
                }
                Ok(None) | Err(_) => break,
            }
        }
        // A batch that only reads must not fail because the disk is full.
        let changes = transaction.total_changes() - changes;
        if changes > 0 && sync.is_some() {
            entries::sweep(&transaction, changes)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Takes what waits, up to a batch.
fn take_waiting(waiting: &mut mpsc::Receiver<Box<dyn Job>>, batch: &mut VecDeque<Box<dyn Job>>) {
    while batch.len() < BATCH
        && let Ok(job) = waiting.try_recv()
    {
        batch.push_back(job);
    }
}

fn answer(jobs: impl Iterator<Item = Box<dyn Job>>, committed: &Result<(), StoreError>) {
    for job in jobs {
        job.answer(committed.clone());
    }
}

/// A caller's work, done before the commit and answered after it.
trait Job: Send {
    /// After its work is done.
    fn urgency(&self) -> Urgency;

    /// Does the work, or undoes its part of the transaction. Fails when the whole transaction is
    /// lost.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<(), StoreError>;

    /// Tells the caller.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Call<U, W, T, H> {
    urgency: U,
    /// Taken when it is done.
    work: Option<W>,
    outcome: Result<T, StoreError>,
    then: H,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<U, W, T, H> Job for Call<U, W, T, H>
where
    U: Fn(&T) -> Urgency + Send,
    W: FnOnce(&Connection) -> Result<T, StoreError> + Send,
    T: Send,
    H: FnOnce(&Result<T, StoreError>) + Send,
{
    fn urgency(&self) -> Urgency {
        // What failed changed nothing.
        self.outcome.as_ref().map_or(Urgency::Never, &self.urgency)
    }

    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        if let Some(work) = self.work.take() {
            self.outcome = in_savepoint(transaction, work);
        }
        match &self.outcome {
            // SQLite gives the whole transaction up after some errors of disk and memory.
            Err(error) if transaction.is_autocommit() => Err(error.clone()),
            Err(error @ StoreError::Broken(_)) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = committed.and(self.outcome);
        (self.then)(&outcome);
        // A caller that has gone away wants no answer.
        let _ = self.answer.send(outcome);
    }
}

/// Does `work`, or undoes it if it fails. By cached statements, for every job has this.
fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let execute = |sql| connection.prepare_cached(sql)?.execute([]);
    execute("SAVEPOINT job")?;
    let outcome = work(connection);
    // Some errors have ended the whole transaction.
    if outcome.is_err() && !connection.is_autocommit() {
        execute("ROLLBACK TO job")?;
    }
    if !connection.is_autocommit() {
        execute("RELEASE job")?;
    }
    outcome
}

/// So that the folder is free again when the store is gone.
struct JoinOnDrop(Option<JoinHandle<()>>);

impl Drop for JoinOnDrop {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // If it has panicked, its callers know: their answers never came.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
