//! The traits of the store, as [`Sqlite`](super::Sqlite) implements them: a file for each.

mod access;
mod blobs;
mod deployments;
mod health;
mod inspection;
mod key_value;
mod logs;
mod metering;
mod notes;
mod queue;
mod retention;
mod schedule;
mod tenants;
