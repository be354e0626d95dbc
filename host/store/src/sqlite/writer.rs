//! The thread that writes a database, and its group commit: it takes what waits into one transaction,
//! syncs once, and answers then.
//!
//! A batch ends after some milliseconds of work or some bytes of each priority, whatever the number of
//! its jobs: so who comes next waits for little more than a sync.

use std::io;
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::log::Log;
use super::queue::{Priority, Queue};
use crate::error::StoreError;

/// How long a batch works on jobs of one priority: 4 ms, about what a sync takes. So all priorities
/// go on, and the first job of a batch does not wait long for the last.
const TIME: Duration = Duration::from_millis(4);

/// How many bytes of values a batch takes of one priority: 1 MiB, which disks write in some
/// milliseconds. A job that is larger is a batch's only one of its priority.
const BYTES: usize = 1 << 20;

/// How long a job that nobody waits for waits for one that somebody does, to share its sync: 5 ms,
/// about what a sync takes. So what ends beside what arrives costs no sync of its own.
const COMPANY: Duration = Duration::from_millis(5);

/// How long a batch is held open for others while many come: 200 µs, a fraction of what its pages cost
/// to write. Who comes alone does not wait.
const GATHERING: Duration = Duration::from_micros(200);

/// From how many jobs in the batch before many are said to come.
const MANY: usize = 4;

/// From how many bytes of a low priority a batch is heavy: 64 KiB. After one, the next such waits as
/// long as it took, so that large values leave half of the disk's time to others, and at least as long
/// as its bytes take at `HEAVY_RATE`.
const HEAVY: usize = 64 << 10;

/// How many bytes of a low priority are written in a second: 16 MiB. Each is written twice, to the log and
/// to the database, and a plain disk writes a hundred in a second.
const HEAVY_RATE: f64 = (16 << 20) as f64;

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

/// Whose a job is, and what it costs.
#[derive(Clone, Copy)]
pub(super) struct Ticket<'a> {
    /// Who has turns with others.
    pub(super) owner: &'a str,
    pub(super) priority: Priority,
    /// The bytes of the values that it writes.
    pub(super) bytes: usize,
}

impl<'a> Ticket<'a> {
    /// For a job that writes no large value.
    pub(super) fn new(owner: &'a str, priority: Priority) -> Self {
        Self {
            owner,
            priority,
            bytes: 0,
        }
    }
}

pub(super) struct Writer {
    queue: Arc<Queue<Box<dyn Job>>>,
    broken: Arc<OnceLock<StoreError>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. It tells `ended` when a transaction has ended, whether it is on disk or
    /// not, before anybody is answered. It holds what it is `held` with as long as the database is
    /// open.
    pub(super) fn start(
        connection: Connection,
        log: Log,
        ended: impl Fn(&Result<(), StoreError>) + Send + 'static,
        held: impl Send + 'static,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new());
        let broken = Arc::clone(log.broken());
        let desk = Desk {
            connection,
            queue: Arc::clone(&queue),
            log,
            ended: Box::new(ended),
            many_come: false,
            low_from: None,
        };
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                desk.work();
                drop(held);
            })?;
        Ok(Self {
            queue,
            broken,
            thread: Some(thread),
        })
    }

    /// Does `work` on the database, and returns when it is on disk. Work that fails is undone
    /// alone.
    pub(super) async fn run<W, T>(&self, ticket: Ticket<'_>, work: W) -> Result<T, StoreError>
    where
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.run_then(ticket, |_: &T| Urgency::Now, work, |_| ())
            .await
    }

    /// Does `work`, whose outcome tells how urgent it is, and tells `then` what came of it before
    /// anybody else learns it. Work whose caller has gone is not begun.
    pub(super) async fn run_then<U, W, T, H>(
        &self,
        ticket: Ticket<'_>,
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
            bytes: ticket.bytes,
            work: Some(work),
            outcome: Err(StoreError::Closed),
            then,
            answer,
        };
        let Ticket {
            owner, priority, ..
        } = ticket;
        self.queue.send(owner, priority, Box::new(job)).await;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Why nothing is written any more, if that is so.
    pub(super) fn failure(&self) -> Option<&StoreError> {
        match self.queue.is_closed() {
            true => Some(&StoreError::Closed),
            false => self.broken.get(),
        }
    }
}

impl Drop for Writer {
    /// Waits until what was asked for is done, so that the folder is free again when the store is
    /// gone.
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // If it has panicked, its callers know: their answers never came.
            let _ = thread.join();
        }
    }
}

/// What the thread has.
struct Desk {
    // Closed before the log's connection, which is then the last, and leaves no log behind.
    connection: Connection,
    queue: Arc<Queue<Box<dyn Job>>>,
    /// Knows what came back when a sync failed. What was written before may or may not be on disk,
    /// and the next sync could succeed without it: so there is none.
    log: Log,
    ended: Box<dyn Fn(&Result<(), StoreError>) + Send>,
    /// Whether the last batch had many jobs.
    many_come: bool,
    /// From when jobs of a low priority are taken, after a heavy batch.
    low_from: Option<Instant>,
}

/// What a batch has done, and what it cost.
#[derive(Default)]
struct Batch {
    done: Vec<Box<dyn Job>>,
    /// Each by priority.
    time: [Duration; 3],
    bytes: [usize; 3],
    /// When it must be on disk at the latest.
    sync: Option<Instant>,
}

impl Batch {
    fn has_room(&self, priority: Priority) -> bool {
        self.time[priority as usize] < TIME && self.bytes[priority as usize] < BYTES
    }
}

impl Desk {
    fn work(mut self) {
        // Also if the thread panics: nobody waits for ever.
        let _clear = ClearOnDrop(Arc::clone(&self.queue));
        while self.has_jobs() {
            if let Some(broken) = self.log.broken().get() {
                while let Some(job) = Priority::ALL.into_iter().find_map(|it| self.queue.take(it)) {
                    job.answer(Err(broken.clone()));
                }
                continue;
            }
            let began = Instant::now();
            let mut batch = Batch::default();
            let committed = self.commit(&mut batch);
            self.many_come = batch.done.len() >= MANY;
            self.low_from = pause_after(&batch, began.elapsed()).map(|it| Instant::now() + it);
            self.log.note_broken(&committed);
            (self.ended)(&committed);
            for job in batch.done {
                job.answer(committed.clone());
            }
            let moved = self.log.tend(&self.connection);
            self.log.note_broken(&moved);
        }
    }

    /// Waits for a job. Returns whether there is one.
    fn has_jobs(&mut self) -> bool {
        while let Some(from) = self.low_from {
            if self.queue.wait(self.priorities(), Some(from)) {
                return true;
            }
            if Instant::now() >= from || self.queue.is_closed() {
                self.low_from = None;
            }
        }
        self.queue.wait(&Priority::ALL, None)
    }

    /// The priorities of which jobs are taken now.
    fn priorities(&self) -> &'static [Priority] {
        match self.low_from {
            Some(from) if Instant::now() < from => &[Priority::High, Priority::Normal],
            _ => &Priority::ALL,
        }
    }

    /// Does what waits, and what joins it, in one transaction. An error is the answer to all of it:
    /// nothing is done.
    fn commit(&mut self, batch: &mut Batch) -> Result<(), StoreError> {
        let mut transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let priorities = match self.low_from {
            Some(from) if Instant::now() < from => &Priority::ALL[..2],
            _ => &Priority::ALL[..],
        };
        let mut gathers = self.many_come;
        loop {
            let is_full = run_waiting(&self.queue, priorities, &mut transaction, batch)?;
            let Some(sync) = batch.sync else { break };
            if is_full {
                break;
            }
            if sync <= Instant::now() {
                if !gathers {
                    break;
                }
                gathers = false;
                // The system's clock is too coarse for this, and the thread has nothing else to do.
                thread::sleep(GATHERING);
            } else if !self.queue.wait(priorities, Some(sync)) {
                // Nobody waits: others could have joined.
                break;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

/// How long jobs of a low priority wait after a batch that took some time, if it was heavy.
#[expect(
    clippy::cast_precision_loss,
    reason = "no batch has so many bytes that it matters"
)]
fn pause_after(batch: &Batch, took: Duration) -> Option<Duration> {
    let bytes = batch.bytes[Priority::Low as usize];
    let at_rate = Duration::from_secs_f64(bytes as f64 / HEAVY_RATE);
    (bytes >= HEAVY).then(|| took.max(at_rate.saturating_sub(took)))
}

/// Does jobs of these priorities as long as there is room in the batch for theirs. Returns whether
/// there is no more for one of them.
fn run_waiting(
    queue: &Queue<Box<dyn Job>>,
    priorities: &[Priority],
    transaction: &mut Transaction<'_>,
    batch: &mut Batch,
) -> Result<bool, StoreError> {
    for &priority in priorities {
        let began = Instant::now();
        let before = batch.time[priority as usize];
        while batch.has_room(priority)
            && let Some(mut job) = queue.take(priority)
        {
            if !job.is_wanted() {
                continue;
            }
            let outcome = job.run(transaction);
            batch.time[priority as usize] = before + began.elapsed();
            batch.bytes[priority as usize] += job.bytes();
            let due = match job.urgency() {
                Urgency::Now => Some(Instant::now()),
                Urgency::Soon => Some(Instant::now() + COMPANY),
                Urgency::Never => None,
            };
            batch.sync = [batch.sync, due].into_iter().flatten().min();
            match job.urgency() {
                Urgency::Never => job.answer(outcome.clone()),
                Urgency::Now | Urgency::Soon => batch.done.push(job),
            }
            outcome?;
        }
    }
    Ok(!priorities.iter().all(|&it| batch.has_room(it)))
}

/// A caller's work, done before the commit and answered after it.
trait Job: Send {
    /// Whether somebody still waits for its answer.
    fn is_wanted(&self) -> bool;

    /// The bytes that it writes.
    fn bytes(&self) -> usize;

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
    bytes: usize,
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
    fn is_wanted(&self) -> bool {
        !self.answer.is_closed()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

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

/// Closes the queue when the thread has ended, however it did.
struct ClearOnDrop(Arc<Queue<Box<dyn Job>>>);

impl Drop for ClearOnDrop {
    fn drop(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests;
