//! What SQLite in a folder promises beyond what every store does.

mod blobs;
mod disk;
mod folder;
mod journal;
mod packs;
mod recovery;
mod values;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_store::{
    Backlog, Blobs, DiskLimits, EventFilter, EventInspection, EventNotes, EventQueue,
    EventRetention, EventSchedule, EventState, Expected, KeyValue, NewEvent, OpenError, Outcome,
    ReplayOn, ScheduledEvent, Settlement, Space, Sqlite, StoreError, StoreHealth,
};
use futures_util::FutureExt;
use rusqlite::Connection;
use tempfile::{TempDir, tempdir};
use tokio::task::JoinSet;

use crate::conformance;
use crate::conformance::journal::fixture::{
    Channel, HOUR, ROOM, body, dead, event, failure, handled, ids, retry, unsend,
};

fn open(folder: &Path) -> Sqlite {
    Sqlite::open(folder, Clock::system()).unwrap()
}

fn refusal(folder: &Path) -> OpenError {
    Sqlite::open(folder, Clock::system())
        .err()
        .expect("the folder is refused")
}

/// A folder that was used, and its database, which a test may write because no store has it.
fn used_folder() -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    drop(open(folder.path()));
    let database = folder.path().join("botbox.sqlite");
    (folder, database)
}

fn opened(clock: &Clock) -> (TempDir, Arc<Sqlite>) {
    let folder = tempdir().unwrap();
    let store = Sqlite::open(folder.path(), clock.clone()).unwrap();
    (folder, Arc::new(store))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_a_key_value_store() {
    let clock = Clock::movable();
    let (_folder, store) = opened(&clock);
    conformance::key_value::all(store, &clock).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_a_journal() {
    let clock = Clock::movable();
    let (_folder, store) = opened(&clock);
    conformance::journal::all(store, &clock).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_a_registry() {
    let (_folder, store) = opened(&Clock::system());
    conformance::registry::all(store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_blobs() {
    let (folder, store) = opened(&Clock::system());
    conformance::blobs::all(store).await;
    for file in fs::read_dir(folder.path().join("blobs")).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(path.extension(), None, "it is finished");
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

/// A copy of a folder as a kill would leave it: its files as they are, which nobody has closed.
pub(crate) fn killed(folder: &Path) -> TempDir {
    let copy = tempdir().unwrap();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    copy
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_logs() {
    let (_folder, store) = opened(&Clock::system());
    conformance::logs::all(&*store).await;
}
