//! What the log is written to: a file, or what a test takes for one.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes of a fixed length, which outlive the machine once they are synced.
pub(crate) trait Storage: Send {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()>;

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns when all that was written outlives the machine.
    fn sync(&self) -> io::Result<()>;
}

impl Storage for File {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(bytes, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}
