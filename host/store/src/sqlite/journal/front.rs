//! The redo log in front of the journal's tables.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::shared::SharedVolatile;
use super::waiters::Waiters;
use crate::error::StoreError;
use crate::sqlite::database::Front;
use crate::sqlite::events::{Events, Recent};
use crate::sqlite::folder::Running;
use crate::sqlite::redo::RedoLog;

/// When a fold that failed is tried again: after 1 s.
const REST: Duration = Duration::from_secs(1);

/// What stands in front of the journal's tables.
pub(super) struct JournalFront {
    pub(super) log: RedoLog,
    pub(super) volatile: SharedVolatile,
    pub(super) waiters: Waiters,
    pub(super) running: Arc<Running>,
    /// When the tables must have some of what they lack.
    pub(super) due: Option<Instant>,
    /// Whether the transaction has folded the log.
    pub(super) has_folded: bool,
    /// Whether the tables lack what is in the log alone, because what was known of it is not certain any more.
    pub(super) must_replay: bool,
}

impl Front for JournalFront {
    fn fold(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut volatile = self.volatile.lock();
        self.has_folded = true;
        let mut events = Events::new(connection, &mut volatile);
        if self.must_replay {
            events.replay_log(&self.log.read()?)?;
        } else {
            events.fold()?;
        }
        if !self.log.is_empty() {
            mark_folded(connection, &self.log)?;
        }
        Ok(())
    }

    fn fold_some(&mut self, connection: &Connection) -> Result<(), StoreError> {
        if self.must_replay {
            return self.fold(connection);
        }
        let mut volatile = self.volatile.lock();
        Events::new(connection, &mut volatile).fold_some()?;
        if !volatile.recent.has_unfolded() && !self.log.is_empty() {
            // The next start has nothing to do again.
            self.has_folded = true;
            mark_folded(connection, &self.log)?;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<bool, StoreError> {
        let records = self.volatile.lock().recent.take_records();
        // Others look at the volatile state meanwhile.
        let appended = records.is_empty() || self.log.append(&records)?;
        self.volatile.lock().recent.give_back(records);
        Ok(appended)
    }

    fn end(&mut self, is_durable: bool) {
        let mut volatile = self.volatile.lock();
        let last = volatile.end_transaction(is_durable);
        let has_folded = std::mem::take(&mut self.has_folded);
        if !is_durable {
            // The log has all that is durable.
            volatile.recent = Recent::closed();
            self.must_replay = true;
        } else if has_folded {
            if self.must_replay {
                volatile.recent = Recent::default();
            }
            self.must_replay = false;
            if !self.log.is_empty() {
                self.log.restart();
            }
        }
        self.due = match self.must_replay {
            true => Some(Instant::now() + REST),
            false => volatile.recent.fold_due(),
        };
        drop(volatile);
        if let Some(last) = last {
            self.running.set_last(last);
        }
        if !is_durable {
            // A claim beside it may have seen what is rolled back, and found nothing.
            self.waiters.notify_all();
        }
    }

    fn due(&self) -> Option<Instant> {
        self.due
    }
}

/// Notes in a transaction that all of the log is folded.
pub(super) fn mark_folded(connection: &Connection, log: &RedoLog) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE marks SET folded = ?1")?
        .execute([log.epoch()])?;
    Ok(())
}
