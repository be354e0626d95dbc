//! [`StoreHealth`].

use crate::error::StoreError;
use crate::health::StoreHealth;
use crate::sqlite::database::PendingLog;
use crate::sqlite::store::Sqlite;

impl StoreHealth for Sqlite {
    fn failure(&self) -> Option<StoreError> {
        let failures = [
            &self.journal.writer,
            &self.values.writer,
            &self.registry.writer,
        ]
        .map(|it| it.failure());
        failures.into_iter().flatten().next().cloned()
    }

    fn warning(&self) -> Option<StoreError> {
        let logs = [
            self.journal.pending_log(),
            self.values.pending_log(),
            self.registry.pending_log(),
        ];
        let full = logs.map(|log| self.disk.check_log(log));
        let held = logs.map(PendingLog::check_held);
        let checks = full.into_iter().chain([self.disk.check_reserve()]);
        checks.chain(held).find_map(Result::err)
    }

    fn free_bytes(&self) -> Option<u64> {
        self.disk.left().map(|it| it.free)
    }
}
