//! What the file system of the data folder has left, and what is refused when that is little.
//!
//! The last of it is for webhooks: what tenants write for themselves is refused before. And as long
//! as there is as much left as the log is long, the log can always be moved into the database: so
//! a disk that was full recovers by itself.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::StoreError;
use crate::sqlite::database::PendingLog;

/// How long what was seen is believed: 100 ms, in which a disk writes some tens of mebibytes.
const SEEN: Duration = Duration::from_millis(100);

/// Which part of the file system the reserve is at most: small disks must work, too.
const PART: u64 = 10;

/// What is kept free, and how long a log may become.
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
    folder: File,
    limits: DiskLimits,
    seen: Mutex<Option<(Instant, FreeSpace)>>,
}

/// What a file system has left.
#[derive(Clone, Copy)]
struct FreeSpace {
    free: u64,
    total: u64,
}

impl Disk {
    pub(crate) fn open(folder: &Path, limits: DiskLimits) -> io::Result<Self> {
        Ok(Self {
            folder: File::open(folder)?,
            limits,
            seen: Mutex::new(None),
        })
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
        let bytes = log.bytes();
        let free = self.left().map_or(u64::MAX, |left| left.free);
        let limit = self.limits.log.min(free);
        if bytes > limit {
            return Err(StoreError::LogFull { bytes, limit });
        }
        Ok(())
    }

    /// Nothing if the system does not tell.
    fn left(&self) -> Option<FreeSpace> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((when, left)) = *seen
            && when.elapsed() < SEEN
        {
            return Some(left);
        }
        let told = rustix::fs::fstatvfs(&self.folder).ok()?;
        let left = FreeSpace {
            free: told.f_bavail.saturating_mul(told.f_frsize),
            total: told.f_blocks.saturating_mul(told.f_frsize),
        };
        *seen = Some((Instant::now(), left));
        Some(left)
    }
}
