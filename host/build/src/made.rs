//! What a compiler makes, on its way into memory.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::language::BuildError;

/// A file that a compiler is to make. It is in a folder of its own, so that several builds at a time make each
/// their own, and is gone when this is dropped.
pub(crate) struct Made {
    _folder: TempDir,
    path: PathBuf,
}

impl Made {
    /// A place for the file, which is not there yet.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub(crate) fn new() -> Result<Self, BuildError> {
        let folder = tempfile::Builder::new().prefix("botbox-").tempdir();
        let folder = folder.map_err(BuildError::disk("make a folder in", &std::env::temp_dir()))?;
        let path = folder.path().join("bot.wasm");
        Ok(Self {
            _folder: folder,
            path,
        })
    }

    /// Where it is to be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What was made.
    ///
    /// # Errors
    ///
    /// When nothing was, or the disk fails.
    pub(crate) fn read(&self) -> Result<Vec<u8>, BuildError> {
        fs::read(&self.path).map_err(BuildError::disk("read", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_of_one_process_make_each_their_own() {
        let [one, other] = [(), ()].map(|()| Made::new().unwrap());
        fs::write(one.path(), "one").unwrap();
        fs::write(other.path(), "other").unwrap();
        assert_eq!(one.read().unwrap(), b"one");
        assert_eq!(other.read().unwrap(), b"other");
        let path = one.path().to_owned();
        drop(one);
        assert!(!path.parent().unwrap().exists());
    }
}
