//! The logs of channels, in a database of their own: who logs much holds up no webhook, and a commit waits
//! for no sync.

mod database;
mod lines;

pub(super) use database::LogDatabase;
pub(super) use lines::{append, end, forget, page, purge, sweep};
