//! Threads that only read a database, each with a connection of its own: who reads waits for nobody
//! who writes, and sees what was committed before it asked.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::queue::{Priority, Queue};
use crate::error::StoreError;

/// How many threads read: 2, so that one large value does not hold up all others, and most of a small
/// machine's processors are left to other work.
const THREADS: usize = 2;

type Read = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    queue: Arc<Queue<Read>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Starts the threads, each with a connection that `connect` makes.
    pub(super) fn start(
        database: &Path,
        connect: impl Fn(&Path) -> rusqlite::Result<Connection>,
    ) -> Result<Self, StartError> {
        let mut readers = Self {
            queue: Arc::new(Queue::new()),
            threads: Vec::with_capacity(THREADS),
        };
        for _ in 0..THREADS {
            let connection = connect(database).map_err(StartError::Connection)?;
            let queue = Arc::clone(&readers.queue);
            let thread = thread::Builder::new()
                .name("store reader".to_owned())
                .spawn(move || {
                    while let Some(read) = queue.next() {
                        read(&connection);
                    }
                });
            readers.threads.push(thread.map_err(StartError::Thread)?);
        }
        Ok(readers)
    }

    /// Looks at one state of the database, at the owner's turn. Looks not at all if the caller has
    /// gone by then.
    pub(super) async fn read<T: Send + 'static>(
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

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Why the threads can't be started.
pub(super) enum StartError {
    Connection(rusqlite::Error),
    Thread(io::Error),
}

fn in_transaction<T>(
    connection: &Connection,
    look: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.unchecked_transaction()?;
    look(&transaction)
}
