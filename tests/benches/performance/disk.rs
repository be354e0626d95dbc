//! The disk alone: how often it makes something durable, by the least that does so.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::figures::milliseconds;

/// How long it is measured.
const TIME: Duration = Duration::from_secs(1);

const PAGE: usize = 4096;
/// The file is written over from its start again after so many.
const PAGES: u64 = 1024;

/// What the disk did in a while.
pub(crate) struct Syncs {
    /// How many in a second.
    pub(crate) rate: f64,
    /// Milliseconds of each: the write of a page, and the sync.
    pub(crate) times: Vec<f64>,
}

/// Measures the file system of `folder`. Blocks the thread.
pub(crate) fn measure(folder: &Path) -> anyhow::Result<Syncs> {
    let file = tempfile::tempfile_in(folder)?;
    preallocate(&file)?;
    let page = [1; PAGE];
    let mut times = Vec::new();
    let started = Instant::now();
    for number in (0..PAGES).cycle() {
        let before = Instant::now();
        file.write_all_at(&page, number * PAGE as u64)?;
        file.sync_data()?;
        times.push(milliseconds(before.elapsed()));
        if started.elapsed() >= TIME {
            break;
        }
    }
    Ok(Syncs {
        rate: times.len() as f64 / started.elapsed().as_secs_f64(),
        times,
    })
}

/// Writes the whole file, so that no sync has to do with the file system's own records: a length
/// that grows, or blocks that were only reserved.
fn preallocate(file: &File) -> anyhow::Result<()> {
    let page = [0; PAGE];
    for number in 0..PAGES {
        file.write_all_at(&page, number * PAGE as u64)?;
    }
    file.sync_all()?;
    Ok(())
}
