//! The journal's database: how it is opened, how work gets to its events, and how they are claimed.

mod claim;
mod claim_guard;
mod database;
mod front;
mod shared;
mod waiters;

pub use database::Recovery;

pub(super) use database::{Enqueued, JournalDatabase, now};
