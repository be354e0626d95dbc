//! Threads that only read a database, each with a connection of its own: a read waits for nobody who
//! writes, and sees what was committed before it was asked for.

use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::connect_reader;
use super::job_queue::{JobQueue, Priority};
use crate::error::StoreError;
use crate::sqlite::open_error::OpenError;

/// How many threads read: 2, so that one large value does not hold up all others, and most of a small
/// machine's processors are left to other work.
const THREADS: usize = 2;

type Read = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) struct ReaderPool {
    queue: Arc<JobQueue<Read>>,
    threads: Vec<JoinHandle<()>>,
}

impl ReaderPool {
    /// Starts the threads.
    pub(crate) fn start(database: &Path) -> Result<Self, OpenError> {
        let mut readers = Self {
            queue: Arc::new(JobQueue::new()),
            threads: Vec::with_capacity(THREADS),
        };
        for _ in 0..THREADS {
            let connection = connect_reader(database).map_err(OpenError::of_database(database))?;
            let queue = Arc::clone(&readers.queue);
            let thread = thread::Builder::new()
                .name("store reader".to_owned())
                .spawn(move || {
                    while let Some(read) = queue.next() {
                        read(&connection);
                    }
                });
            readers.threads.push(thread.map_err(OpenError::Thread)?);
        }
        Ok(readers)
    }

    /// Reads one state of the database, at the owner's turn. Does not begin if the caller has gone by
    /// then.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        owner: &str,
        priority: Priority,
        look: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let read = move |connection: &Connection| {
            if !answer.is_closed() {
                let _ = answer.send(in_transaction(connection, look));
            }
        };
        self.queue.send(owner, priority, Box::new(read)).await;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for ReaderPool {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn in_transaction<T>(
    connection: &Connection,
    look: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.unchecked_transaction()?;
    look(&transaction)
}
