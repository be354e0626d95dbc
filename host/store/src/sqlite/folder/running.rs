//! The attempts that run, in a file beside the database: so an event that ends the process is found.
//!
//! The file is written without a sync, which costs next to nothing for an event. What it says outlives
//! the process, but not the machine. That is enough, because no event ends the machine. The file has the
//! last position that was acknowledged, too: a database that ends before it has lost something.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::data_folder::private_file;
use crate::journal::Position;

/// The bytes of the head, and of each slot: two little-endian numbers.
const SLOT: usize = 16;

/// The most slots that are read: a million, many times what a host runs at once.
const SLOTS: usize = 1 << 20;

/// The file, and who has which slot of it.
pub(crate) struct Running {
    file: File,
    slots: Mutex<Slots>,
}

#[derive(Default)]
struct Slots {
    taken: HashMap<Position, u64>,
    free: Vec<u64>,
}

/// What the file said when it was opened.
#[derive(Default)]
pub(crate) struct Recorded {
    /// The last position that was acknowledged.
    pub(crate) last: Position,
    /// The events of which attempts ran, and when those began.
    pub(crate) ran: Vec<(Position, i64)>,
}

impl Running {
    /// Opens the file, which is made if it is not there, and tells what it says.
    pub(crate) fn open(path: &Path) -> io::Result<(Self, Recorded)> {
        drop(private_file(path)?);
        let file = File::options().read(true).write(true).open(path)?;
        let mut bytes = Vec::new();
        let most = (SLOT * SLOTS) as u64;
        (&file).take(most).read_to_end(&mut bytes)?;
        let mut slots = bytes.chunks_exact(SLOT).map(numbers);
        let left = Recorded {
            last: slots.next().map_or(0, |(last, _)| last),
            ran: slots.filter(|&(position, _)| position != 0).collect(),
        };
        let slots = Mutex::default();
        Ok((Self { file, slots }, left))
    }

    /// Removes all attempts from the file.
    pub(crate) fn clear(&self) -> io::Result<()> {
        *self.lock() = Slots::default();
        self.file.set_len(SLOT as u64)
    }

    /// An attempt at an event begins. If that can't be written, it is not known after a crash; nothing
    /// else comes of it.
    pub(crate) fn begin(&self, position: Position, now: i64) {
        let mut slots = self.lock();
        // The first slot is behind the head.
        let next = slots.taken.len() as u64 + 1;
        let slot = slots.free.pop().unwrap_or(next);
        slots.taken.insert(position, slot);
        self.write(slot, (position, now));
    }

    /// No attempt at the event runs any more. What can't wait again need not be erased, which saves a
    /// call of the system for each event: of what the file says, only events that wait count.
    pub(crate) fn end(&self, position: Position, may_wait: bool) {
        let mut slots = self.lock();
        if let Some(slot) = slots.taken.remove(&position) {
            slots.free.push(slot);
            if may_wait {
                self.write(slot, (0, 0));
            }
        }
    }

    /// All events up to this position are acknowledged.
    pub(crate) fn set_last(&self, position: Position) {
        self.write(0, (position, 0));
    }

    fn write(&self, slot: u64, (first, second): (i64, i64)) {
        let mut bytes = [0; SLOT];
        bytes[..8].copy_from_slice(&first.to_le_bytes());
        bytes[8..].copy_from_slice(&second.to_le_bytes());
        let _ = self.file.write_at(&bytes, slot * SLOT as u64);
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn numbers(slot: &[u8]) -> (i64, i64) {
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, i64::from_le_bytes);
    let (first, second) = slot.split_at(8);
    (number(first), number(second))
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn what_ran_is_known_afterwards() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("running");
        let (running, left) = Running::open(&path).unwrap();
        assert_eq!((left.last, left.ran.len()), (0, 0));
        for position in 1..=5 {
            running.begin(position, 7);
        }
        for position in [2, 4] {
            running.end(position, true);
        }
        running.begin(6, 7);
        running.set_last(9);
        drop(running);

        let (running, left) = Running::open(&path).unwrap();
        assert_eq!(left.last, 9);
        let mut ran: Vec<_> = left.ran.iter().map(|&(position, _)| position).collect();
        ran.sort_unstable();
        assert_eq!(ran, [1, 3, 5, 6]);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 6 * SLOT as u64);
        running.clear().unwrap();
        let (_, left) = Running::open(&path).unwrap();
        assert_eq!((left.last, left.ran.len()), (9, 0));
    }
}
