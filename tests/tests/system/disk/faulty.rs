//! A disk that fails on command.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use botbox_tests::{HostBuilder, target_folder};
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
        host.env("LD_PRELOAD", &text(library()))
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

/// The library that makes disks fail; see its source.
fn library() -> PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let library = LIBRARY.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/faults/disk.c");
        let folder = target_folder().join("faults");
        fs::create_dir_all(&folder).unwrap();
        // Another run of the tests may use the library while this one makes it.
        let made = folder.join(format!("disk-{}.so", std::process::id()));
        let library = folder.join("disk.so");
        let cc = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&made, &PathBuf::from(source)])
            .arg("-ldl")
            .status();
        assert!(cc.unwrap().success());
        fs::rename(&made, &library).unwrap();
        library
    });
    library.clone()
}
