//! The thread that writes a database.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::batch::Batch;
use super::checkpoint::{Checkpointer, FailedSync};
use super::front::Front;
use super::job::{Job, JobClass, Urgency, job};
use super::job_queue::{JobQueue, Priority};
use crate::error::StoreError;

/// The thread that writes a database, and its queue.
pub(crate) struct Writer {
    queue: Arc<JobQueue<Box<dyn Job>>>,
    failed_sync: FailedSync,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread, with what stands in `front` of the tables. The thread drops `held` when the database
    /// is closed.
    pub(crate) fn start(
        connection: Connection,
        checkpointer: Checkpointer,
        front: impl Front + 'static,
        held: impl Send + 'static,
    ) -> io::Result<Self> {
        let queue = Arc::new(JobQueue::new());
        let failed_sync = checkpointer.failed_sync().clone();
        let writer = WriterThread {
            connection,
            queue: Arc::clone(&queue),
            checkpointer,
            front: Box::new(front),
            is_busy: false,
            low_resumes: None,
        };
        let thread = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                writer.work();
                drop(held);
            })?;
        Ok(Self {
            queue,
            failed_sync,
            thread: Some(thread),
        })
    }

    /// Does `work` on the database, and returns when it is durable. Work that fails is undone alone.
    pub(crate) async fn run<W, T>(&self, class: JobClass<'_>, work: W) -> Result<T, StoreError>
    where
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
    {
        self.run_then(class, |_: &T| Urgency::Now, work, |_| ())
            .await
    }

    /// Does `work`, and tells `then` what came of it before anybody else learns it. `urgency` judges by
    /// the outcome. Work whose caller has gone is not begun.
    pub(crate) async fn run_then<U, W, T, H>(
        &self,
        class: JobClass<'_>,
        urgency: U,
        work: W,
        then: H,
    ) -> Result<T, StoreError>
    where
        U: Fn(&T) -> Urgency + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
        H: FnOnce(&mut Result<T, StoreError>) + Send + 'static,
    {
        self.run_ahead(class, urgency, |_| None, work, then).await
    }

    /// The same, but the work is tried `ahead` of the tables before. That only reads by the connection, and has
    /// changed nothing if it returns nothing.
    pub(crate) async fn run_ahead<U, A, W, T, H>(
        &self,
        class: JobClass<'_>,
        urgency: U,
        ahead: A,
        work: W,
        then: H,
    ) -> Result<T, StoreError>
    where
        U: Fn(&T) -> Urgency + Send + 'static,
        A: FnOnce(&Connection) -> Option<T> + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        T: Send + 'static,
        H: FnOnce(&mut Result<T, StoreError>) + Send + 'static,
    {
        let (job, answered) = job(class, urgency, ahead, work, then);
        self.queue.send(class.owner, class.priority, job).await;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Why nothing is written any more, if that is so.
    pub(crate) fn failure(&self) -> Option<&StoreError> {
        match self.queue.is_closed() {
            true => Some(&StoreError::Closed),
            false => self.failed_sync.get(),
        }
    }
}

impl Drop for Writer {
    /// Waits until all jobs are done, so that the folder is free when the store is gone.
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // If it has panicked, its callers know: their answers never came.
            let _ = thread.join();
        }
    }
}

/// What the thread has.
struct WriterThread {
    // Dropped before the checkpointer, whose connection is then the last, and leaves no log behind.
    connection: Connection,
    queue: Arc<JobQueue<Box<dyn Job>>>,
    checkpointer: Checkpointer,
    front: Box<dyn Front>,
    /// Whether the last batch had many jobs.
    is_busy: bool,
    /// After a heavy batch: when jobs of low priority are taken again.
    low_resumes: Option<Instant>,
}

impl WriterThread {
    fn work(mut self) {
        // Also if the thread panics: nobody waits for ever.
        let _clear = ClearOnDrop(Arc::clone(&self.queue));
        loop {
            match self.next() {
                Next::Jobs => self.commit_batch(),
                Next::Fold => self.fold(|front, transaction| front.fold_some(transaction)),
                Next::End => break,
            }
        }
        if self.fold_due().is_some() {
            self.fold(|front, transaction| front.fold(transaction));
        }
    }

    fn commit_batch(&mut self) {
        // What was written before may or may not be on disk, and the next sync could succeed
        // without it: so there is none.
        if let Some(error) = self.checkpointer.failed_sync().get() {
            while let Some(job) = Priority::ALL.into_iter().find_map(|it| self.queue.take(it)) {
                job.answer(Err(error.clone()));
            }
            return;
        }
        let began = Instant::now();
        let mut batch = Batch::default();
        let priorities = self.priorities();
        let committed = batch.commit(
            &self.connection,
            &mut *self.front,
            &self.queue,
            priorities,
            self.is_busy,
        );
        self.is_busy = batch.is_busy();
        let pause = batch.pause_after(began.elapsed());
        self.low_resumes = pause.map(|pause| Instant::now() + pause);
        self.end(&committed);
        batch.answer(&committed);
        self.checkpoint();
    }

    /// Folds, though nobody needs it.
    fn fold(&mut self, fold: impl FnOnce(&mut dyn Front, &Connection) -> Result<(), StoreError>) {
        let folded = || {
            let behavior = TransactionBehavior::Immediate;
            let transaction = Transaction::new_unchecked(&self.connection, behavior)?;
            fold(&mut *self.front, &transaction)?;
            Ok(transaction.commit()?)
        };
        let folded = folded();
        self.end(&folded);
        self.checkpoint();
    }

    fn end(&mut self, committed: &Result<(), StoreError>) {
        self.checkpointer.failed_sync().note(committed);
        self.front.end(committed.is_ok());
    }

    fn checkpoint(&self) {
        let checkpointed = self.checkpointer.after_commit(&self.connection);
        self.checkpointer.failed_sync().note(&checkpointed);
    }

    /// Waits until there is something to do.
    fn next(&mut self) -> Next {
        loop {
            let fold = self.fold_due();
            if fold.is_some_and(|fold| fold <= Instant::now()) {
                return Next::Fold;
            }
            let until = [fold, self.low_resumes].into_iter().flatten().min();
            if self.queue.wait(self.priorities(), until) {
                return Next::Jobs;
            }
            let is_closed = self.queue.is_closed();
            if is_closed && !self.queue.wait(&Priority::ALL, None) {
                return Next::End;
            }
            let has_passed = |resumes| is_closed || resumes <= Instant::now();
            if self.low_resumes.is_some_and(has_passed) {
                self.low_resumes = None;
            }
        }
    }

    /// When something must be folded. Nothing is, once a sync has failed.
    fn fold_due(&self) -> Option<Instant> {
        match self.checkpointer.failed_sync().get() {
            Some(_) => None,
            None => self.front.due(),
        }
    }

    /// The priorities of which jobs are taken now.
    fn priorities(&self) -> &'static [Priority] {
        match self.low_resumes {
            Some(resumes) if Instant::now() < resumes => &[Priority::High, Priority::Normal],
            _ => &Priority::ALL,
        }
    }
}

/// What the thread does next.
enum Next {
    Jobs,
    Fold,
    End,
}

/// Closes the queue when the thread has ended, however it did.
struct ClearOnDrop(Arc<JobQueue<Box<dyn Job>>>);

impl Drop for ClearOnDrop {
    fn drop(&mut self) {
        self.0.clear();
    }
}
