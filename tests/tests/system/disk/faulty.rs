//! A disk that fails on command.

use std::fs;
use std::path::PathBuf;

use botbox_tests::{HostBuilder, library};
use tempfile::TempDir;

/// A data folder on a disk that fails when a test wants it to.
pub(super) struct FaultyDisk {
    folder: TempDir,
}

impl FaultyDisk {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        Self { folder }
    }

    /// As the kernel names it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// A host whose disk it is.
    pub(super) fn below(&self, host: HostBuilder) -> HostBuilder {
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        host.env("LD_PRELOAD", &text(library("disk")))
            .env("DISK_FOLDER", &text(self.path("data")))
            .env("DISK_FAULT", &text(self.path("fault")))
            .env("DISK_STRIKES", &text(self.path("strikes")))
    }

    /// Writes fail, for there is no room.
    pub(super) fn fill(&self) {
        fs::write(self.path("fault"), "full").unwrap();
    }

    /// Syncs fail.
    pub(super) fn fail(&self) {
        fs::write(self.path("fault"), "sync").unwrap();
    }

    /// Nothing can be written, as when the kernel has mounted it anew after an error.
    pub(super) fn protect(&self) {
        fs::write(self.path("fault"), "read-only").unwrap();
    }

    pub(super) fn heal(&self) {
        fs::write(self.path("fault"), "").unwrap();
    }

    /// How many calls have failed.
    pub(super) fn strikes(&self) -> u64 {
        fs::metadata(self.path("strikes")).map_or(0, |it| it.len())
    }
}
