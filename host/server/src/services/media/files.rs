//! The files of media, in a folder of each channel.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the smallest file takes of a disk: 4 KiB, a block of most file systems. So the limit of bytes is
/// one of files, too.
pub(super) const BLOCK: u64 = 4 << 10;

/// Unfinished files begin with it.
pub(super) const UNFINISHED: &str = ".upload-";

/// Makes the folder, removes what is unfinished, and returns how much is used.
pub(super) fn prepare(folder: &Path) -> io::Result<u64> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut used = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(UNFINISHED.as_bytes())
        {
            fs::remove_file(entry.path())?;
        } else {
            used += on_disk(entry.metadata()?.len());
        }
    }
    Ok(used)
}

/// Removes a file. Returns whether it was there: of all who try, one removes it.
pub(super) fn remove(path: &Path, used: &AtomicU64) -> io::Result<bool> {
    let removed = fs::metadata(path).and_then(|file| {
        fs::remove_file(path)?;
        Ok(file.len())
    });
    match removed {
        Ok(size) => {
            used.fetch_sub(on_disk(size), Ordering::Relaxed);
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// What a file of `size` bytes takes of a disk.
pub(super) fn on_disk(size: u64) -> u64 {
    size.max(1).next_multiple_of(BLOCK)
}

/// Does what reads and writes files.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(io::Error::other)?
}
