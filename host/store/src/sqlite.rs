//! State in one folder of this machine: SQLite databases, and a lock that makes it one process's.
//!
//! From below: `database` has the threads and connections of one database, `folder` the files, and `redo` the log in
//! front of the journal.
//! `events` is what is done to the journal's rows, `journal` their database, `values` key-value with its
//! own, `registry` the registry's, and `logs` that of the plugins' logs. `store` opens all of it, and `calls` has the traits.

mod backup;
mod calls;
mod database;
mod events;
mod folder;
mod journal;
mod logs;
mod open_error;
mod redo;
mod registry;
mod store;
mod values;

#[cfg(test)]
mod tests;

pub use folder::DiskLimits;
pub use journal::Recovery;
pub use open_error::OpenError;
pub use store::Sqlite;
