//! The thread that has the database, and its group commit: it takes what waits into one
//! transaction, syncs once, and answers then.

use std::io;
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::entries;
use super::folder::Folder;
use crate::error::StoreError;

/// The most jobs of one transaction, so that the first of them does not wait long for the last.
const BATCH: usize = 256;

/// The most jobs that wait. Further callers wait until there is room.
const QUEUE: usize = 1024;

pub(super) struct Writer {
    // Dropped before the thread, which ends without it.
    jobs: mpsc::Sender<Box<dyn Job>>,
    _thread: JoinOnDrop,
}

impl Writer {
    /// Starts the thread. It holds the folder as long as the database is open.
    pub(super) fn start(mut connection: Connection, folder: Folder) -> io::Result<Self> {
        let (jobs, mut waiting) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                let mut batch = Vec::with_capacity(BATCH);
                while waiting.blocking_recv_many(&mut batch, BATCH) > 0 {
                    let committed = commit(&mut connection, &mut batch);
                    for job in batch.drain(..) {
                        job.answer(committed.clone());
                    }
                }
                // The database is closed before another may open it.
                drop(connection);
                drop(folder);
            })?;
        Ok(Self {
            jobs,
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
        let (answer, answered) = oneshot::channel();
        let job = Call {
            work: Some(work),
            outcome: Err(StoreError::Closed),
            answer,
        };
        let sent = self.jobs.send(Box::new(job)).await;
        sent.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

/// Does all of `batch` in one transaction. An error is the answer to all of it: nothing is done.
fn commit(connection: &mut Connection, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let changes = connection.total_changes();
    // At once a writer's, because SQLite does not wait for others when it becomes one later.
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for job in batch {
        job.run(&mut transaction)?;
    }
    // A batch that only reads must not fail because the disk is full.
    let changes = transaction.total_changes() - changes;
    if changes > 0 {
        entries::sweep(&transaction, changes)?;
    }
    transaction.commit()?;
    Ok(())
}

/// A caller's work, done before the commit and answered after it.
trait Job: Send {
    /// Does the work, or undoes its part of the transaction. Fails when the whole transaction is
    /// lost.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<(), StoreError>;

    /// Tells the caller.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Call<W, T> {
    /// Taken when it is done.
    work: Option<W>,
    outcome: Result<T, StoreError>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<W, T> Job for Call<W, T>
where
    W: FnOnce(&Connection) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        if let Some(work) = self.work.take() {
            self.outcome = in_savepoint(transaction, work);
        }
        match &self.outcome {
            // SQLite gives the whole transaction up after some errors of disk and memory.
            Err(error) if transaction.is_autocommit() => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = committed.and(self.outcome);
        // A caller that has gone away wants no answer.
        let _ = self.answer.send(outcome);
    }
}

fn in_savepoint<T>(
    transaction: &mut Transaction<'_>,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let savepoint = transaction.savepoint()?;
    // Without its commit the savepoint is rolled back.
    let value = work(&savepoint)?;
    savepoint.commit()?;
    Ok(value)
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
    use tempfile::{TempDir, tempdir};

    use super::*;
    use crate::{KeyValue, Space, Sqlite};

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

    #[tokio::test]
    async fn a_failed_commit_is_everyones_answer() {
        let (_folder, store) = open();
        let space = Space::host("a");
        let spoil = store.writer.run(|connection| {
            // Allowed until the commit: an entry of an owner that is not there.
            Ok(connection.execute_batch(
                "PRAGMA defer_foreign_keys = ON;
                 INSERT INTO entries (owner, bucket, key, value) VALUES (99, '', '', x'');",
            )?)
        });
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
}
