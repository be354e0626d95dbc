//! The simulator's browser chat and the page of the admin API in a real browser: Chromium, driven by
//! WebDriver, with the real host and the real simulator.
//!
//! `cargo xtask web` installs what these tests need; without it they fail and say so. Each ends with
//! a look at the console, which must be silent, and `axe` judges each screen.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod admin;
mod chat;
mod chromium;
mod dialogs;
mod messages;
mod scene;
