//! Locks between builds.

use std::fs::{self, File};
use std::path::Path;

use crate::language::BuildError;

/// Keeps two builds from making one folder at the same time, until the file is dropped.
///
/// # Errors
///
/// When the disk fails.
pub(crate) fn lock(path: &Path) -> Result<File, BuildError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(BuildError::disk("create", folder))?;
    }
    let lock = File::create(path).map_err(BuildError::disk("create", path))?;
    lock.lock().map_err(BuildError::disk("lock", path))?;
    Ok(lock)
}
