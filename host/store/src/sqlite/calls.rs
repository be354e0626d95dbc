//! The traits of the store, as [`Sqlite`](super::Sqlite) implements them: a file for each.

mod blobs;
mod health;
mod inspection;
mod key_value;
mod notes;
mod queue;
mod registry;
mod retention;
mod schedule;
