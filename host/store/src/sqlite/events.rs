//! What is done to the journal's events, each step in a transaction that the writer has begun, or ahead of the
//! tables (`ahead`, from which `fold` puts them there).
//!
//! All steps are methods of [`Events`], parted by what happens: events are inserted, appended, packed,
//! scheduled, claimed, settled, unsent, swept, and dead letters are replayed or discarded. What
//! operators look at is apart (`list`), because it reads by another connection.

mod ahead;
mod append;
mod claim;
mod conditions;
mod dead_letters;
mod fold;
mod held;
mod insert;
mod list;
mod list_packed;
mod pack_format;
mod packs;
mod ready;
mod recent;
mod schedule;
mod settle;
mod sweep;
mod times;
mod transaction;
mod volatile;

pub(super) use append::Arrival;
pub(super) use list::{dead, list, next_due, show, stats};
pub(super) use ready::{ReadyEvent, ReadyQueues};
pub(super) use recent::Recent;
pub(super) use schedule::{Schedule, pending};
pub(super) use settle::Settled;
pub(super) use transaction::Events;
pub(super) use volatile::Volatile;
