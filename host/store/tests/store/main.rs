//! What the store promises: of every implementation (`conformance`), of SQLite in a folder
//! (`sqlite`), and compared with a map (`model`) and with queues (`journal_model`).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod conformance;
mod journal_model;
mod model;
mod sqlite;
