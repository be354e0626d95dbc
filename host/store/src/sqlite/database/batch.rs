//! What one transaction takes: group commit.
//!
//! All jobs that wait are done in one transaction or, ahead of the tables, in the log before it (`front`): that is
//! synced once. A batch ends after some
//! milliseconds of work or some bytes of each priority, whatever the number of its jobs. So who comes
//! next waits for little more than a sync.

use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::front::{Front, LazyTransaction};
use super::job::{Job, Urgency};
use super::job_queue::{JobQueue, Priority};
use crate::error::StoreError;

/// How long a batch works on jobs of one priority: 4 ms, about what a sync takes. So all priorities
/// go on, and the first job of a batch does not wait long for the last.
const TIME: Duration = Duration::from_millis(4);

/// How many bytes of values a batch takes of one priority: 1 MiB, which disks write in some
/// milliseconds. A larger job is the only one of its priority in its batch.
const BYTES: usize = 1 << 20;

/// How long a job that is not urgent waits for an urgent one, to share its sync: 5 ms, about what a
/// sync takes. So what ends while other events arrive costs no sync of its own.
const LINGER: Duration = Duration::from_millis(5);

/// How long a busy host holds a batch open for further jobs: 200 µs, a fraction of what it takes to
/// write the batch's pages. A job that comes alone is not held. PostgreSQL calls this `commit_delay`.
const COMMIT_DELAY: Duration = Duration::from_micros(200);

/// How many jobs the batch before must have had for a commit to be delayed: 4, more than one webhook
/// brings. PostgreSQL has `commit_siblings` for this.
const COMMIT_SIBLINGS: usize = 4;

/// From how many bytes of low priority on a batch is heavy: 64 KiB.
const HEAVY: usize = 64 << 10;

/// How many bytes of low priority are written in a second: 16 MiB. Each is written twice, to the log and
/// to the database, and a plain disk writes a hundred in a second.
const HEAVY_RATE: f64 = (16 << 20) as f64;

/// The jobs of one transaction that are done, and what they cost.
#[derive(Default)]
pub(super) struct Batch {
    done: Vec<Box<dyn Job>>,
    /// By priority.
    time: [Duration; 3],
    bytes: [usize; 3],
    /// When it must be durable at the latest.
    sync: Option<Instant>,
}

impl Batch {
    /// Does what waits, and what joins it, in one transaction. An error is the answer to all of it:
    /// nothing is done.
    pub(super) fn commit(
        &mut self,
        connection: &Connection,
        front: &mut dyn Front,
        queue: &JobQueue<Box<dyn Job>>,
        priorities: &[Priority],
        is_busy: bool,
    ) -> Result<(), StoreError> {
        let mut transaction = LazyTransaction::new(connection, front);
        let mut may_delay = is_busy;
        loop {
            let is_full = self.run_waiting(queue, priorities, &mut transaction)?;
            let Some(sync) = self.sync else { break };
            if is_full {
                break;
            }
            if sync <= Instant::now() {
                if !may_delay {
                    break;
                }
                may_delay = false;
                // A wait on the queue would be too coarse, and the thread has nothing else to do.
                thread::sleep(COMMIT_DELAY);
            } else if !queue.wait(priorities, Some(sync)) {
                // The time is over, and no job has joined.
                break;
            }
        }
        transaction.commit()
    }

    /// Answers all jobs.
    pub(super) fn answer(self, committed: &Result<(), StoreError>) {
        for job in self.done {
            job.answer(committed.clone());
        }
    }

    /// Whether so many jobs came that the next batch is held open for more.
    pub(super) fn is_busy(&self) -> bool {
        self.done.len() >= COMMIT_SIBLINGS
    }

    /// How long jobs of low priority wait after this batch, which took some time: if it was heavy, as
    /// long as it took, so that large values leave half of the disk's time to others; and at least as
    /// long as its bytes take at [`HEAVY_RATE`].
    #[expect(
        clippy::cast_precision_loss,
        reason = "no batch has so many bytes that it matters"
    )]
    pub(super) fn pause_after(&self, took: Duration) -> Option<Duration> {
        let bytes = self.bytes[Priority::Low as usize];
        let at_rate = Duration::from_secs_f64(bytes as f64 / HEAVY_RATE);
        (bytes >= HEAVY).then(|| took.max(at_rate.saturating_sub(took)))
    }

    /// Does the jobs of these priorities that wait, as long as there is room for them. Returns whether
    /// there is no more room for one of the priorities.
    fn run_waiting(
        &mut self,
        queue: &JobQueue<Box<dyn Job>>,
        priorities: &[Priority],
        transaction: &mut LazyTransaction<'_>,
    ) -> Result<bool, StoreError> {
        for &priority in priorities {
            let began = Instant::now();
            let before = self.time[priority as usize];
            while self.has_room(priority)
                && let Some(mut job) = queue.take(priority)
            {
                if !job.is_wanted() {
                    continue;
                }
                let outcome = job.run(transaction);
                self.time[priority as usize] = before + began.elapsed();
                self.bytes[priority as usize] += job.bytes();
                let due = match job.urgency() {
                    Urgency::Now => Some(Instant::now()),
                    Urgency::Soon => Some(Instant::now() + LINGER),
                    Urgency::Never => None,
                };
                self.sync = [self.sync, due].into_iter().flatten().min();
                match job.urgency() {
                    Urgency::Never => job.answer(outcome.clone()),
                    Urgency::Now | Urgency::Soon => self.done.push(job),
                }
                outcome?;
            }
        }
        Ok(!priorities.iter().all(|&it| self.has_room(it)))
    }

    fn has_room(&self, priority: Priority) -> bool {
        self.time[priority as usize] < TIME && self.bytes[priority as usize] < BYTES
    }
}
