//! What the log is written to: a file, or what a test takes for one.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::blocks::{BLOCK, Blocks};
use crate::sqlite::folder::private_file;

/// Bytes of a fixed length, which outlive the machine once they are synced.
pub(crate) trait Storage: Send {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()>;

    /// Writes at a block's boundary.
    fn write_at(&self, blocks: &Blocks, offset: u64) -> io::Result<()>;

    /// Returns when all that was written outlives the machine.
    fn sync(&self) -> io::Result<()>;
}

/// A file that is written past the system's cache (`O_DIRECT`), where its file system has that. What is in the cache
/// in large pages is written by those, however little was changed: 1 MiB for each sync, on ext4 of Linux 6.18.
pub(crate) struct LogFile {
    file: File,
    /// The same, through the cache: who reads need not keep to blocks.
    cached: File,
}

impl LogFile {
    /// Opens the file, which is made if it is not there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        drop(private_file(path)?);
        let cached = File::options().read(true).write(true).open(path)?;
        let mut direct = File::options();
        direct.read(true).write(true);
        direct.custom_flags(OFlags::DIRECT.bits().cast_signed());
        let file = match direct.open(path) {
            Ok(file) if takes_blocks(&file) => file,
            // The file system has no such thing, or larger blocks.
            _ => cached.try_clone()?,
        };
        Ok(Self { file, cached })
    }

    pub(super) fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }
}

/// Whether blocks of ours can be read, and so written.
fn takes_blocks(file: &File) -> bool {
    let mut block = Blocks::default();
    block.extend(&[0; BLOCK]);
    file.read_at(block.as_mut(), 0).is_ok()
}

impl Storage for LogFile {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        self.cached.read_exact_at(bytes, offset)
    }

    fn write_at(&self, blocks: &Blocks, offset: u64) -> io::Result<()> {
        self.file.write_all_at(blocks.as_ref(), offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}
