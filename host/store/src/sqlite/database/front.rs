//! What may stand in front of a database's tables: a log that takes small changes, and the transaction that
//! begins only when the tables are needed.
//!
//! A batch is one or the other. As long as its jobs can be done *ahead* of the tables, their changes go to the
//! log, which is synced once. The first job that needs the tables begins a transaction, into which all
//! changes are folded that the tables lack, those of this batch, too. From there on, each job of the batch is
//! done in the transaction, whose commit makes all of it durable. So no batch is durable by halves, and what
//! needs the tables finds all in them.
//!
//! Between batches, some of what the tables lack is folded in a transaction of its own. The log keeps it until all is
//! folded: so it can have room for much, and no batch pays for all of it.

use std::time::Instant;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::StoreError;

/// What stands in front of the tables. All calls are the writer's.
pub(crate) trait Front: Send {
    /// Puts into the tables what they lack. In a transaction, before its jobs.
    fn fold(&mut self, connection: &Connection) -> Result<(), StoreError>;

    /// Puts some of what the tables lack into them: little enough that nobody waits for long. In a transaction of its
    /// own.
    fn fold_some(&mut self, connection: &Connection) -> Result<(), StoreError>;

    /// Makes durable what jobs did ahead of the tables. Returns false, and changes nothing, if there is no room
    /// for it: then it must be folded.
    fn sync(&mut self) -> Result<bool, StoreError>;

    /// A batch has ended. Before anybody is answered.
    fn end(&mut self, is_durable: bool);

    /// When some of what the tables lack must be folded, though nobody needs it.
    fn due(&self) -> Option<Instant>;
}

/// Nothing stands in front of the tables.
impl Front for () {
    fn fold(&mut self, _: &Connection) -> Result<(), StoreError> {
        Ok(())
    }

    fn fold_some(&mut self, _: &Connection) -> Result<(), StoreError> {
        Ok(())
    }

    fn sync(&mut self) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn end(&mut self, _: bool) {}

    fn due(&self) -> Option<Instant> {
        None
    }
}

/// The transaction of a batch, which begins when it is needed.
pub(super) struct LazyTransaction<'a> {
    connection: &'a Connection,
    front: &'a mut dyn Front,
    begun: Option<Transaction<'a>>,
}

impl<'a> LazyTransaction<'a> {
    pub(super) fn new(connection: &'a Connection, front: &'a mut dyn Front) -> Self {
        let begun = None;
        Self {
            connection,
            front,
            begun,
        }
    }

    /// The connection, as long as nothing needs the tables.
    pub(super) fn ahead(&self) -> Option<&'a Connection> {
        self.begun.is_none().then_some(self.connection)
    }

    /// The transaction, which has all that came before.
    pub(super) fn begin(&mut self) -> Result<&mut Transaction<'a>, StoreError> {
        if self.begun.is_none() {
            let behavior = TransactionBehavior::Immediate;
            let begun = Transaction::new_unchecked(self.connection, behavior)?;
            self.front.fold(&begun)?;
            self.begun = Some(begun);
        }
        // It is there.
        self.begun.as_mut().ok_or(StoreError::Closed)
    }

    /// Makes all of it durable.
    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        if self.begun.is_none() && self.front.sync()? {
            return Ok(());
        }
        self.begin()?;
        if let Some(begun) = self.begun {
            begun.commit()?;
        }
        Ok(())
    }
}
