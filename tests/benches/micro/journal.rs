//! The journal: events are appended, claimed and settled. What is done at once shares its syncs, as it does in a
//! host that is busy; the figures are those of one event.

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_store::{Backlog, EventQueue, NewEvent, Outcome, Settlement, Sqlite};
use divan::Bencher;
use divan::counter::ItemsCount;
use futures_util::future::try_join_all;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{executor, webhook};

const CHANNEL: &str = "bench";

/// How many events are appended, claimed or settled at once.
const EVENTS: [usize; 2] = [1, 64];

const BACKLOG: Backlog = Backlog {
    events: 1 << 30,
    bytes: 1 << 40,
    age: Duration::from_secs(1 << 30),
    kept: 1 << 40,
};

/// An hour.
const KEEP: Duration = Duration::from_secs(3600);

struct Journal {
    executor: Runtime,
    store: Sqlite,
    _folder: TempDir,
}

impl Journal {
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        Self {
            executor: executor(),
            store: Sqlite::open(folder.path(), Clock::system()).expect("a store"),
            _folder: folder,
        }
    }

    /// Each in a webhook of its own, as LINE sends them.
    fn append(&self, events: Vec<NewEvent>) {
        let calls = events
            .into_iter()
            .map(|event| self.store.append(CHANNEL, vec![event], BACKLOG));
        self.executor.block_on(try_join_all(calls)).expect("room");
    }

    fn claim(&self, events: usize) -> Vec<i64> {
        let claims = self.executor.block_on(self.store.claim(CHANNEL, events));
        let claims = claims.expect("a journal").events;
        assert_eq!(claims.len(), events);
        claims.into_iter().map(|claim| claim.position).collect()
    }

    fn settle(&self, positions: Vec<i64>) {
        let calls = positions.into_iter().map(|position| {
            let settlement = Settlement {
                position,
                outcome: Outcome::Handled { keep: KEEP },
                note: None,
                kept: BACKLOG.kept,
            };
            self.store.settle(CHANNEL, settlement)
        });
        self.executor
            .block_on(try_join_all(calls))
            .expect("a journal");
    }
}

fn events(count: usize) -> Vec<NewEvent> {
    let event = || {
        let (number, body) = webhook::message();
        NewEvent {
            id: format!("01{number:024}"),
            chat: format!("U{:032}", number % webhook::USERS),
            message: Some(format!("{number:018}")),
            is_unsend: false,
            is_from_host: false,
            body: Arc::from(body),
        }
    };
    (0..count).map(|_| event()).collect()
}

#[divan::bench(args = EVENTS)]
fn append(bencher: Bencher<'_, '_>, count: usize) {
    let journal = Journal::new();
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| events(count))
        .bench_local_values(|events| journal.append(events));
}

#[divan::bench(args = EVENTS)]
fn claim(bencher: Bencher<'_, '_>, count: usize) {
    let journal = Journal::new();
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| journal.append(events(count)))
        .bench_local_values(|()| journal.claim(count));
}

#[divan::bench(args = EVENTS)]
fn settle(bencher: Bencher<'_, '_>, count: usize) {
    let journal = Journal::new();
    bencher
        .counter(ItemsCount::new(count))
        .with_inputs(|| {
            journal.append(events(count));
            journal.claim(count)
        })
        .bench_local_values(|positions| journal.settle(positions));
}
