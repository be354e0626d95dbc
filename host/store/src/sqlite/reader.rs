//! A connection that only reads: what is on disk, and beside the writer.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, InterruptHandle};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::database::connect_reader;
use crate::error::StoreError;

/// How long a query may take: 10 s. Others wait for it.
const QUERY_TIME: Duration = Duration::from_secs(10);

/// Reads for one caller at a time.
pub(super) struct Reader {
    connection: Arc<Mutex<Connection>>,
    interrupt: Arc<InterruptHandle>,
}

impl Reader {
    pub(super) fn open(database: &Path) -> rusqlite::Result<Self> {
        let connection = connect_reader(database)?;
        Ok(Self {
            interrupt: Arc::new(connection.get_interrupt_handle()),
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Looks at one state of the database.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (connection, interrupt) = (Arc::clone(&self.connection), Arc::clone(&self.interrupt));
        // Nobody who goes away leaves a query behind that has no end.
        let looking = tokio::spawn(async move {
            // Whoever waits does so here, and not on a thread.
            let mut connection = connection.lock_owned().await;
            let mut looking = spawn_blocking(move || look(&*connection.transaction()?));
            let Ok(looked) = timeout(QUERY_TIME, &mut looking).await else {
                interrupt.interrupt();
                // It ends at once.
                drop(looking.await);
                return Err(StoreError::SlowQuery(QUERY_TIME));
            };
            looked.unwrap_or(Err(StoreError::Closed))
        });
        looking.await.unwrap_or(Err(StoreError::Closed))
    }
}
