//! The redo log: small changes to the journal, each written once before it is acknowledged.
//!
//! A change to SQLite's tables writes whole pages: of the table and of each index that it touches. A redo log
//! writes the change alone, at the end of one file, with one sync for all changes that come together.
//! The changes are *folded* into the tables later, many in one transaction, which also says up to where the log
//! is folded. An event that was handled by then is one row that is written once.
//!
//! The file has a fixed size, and its blocks are there from the start: so a sync has no metadata to write.
//! A fold takes all of the log, so the log begins anew at the file's start after it, and there are no segments to
//! keep. What the log has no room for is folded at once.
//!
//! Here are the file and the records, and nothing that knows the tables.

mod blocks;
mod log;
mod record;
mod storage;

#[cfg(test)]
mod tests;

pub(super) use log::RedoLog;
pub(super) use record::{Record, Records};
