//! The steps of an event's way, each alone: its time and its allocations.
//!
//! `cargo xtask bench micro` builds and runs it; arguments behind `--` are divan's.

#![allow(clippy::expect_used, reason = "who measures looks at what went wrong")]

#[path = "../performance/sandboxes.rs"]
mod sandboxes;
#[path = "../performance/webhook.rs"]
#[allow(dead_code, reason = "the other benchmark sends webhooks, too")]
mod webhook;

mod journal;
mod line;
mod sandbox;

use divan::AllocProfiler;
use tokio::runtime::{Builder, Runtime};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// Where a step waits for others: the store's threads, or the one that runs plugins.
fn executor() -> Runtime {
    let mut executor = Builder::new_multi_thread();
    let executor = executor.worker_threads(1).enable_all().build();
    executor.expect("threads")
}
