//! The log's file: frames of records, and where they end.
//!
//! A frame has all records of one batch, which is synced before anybody is answered. So a torn frame is one that
//! nobody was told of, and the log ends before it. A frame begins with a block of the disk: no block is written twice,
//! and none needs to be read before it is written.
//!
//! Old frames stay in the file until others are written over them. What tells them apart: a frame has the number
//! of its epoch, which rises each time the log begins anew, and its checksum goes on from the one of the frame
//! before. The first goes on from a random number that the database has. So nobody who chooses what an event
//! contains can make it pass for a frame.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::blocks::{BLOCK, Blocks};
use super::storage::{LogFile, Storage};
use crate::error::StoreError;

/// The bytes of the file: 16 MiB, which ten thousand events take. When it is full, what the tables still lack is folded
/// at once: the events of the last moments.
const SIZE: u64 = 16 << 20;

/// The bytes of a frame's head: the length of its records, the checksum, and the epoch.
const HEAD: usize = 16;

/// The log, at its end.
pub(crate) struct RedoLog<S = LogFile> {
    storage: S,
    /// The bytes that the storage has.
    size: u64,
    salt: u64,
    epoch: u64,
    /// Where the next frame begins.
    end: u64,
    /// The checksum of the frame before.
    checksum: u32,
    /// Whether something of this epoch was written, though it may not be whole.
    is_written: bool,
    /// The frame that is written, to use its memory again.
    frame: Blocks,
}

impl RedoLog {
    /// Opens the file, which is made if it is not there. On a disk without room for it the log takes nothing.
    pub(crate) fn open(path: &Path, salt: u64, folded: u64) -> io::Result<Self> {
        let file = LogFile::open(path)?;
        let mut size = file.size()?.min(SIZE);
        if size < SIZE {
            // Written, and not only reserved: blocks that were never written have metadata to sync.
            size -= size % BLOCK as u64;
            let mut zeros = Blocks::default();
            zeros.extend(&vec![0; (SIZE - size) as usize]);
            size = match file.write_at(&zeros, size) {
                Ok(()) => SIZE,
                Err(error) if is_full(&error) => size,
                Err(error) => return Err(error),
            };
        }
        Self::on(file, size, salt, folded)
    }
}

impl<S: Storage> RedoLog<S> {
    /// The log on a storage. `folded` is the last epoch that is folded, and `salt` the database's number.
    pub(super) fn on(storage: S, size: u64, salt: u64, folded: u64) -> io::Result<Self> {
        let mut log = Self {
            storage,
            size,
            salt,
            epoch: 0,
            end: 0,
            checksum: 0,
            is_written: false,
            frame: Blocks::default(),
        };
        log.find_end(folded)?;
        Ok(log)
    }

    /// Whether all that is written is folded.
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_written
    }

    /// The epoch that is folded once all records are.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Writes records behind the others, and syncs them. Returns false, and nothing counts as written, if there
    /// is no room.
    ///
    /// # Errors
    ///
    /// [`StoreError::Broken`]: what was written may be there or not, and nothing may be written any more.
    pub(crate) fn append(&mut self, records: &[u8]) -> Result<bool, StoreError> {
        let length = (HEAD + records.len()).next_multiple_of(BLOCK) as u64;
        if self.end + length > self.size {
            return Ok(false);
        }
        let frame = &mut self.frame;
        frame.clear();
        frame.extend(&(records.len() as u32).to_le_bytes());
        frame.extend(&[0; 4]);
        frame.extend(&self.epoch.to_le_bytes());
        frame.extend(records);
        let checksum = checksum(self.checksum, frame.as_ref());
        frame.as_mut()[4..8].copy_from_slice(&checksum.to_le_bytes());
        frame.pad();
        self.is_written = true;
        match self.storage.write_at(frame, self.end) {
            // Some file systems give no block to write over without a new one.
            Err(error) if is_full(&error) => return Ok(false),
            written => written.map_err(broken)?,
        }
        self.storage.sync().map_err(broken)?;
        self.end += length;
        self.checksum = checksum;
        Ok(true)
    }

    /// The records, in their order.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let bytes = self.read_all(self.end)?;
        let mut frames = Frames::new(&bytes, self.salt, self.epoch);
        let mut records = Vec::with_capacity(bytes.len());
        while let Some(frame) = frames.next_frame() {
            records.extend(frame);
        }
        Ok(records)
    }

    /// Begins anew, because all is folded.
    pub(crate) fn restart(&mut self) {
        self.epoch += 1;
        self.end = 0;
        self.checksum = seed(self.salt, self.epoch);
        self.is_written = false;
    }

    /// Goes behind the last whole frame that is not folded.
    fn find_end(&mut self, folded: u64) -> io::Result<()> {
        let bytes = self.read_all(self.size)?;
        let written = Frames::epoch(&bytes).unwrap_or_default();
        let mut frames = Frames::new(&bytes, self.salt, written);
        let is_whole = frames.next_frame().is_some();
        if written > folded && is_whole {
            while frames.next_frame().is_some() {}
            self.epoch = written;
            self.end = frames.end as u64;
            self.checksum = frames.checksum;
            self.is_written = true;
        } else {
            self.epoch = folded;
            self.restart();
        }
        Ok(())
    }

    fn read_all(&self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        self.storage.read_at(&mut bytes, 0)?;
        Ok(bytes)
    }
}

/// The frames of an epoch in a file's bytes.
struct Frames<'a> {
    bytes: &'a [u8],
    epoch: u64,
    end: usize,
    checksum: u32,
}

impl<'a> Frames<'a> {
    fn new(bytes: &'a [u8], salt: u64, epoch: u64) -> Self {
        let checksum = seed(salt, epoch);
        let end = 0;
        Self {
            bytes,
            epoch,
            end,
            checksum,
        }
    }

    /// The epoch of which the first frame says that it is.
    fn epoch(bytes: &[u8]) -> Option<u64> {
        let head = bytes.get(8..HEAD)?;
        Some(u64::from_le_bytes(head.try_into().ok()?))
    }

    /// The records of the next frame, if it is whole.
    fn next_frame(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.end..)?;
        let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let frame = rest.get(..HEAD + length)?;
        let found = u32::from_le_bytes(frame[4..8].try_into().ok()?);
        let is_whole =
            Self::epoch(frame) == Some(self.epoch) && found == checksum(self.checksum, frame);
        if !is_whole {
            return None;
        }
        self.end += frame.len().next_multiple_of(BLOCK);
        self.checksum = found;
        Some(&frame[HEAD..])
    }
}

/// The checksum of a frame, of all but the bytes that have the checksum.
fn checksum(before: u32, frame: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(before);
    hasher.update(&frame[..4]);
    hasher.update(&frame[8..]);
    hasher.finalize()
}

/// What the first frame's checksum goes on from.
fn seed(salt: u64, epoch: u64) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&salt.to_le_bytes());
    hasher.update(&epoch.to_le_bytes());
    hasher.finalize()
}

fn is_full(error: &io::Error) -> bool {
    let kind = error.kind();
    matches!(
        kind,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

fn broken(error: io::Error) -> StoreError {
    StoreError::Broken(Arc::new(error))
}
