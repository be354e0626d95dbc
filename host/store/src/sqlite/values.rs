//! Key-value: entries of owners, in a database of their own.

mod database;
mod entries;
mod rates;

pub(super) use database::{Needs, Values};
