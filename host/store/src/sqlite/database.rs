//! A database: its file, its connections, the threads that have them, and its write-ahead log.
//!
//! One thread writes. It takes jobs from a queue and commits many of them at once: to the tables, or to a log in
//! front of them. Other threads read,
//! and another one checkpoints the log. Nothing here but the schema knows which tables
//! there are.

mod batch;
mod checkpoint;
mod connection;
mod front;
mod job;
mod job_queue;
mod reader;
mod reader_pool;
mod schema;
mod writer;

pub(super) use checkpoint::{Checkpointer, FailedSync, PendingLog};
pub(super) use connection::{connect_reader, open, shrink};
pub(super) use front::Front;
pub(super) use job::{JobClass, Urgency};
pub(super) use job_queue::Priority;
pub(super) use reader::Reader;
pub(super) use reader_pool::ReaderPool;
pub(super) use schema::{JOURNAL, LOGS, REGISTRY, VALUES, upgrade};
pub(super) use writer::Writer;
