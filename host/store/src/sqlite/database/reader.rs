//! A connection that only reads: it sees what is durable, and holds up nobody who writes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::connection::connect_reader;
use crate::error::StoreError;

/// How long a query may take: 10 s. Others wait for it.
const QUERY_TIME: Duration = Duration::from_secs(10);

/// Reads for one caller at a time.
pub(crate) struct Reader {
    connection: Arc<Mutex<Connection>>,
    interrupt: Arc<InterruptHandle>,
}

impl Reader {
    pub(crate) fn open(database: &Path) -> rusqlite::Result<Self> {
        let connection = connect_reader(database)?;
        Ok(Self {
            interrupt: Arc::new(connection.get_interrupt_handle()),
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Reads one state of the database.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (connection, interrupt) = (Arc::clone(&self.connection), Arc::clone(&self.interrupt));
        // A task of its own, so that a caller who goes away leaves no endless query behind.
        let reading = tokio::spawn(async move {
            // A caller waits here, and not on a thread.
            let mut connection = connection.lock_owned().await;
            let mut reading = spawn_blocking(move || read(&*connection.transaction()?));
            let Ok(read) = timeout(QUERY_TIME, &mut reading).await else {
                interrupt.interrupt();
                // It ends at once.
                drop(reading.await);
                return Err(StoreError::SlowQuery(QUERY_TIME));
            };
            read.unwrap_or(Err(StoreError::Closed))
        });
        reading.await.unwrap_or(Err(StoreError::Closed))
    }
}
