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
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use tempfile::{TempDir, tempdir};

    use super::*;
    use crate::{
        Appended, Backlog, Claim, EventFilter, EventState, FailedAttempt, Journal, KeyValue,
        NewEvent, Outcome, Registry, Settlement, Space, Sqlite,
    };

    const HOUR: Duration = Duration::from_hours(1);

    fn open() -> (TempDir, Sqlite) {
        let folder = tempdir().unwrap();
        let store = Sqlite::open(folder.path()).unwrap();
        (folder, store)
    }

    /// Lets `jobs` wait together for the thread, so that they are one batch.
    async fn in_one_batch<T>(store: &Sqlite, jobs: impl Future<Output = T>) -> T {
        let (started, has_started) = oneshot::channel();
        let (go, may_go) = std::sync::mpsc::channel();
        let blocker = store.writer.run(move |_| {
            started.send(()).unwrap();
            may_go.recv().unwrap();
            Ok(())
        });
        let after_start = async {
            has_started.await.unwrap();
            // In this order: the jobs are sent, then the blocker ends.
            let (outcome, ()) = tokio::join!(biased; jobs, async { go.send(()).unwrap() });
            outcome
        };
        let (blocked, outcome) = tokio::join!(blocker, after_start);
        blocked.unwrap();
        outcome
    }

    /// Makes the commit fail.
    async fn spoil(store: &Sqlite) -> Result<(), StoreError> {
        let work = |connection: &Connection| {
            // Allowed until the commit: an entry of an owner that is not there.
            Ok(connection.execute_batch(
                "PRAGMA defer_foreign_keys = ON;
                 INSERT INTO entries (owner, bucket, key, value) VALUES (99, '', '', x'');",
            )?)
        };
        store.writer.run(work).await
    }

    /// Messages of one chat.
    async fn append(store: &Sqlite, ids: &[&str]) -> Result<Appended, StoreError> {
        append_all(store, ids.iter().map(|id| message(id)).collect()).await
    }

    async fn append_all(store: &Sqlite, events: Vec<NewEvent>) -> Result<Appended, StoreError> {
        let room = Backlog {
            events: 100,
            bytes: 10_000,
            age: HOUR,
            kept: 10_000,
        };
        store.append("channel", events, room).await
    }

    fn message(id: &str) -> NewEvent {
        NewEvent {
            id: id.to_owned(),
            chat: "chat".to_owned(),
            message: Some(id.to_owned()),
            withdraws: false,
            is_hosts: false,
            body: "{}".into(),
        }
    }

    fn unsend(id: &str) -> NewEvent {
        NewEvent {
            id: format!("unsend {id}"),
            withdraws: true,
            ..message(id)
        }
    }

    async fn claim(store: &Sqlite) -> Vec<Claim> {
        store.claim("channel", 100).await.unwrap().events
    }

    async fn claim_one(store: &Sqlite, id: &str) -> Claim {
        let mut claims = claim(store).await;
        assert_eq!(claims.len(), 1);
        assert_eq!(claims[0].id, id);
        claims.remove(0)
    }

    async fn settle(store: &Sqlite, claim: &Claim, outcome: Outcome) -> Result<(), StoreError> {
        let settlement = Settlement {
            position: claim.position,
            outcome,
            note: None,
            kept: 10_000,
        };
        store.settle("channel", settlement).await
    }

    fn failure() -> FailedAttempt {
        FailedAttempt {
            started: 0,
            took: Duration::ZERO,
            version: String::new(),
            error: "failed".to_owned(),
            log: String::new(),
        }
    }

    async fn state(store: &Sqlite, id: &str) -> EventState {
        let shown = store.show("channel", id).await.unwrap();
        shown.unwrap().entry.state
    }

    #[tokio::test]
    async fn a_failed_commit_is_everyones_answer() {
        let (_folder, store) = open();
        let space = Space::host("a");
        let spoil = spoil(&store);
        let (first, spoilt, last) = in_one_batch(&store, async {
            tokio::join!(
                store.set(&space, "first", Vec::new(), None),
                spoil,
                store.increment(&space, "last", 1, None),
            )
        })
        .await;
        assert!(matches!(first, Err(StoreError::Failed(_))));
        assert!(matches!(spoilt, Err(StoreError::Failed(_))));
        assert!(matches!(last, Err(StoreError::Failed(_))));
        assert!(store.keys(&space, None, 10).await.unwrap().is_empty());
        store.set(&space, "next", Vec::new(), None).await.unwrap();
    }

    #[tokio::test]
    async fn failed_work_is_undone_alone() {
        let (_folder, store) = open();
        let space = Space::host("a");
        let fail = store.writer.run(|connection| {
            connection.execute_batch("DELETE FROM entries; DELETE FROM nowhere;")?;
            Ok(())
        });
        let (first, failed, last) = in_one_batch(&store, async {
            tokio::join!(
                store.set(&space, "first", Vec::new(), None),
                fail,
                store.set(&space, "last", Vec::new(), None),
            )
        })
        .await;
        first.unwrap();
        assert!(matches!(failed, Err(StoreError::Failed(_))));
        last.unwrap();
        let keys = store.keys(&space, None, 10).await.unwrap();
        assert_eq!(keys, ["first", "last"]);
    }

    #[tokio::test]
    async fn a_full_disk_refuses_writes_and_lets_read() {
        let (_folder, store) = open();
        let space = Space::host("a");
        store.set(&space, "old", b"1".to_vec(), None).await.unwrap();
        let room = |pages: u32| {
            store.writer.run(move |connection| {
                let set = format!("PRAGMA max_page_count = {pages}");
                Ok(connection.query_row(&set, [], |row| row.get::<_, u32>(0))?)
            })
        };
        // As many as there are already.
        room(1).await.unwrap();
        let written = store.set(&space, "new", vec![0; 1 << 16], None).await;
        assert!(matches!(written, Err(StoreError::DiskFull(_))));
        assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["old"]);
        room(1000).await.unwrap();
        store
            .set(&space, "new", vec![0; 1 << 16], None)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_committed_without_company() {
        let (_folder, store) = open();
        let write = |connection: &Connection| {
            let insert = "INSERT INTO versions (channel, digest, deployed) VALUES ('c', 'd', 1)";
            Ok(connection.execute(insert, [])?)
        };
        let written = store.writer.run_then(|_| Urgency::Soon, write, |_| ());
        assert_eq!(written.await.unwrap(), 1);
        // By another connection, which sees what is committed.
        assert_eq!(store.versions("c").await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_waits_for_company() {
        let (_folder, store) = open();
        // A machine that is busy may let the time for it pass, though not each time.
        for _ in 0..1000 {
            let is_answered = Arc::new(AtomicBool::new(false));
            let (started, has_started) = oneshot::channel();
            let (go, may_go) = std::sync::mpsc::channel();
            let first = store.writer.run_then(
                |()| Urgency::Soon,
                move |_| {
                    started.send(()).unwrap();
                    may_go.recv().unwrap();
                    Ok(())
                },
                {
                    let is_answered = Arc::clone(&is_answered);
                    move |_| is_answered.store(true, Ordering::Relaxed)
                },
            );
            // Comes when the first one has been taken, alone.
            let second = async {
                has_started.await.unwrap();
                let look = move |_: &Connection| Ok(!is_answered.load(Ordering::Relaxed));
                let looked = store.writer.run(look);
                let (is_beside, ()) = tokio::join!(biased; looked, async { go.send(()).unwrap() });
                is_beside.unwrap()
            };
            let (first, is_beside) = tokio::join!(first, second);
            first.unwrap();
            if is_beside {
                return;
            }
        }
        panic!("it never had company");
    }

    #[tokio::test]
    async fn who_only_looks_is_answered_before_the_commit() {
        let (_folder, store) = open();
        let (answered, is_answered) = std::sync::mpsc::channel();
        let (looked, written) = in_one_batch(&store, async {
            let look = async {
                let looked = store.writer.run_then(|_| Urgency::Never, |_| Ok(1), |_| ());
                let looked = looked.await;
                answered.send(()).unwrap();
                looked
            };
            let write = store.writer.run(move |_| {
                // The commit comes after this, so an answer that came after it would be late.
                Ok(is_answered.recv_timeout(Duration::from_secs(60)).is_ok())
            });
            tokio::join!(biased; look, write)
        })
        .await;
        assert_eq!(looked.unwrap(), 1);
        assert!(written.unwrap());
    }

    #[tokio::test]
    async fn who_looks_sees_what_is_not_committed_yet() {
        let (_folder, store) = open();
        append(&store, &["a1", "a2"]).await.unwrap();
        let first = claim_one(&store, "a1").await;
        let (settled, second) = in_one_batch(&store, async {
            let handled = Outcome::Handled { keep: HOUR };
            tokio::join!(biased; settle(&store, &first, handled), claim(&store))
        })
        .await;
        settled.unwrap();
        assert_eq!(second[0].id, "a2");
    }

    #[tokio::test]
    async fn nothing_is_written_after_a_disk_has_failed() {
        let (folder, store) = open();
        let space = Space::host("a");
        store.set(&space, "old", Vec::new(), None).await.unwrap();
        append(&store, &["a1"]).await.unwrap();
        assert!(store.failure().is_none());
        let fail = store.writer.run(|connection| {
            connection.execute_batch("DELETE FROM entries")?;
            let cause = Arc::new(io::Error::other("the disk is gone"));
            Err::<(), _>(StoreError::Broken(cause))
        });
        let (before, failed, behind) = in_one_batch(&store, async {
            tokio::join!(
                biased;
                store.set(&space, "before", Vec::new(), None),
                fail,
                store.set(&space, "behind", Vec::new(), None),
            )
        })
        .await;
        assert!(matches!(before, Err(StoreError::Broken(_))));
        assert!(matches!(failed, Err(StoreError::Broken(_))));
        assert!(matches!(behind, Err(StoreError::Broken(_))));
        // Nor is anything looked at that might not be there tomorrow.
        let set = store.set(&space, "later", Vec::new(), None).await;
        assert!(matches!(set, Err(StoreError::Broken(_))));
        let appended = append(&store, &["a2"]).await;
        assert!(matches!(appended, Err(StoreError::Broken(_))));
        let claimed = store.claim("channel", 10).await;
        assert!(matches!(claimed, Err(StoreError::Broken(_))));
        let failure = store.failure().unwrap();
        assert!(matches!(failure, StoreError::Broken(_)), "{failure}");

        drop(store);
        let store = Sqlite::open(folder.path()).unwrap();
        assert!(store.failure().is_none());
        assert_eq!(store.keys(&space, None, 10).await.unwrap(), ["old"]);
        claim_one(&store, "a1").await;
    }

    #[tokio::test]
    async fn what_could_not_be_settled_stays_claimed() {
        let (_folder, store) = open();
        append(&store, &["a1", "a2"]).await.unwrap();
        let first = claim_one(&store, "a1").await;
        for outcome in [
            Outcome::Handled { keep: HOUR },
            Outcome::Retry {
                after: Duration::ZERO,
                failure: failure(),
            },
            Outcome::Dead {
                keep: HOUR,
                failure: failure(),
            },
        ] {
            let (settled, spoilt) = in_one_batch(&store, async {
                tokio::join!(biased; settle(&store, &first, outcome), spoil(&store))
            })
            .await;
            assert!(matches!(settled, Err(StoreError::Failed(_))));
            assert!(matches!(spoilt, Err(StoreError::Failed(_))));
            assert!(claim(&store).await.is_empty());
            assert_eq!(state(&store, "a1").await, EventState::Waiting);
        }
        let handled = Outcome::Handled { keep: HOUR };
        settle(&store, &first, handled).await.unwrap();
        assert_eq!(state(&store, "a1").await, EventState::Handled);
        claim_one(&store, "a2").await;
    }

    #[tokio::test]
    async fn what_could_not_be_committed_has_not_arrived() {
        let (_folder, store) = open();
        append(&store, &["a1"]).await.unwrap();
        let (appended, claimed, spoilt) = in_one_batch(&store, async {
            let other = NewEvent {
                chat: "other".to_owned(),
                ..message("b1")
            };
            tokio::join!(
                biased;
                append_all(&store, vec![message("a2"), other]),
                claim(&store),
                spoil(&store),
            )
        })
        .await;
        assert!(matches!(appended, Err(StoreError::Failed(_))));
        assert!(matches!(spoilt, Err(StoreError::Failed(_))));
        // Only what was on disk before.
        assert_eq!(claimed.len(), 1);
        assert_eq!(claimed[0].id, "a1");
        assert!(store.show("channel", "b1").await.unwrap().is_none());
        let appended = append(&store, &["a2"]).await.unwrap();
        assert_eq!(appended.new, 1);
        let handled = Outcome::Handled { keep: HOUR };
        settle(&store, &claimed[0], handled).await.unwrap();
        claim_one(&store, "a2").await;
        let all = store.list(EventFilter::default(), None, 10).await.unwrap();
        assert_eq!(all.len(), 2);
    }

    #[tokio::test]
    async fn what_is_taken_back_while_its_retry_is_committed_is_unsent() {
        let (_folder, store) = open();
        append(&store, &["a1", "a2"]).await.unwrap();
        let first = claim_one(&store, "a1").await;
        let (settled, appended) = in_one_batch(&store, async {
            let retry = Outcome::Retry {
                after: Duration::ZERO,
                failure: failure(),
            };
            tokio::join!(
                biased;
                settle(&store, &first, retry),
                append_all(&store, vec![unsend("a1")]),
            )
        })
        .await;
        settled.unwrap();
        appended.unwrap();
        let mut order = Vec::new();
        for _ in 0..3 {
            for claim in claim(&store).await {
                let handled = Outcome::Handled { keep: HOUR };
                settle(&store, &claim, handled).await.unwrap();
                order.push(claim.id);
            }
        }
        assert_eq!(order, ["a2", "unsend a1"]);
        assert_eq!(state(&store, "a1").await, EventState::Unsent);
    }
}
