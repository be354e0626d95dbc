//! A caller's work on a database, from the call to its answer.

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::front::LazyTransaction;
use super::job_queue::Priority;
use crate::error::StoreError;

/// When a job's outcome must be durable.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Urgency {
    /// At once: somebody waits.
    Now,
    /// Soon: somebody waits, but for nothing that depends on it.
    Soon,
    /// Never: the job only reads. It is answered as soon as it has read.
    Never,
}

/// Whose a job is, and what it costs.
#[derive(Clone, Copy)]
pub(crate) struct JobClass<'a> {
    /// Who has turns with others.
    pub(crate) owner: &'a str,
    pub(crate) priority: Priority,
    /// The bytes of the values that it writes.
    bytes: usize,
    /// Whether it is undone alone if it fails.
    has_savepoint: bool,
}

impl<'a> JobClass<'a> {
    /// Of a job that writes no large value.
    pub(crate) const fn new(owner: &'a str, priority: Priority) -> Self {
        Self {
            owner,
            priority,
            bytes: 0,
            has_savepoint: true,
        }
    }

    /// Of a job that writes values of so many bytes.
    pub(crate) fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// Of a job that refuses before it changes anything. So it needs no savepoint, for which SQLite copies each
    /// page that the job changes: a tenth of the writer's time. If it fails in another way, as when the disk
    /// is full, the whole batch does.
    pub(crate) fn without_savepoint(self) -> Self {
        Self {
            has_savepoint: false,
            ..self
        }
    }
}

/// A caller's work. It is done before the commit, and answered after it.
pub(super) trait Job: Send {
    /// Whether somebody still waits for the answer.
    fn is_wanted(&self) -> bool;

    /// The bytes that it writes.
    fn bytes(&self) -> usize;

    /// How urgent it is, which is known once it is done.
    fn urgency(&self) -> Urgency;

    /// Does the work, or undoes its part of the transaction. Fails when the whole transaction is lost.
    fn run(&mut self, transaction: &mut LazyTransaction<'_>) -> Result<(), StoreError>;

    /// Answers the caller.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// Makes a job of the work. It is first tried `ahead` of the tables, if the batch has no transaction yet: that
/// changes nothing when it returns nothing. `urgency` judges by the outcome, and `then` is told the outcome
/// before the caller is. Returns the job, and where its answer arrives.
pub(super) fn job<U, A, W, T, H>(
    class: JobClass<'_>,
    urgency: U,
    ahead: A,
    work: W,
    then: H,
) -> (Box<dyn Job>, oneshot::Receiver<Result<T, StoreError>>)
where
    U: Fn(&T) -> Urgency + Send + 'static,
    A: FnOnce(&Connection) -> Option<T> + Send + 'static,
    W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
    H: FnOnce(&mut Result<T, StoreError>) + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    let call = Call {
        urgency,
        bytes: class.bytes,
        has_savepoint: class.has_savepoint,
        ahead: Some(ahead),
        work: Some(work),
        outcome: Err(StoreError::Closed),
        then,
        answer,
    };
    (Box::new(call), answered)
}

struct Call<U, A, W, T, H> {
    urgency: U,
    bytes: usize,
    has_savepoint: bool,
    /// Taken when it is tried.
    ahead: Option<A>,
    /// Taken when it is done.
    work: Option<W>,
    outcome: Result<T, StoreError>,
    then: H,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<U, A, W, T, H> Job for Call<U, A, W, T, H>
where
    U: Fn(&T) -> Urgency + Send,
    A: FnOnce(&Connection) -> Option<T> + Send,
    W: FnOnce(&Connection) -> Result<T, StoreError> + Send,
    T: Send,
    H: FnOnce(&mut Result<T, StoreError>) + Send,
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

    fn run(&mut self, transaction: &mut LazyTransaction<'_>) -> Result<(), StoreError> {
        if let Some(connection) = transaction.ahead()
            && let Some(ahead) = self.ahead.take()
            && let Some(outcome) = ahead(connection)
        {
            self.outcome = Ok(outcome);
            return Ok(());
        }
        let transaction = transaction.begin()?;
        if let Some(work) = self.work.take() {
            self.outcome = match self.has_savepoint {
                true => in_savepoint(transaction, work),
                false => work(transaction),
            };
        }
        match &self.outcome {
            // SQLite rolls the whole transaction back after some errors of disk and memory.
            Err(error) if transaction.is_autocommit() => Err(error.clone()),
            Err(error @ StoreError::Broken(_)) => Err(error.clone()),
            Err(error) if !self.has_savepoint && !error.is_refusal() => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let mut outcome = committed.and(self.outcome);
        (self.then)(&mut outcome);
        // A caller that has gone away wants no answer.
        let _ = self.answer.send(outcome);
    }
}

/// Does `work`, or undoes it if it fails. The statements are cached, because every job has them.
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
