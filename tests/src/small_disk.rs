//! A disk that is soon full.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use rustix::fs::statvfs;
use tempfile::TempDir;

/// An ext4 in a file, mounted for the test.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// One of so many bytes. `None`, with a word, where the machine lets nobody mount.
    #[allow(clippy::print_stderr, reason = "says that the test did not run")]
    #[must_use]
    pub fn mount(bytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Self { folder };
        let image = disk.folder.path().join("image");
        fs::File::create(&image).unwrap().set_len(bytes).unwrap();
        fs::create_dir(disk.path()).unwrap();
        let is_mounted = succeeds(
            // Without blocks for root alone, who may be running this.
            Command::new("mkfs.ext4")
                .args(["-q", "-m", "0"])
                .arg(&image),
        ) && succeeds(
            Command::new("mount")
                .args(["-o", "loop"])
                .args([&image, &disk.path()]),
        );
        if !is_mounted {
            eprintln!("skipped: this machine lets the test mount no ext4");
            return None;
        }
        Some(disk)
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Leaves so many bytes free, or fewer.
    pub fn fill(&self, free: u64) {
        let mut ballast = fs::File::create(self.ballast()).unwrap();
        let mut piece = vec![b'x'; 1 << 20];
        while self.free() > free {
            // There is no room for a whole piece any more, and at last for no byte.
            if ballast
                .write_all(&piece)
                .and_then(|()| ballast.sync_data())
                .is_err()
            {
                if piece.len() == 1 {
                    break;
                }
                piece.truncate(piece.len() / 2);
            }
        }
    }

    /// How many bytes are free.
    #[must_use]
    pub fn free(&self) -> u64 {
        let found = statvfs(self.path()).unwrap();
        found.f_bavail * found.f_frsize
    }

    /// Takes back what filled it.
    pub fn make_room(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a host that is being killed may have files open.
        succeeds(Command::new("umount").arg("--lazy").arg(self.path()));
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
