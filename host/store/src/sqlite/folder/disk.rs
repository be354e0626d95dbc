//! What the file system of the data folder has left, and what is refused when that is little.
//!
//! The last of it is for webhooks: what tenants write for themselves is refused before. And no log may
//! be longer than what is left, so that it can always be checkpointed: so a disk that was full recovers
//! by itself.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::StoreError;
use crate::sqlite::database::PendingLog;

/// How long a measurement is believed: 100 ms, in which a disk writes some tens of mebibytes.
const SEEN: Duration = Duration::from_millis(100);

/// Which part of the file system the reserve is at most: a tenth, because small disks must work, too.
const PART: u64 = 10;

/// How much of the disk is kept free, and how long a log may become.
#[derive(Clone, Copy, Debug)]
pub struct DiskLimits {
    /// How many bytes of the file system are for webhooks alone, at most a tenth of it. Default
    /// 512 MiB: what a hundred webhooks a second take in some hours.
    pub reserve: u64,
    /// How many bytes of a log may wait to be moved into its database before nothing new is taken.
    /// Default 512 MiB: what a backup of some minutes leaves beside ordinary load.
    pub log: u64,
}

impl Default for DiskLimits {
    fn default() -> Self {
        Self {
            reserve: 512 << 20,
            log: 512 << 20,
        }
    }
}

/// The file system of the data folder.
pub(crate) struct Disk {
    measure: Measure,
    limits: DiskLimits,
    seen: Mutex<Option<(Instant, FreeSpace)>>,
}

/// Tells what the file system has left. Nothing if the system does not tell.
type Measure = Box<dyn Fn() -> Option<FreeSpace> + Send + Sync>;

/// What a file system has left, in bytes.
#[derive(Clone, Copy)]
pub(crate) struct FreeSpace {
    pub(crate) free: u64,
    pub(crate) total: u64,
}

impl Disk {
    pub(crate) fn open(folder: &Path, limits: DiskLimits) -> io::Result<Self> {
        let folder = File::open(folder)?;
        let measure = move || {
            let told = rustix::fs::fstatvfs(&folder).ok()?;
            Some(FreeSpace {
                free: told.f_bavail.saturating_mul(told.f_frsize),
                total: told.f_blocks.saturating_mul(told.f_frsize),
            })
        };
        Ok(Self::measured(Box::new(measure), limits))
    }

    /// A disk that has left what this measures.
    pub(crate) fn measured(measure: Measure, limits: DiskLimits) -> Self {
        Self {
            measure,
            limits,
            seen: Mutex::new(None),
        }
    }

    /// Fails when only webhooks may be written.
    pub(crate) fn check_reserve(&self) -> Result<(), StoreError> {
        let Some(FreeSpace { free, total }) = self.left() else {
            return Ok(());
        };
        let reserve = self.limits.reserve.min(total / PART);
        if free < reserve {
            return Err(StoreError::Reserved { free, reserve });
        }
        Ok(())
    }

    /// Fails when a log is so long that nothing new may be taken.
    pub(crate) fn check_log(&self, log: &PendingLog) -> Result<(), StoreError> {
        let (bytes, limit) = (log.bytes(), self.limits.log);
        if bytes > limit {
            return Err(StoreError::LogFull { bytes, limit });
        }
        match self.left() {
            Some(FreeSpace { free, .. }) if bytes > free => {
                Err(StoreError::LogNeedsRoom { bytes, free })
            }
            _ => Ok(()),
        }
    }

    /// What the file system has left, as it was a moment ago.
    pub(crate) fn left(&self) -> Option<FreeSpace> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((when, left)) = *seen
            && when.elapsed() < SEEN
        {
            return Some(left);
        }
        let left = (self.measure)()?;
        *seen = Some((Instant::now(), left));
        Some(left)
    }
}
