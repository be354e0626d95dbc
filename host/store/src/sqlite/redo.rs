//! The redo log: small changes to the journal, each written once before it is acknowledged.
//!
//! A change to SQLite's tables writes whole pages: of the table and of each index that it touches. A redo log
//! writes the change alone, at the end of one file, with one sync for all changes that come together.
//! The changes are *folded* into the tables later, some at a time. An event that was handled by then is one row that is
//! written once. When the tables lack nothing more, the same transaction says that all of the log is folded.
//!
//! The file has a fixed size, and its blocks are there from the start: so a sync has no metadata to write.
//! Once all of the log is folded, it begins anew at the file's start, and there are no segments to keep. When the log has
//! no room, what the tables still lack is folded at once. Until then a replay would do again what was folded, and finds
//! that it is done.
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
