//! A control group that bounds a host's memory, as containers do.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;

use crate::patience::POLL;

/// Where the groups are, and the file with the limit of memory: of version 2 of control groups, and of 1.
const PLACES: [(&str, &str); 2] = [
    ("/sys/fs/cgroup", "memory.max"),
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
];

/// How often it is tried to remove a group, whose last process may not be gone yet.
const TRIES: u32 = 100;

/// A group of its own. It is removed when the test is done with it, and no process is in it any more.
pub struct ControlGroup {
    folder: PathBuf,
}

impl ControlGroup {
    /// A group with so many bytes of memory. `None`, with a word, where the machine lets the test make none.
    #[allow(clippy::print_stderr, reason = "says that the test did not run")]
    #[must_use]
    pub fn with_memory(bytes: u64) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("botbox-tests-{}-{number}", std::process::id());
        for (place, limit) in PLACES {
            let folder = Path::new(place).join(&name);
            if fs::create_dir(&folder).is_err() {
                continue;
            }
            let group = Self { folder };
            let limit = group.folder.join(limit);
            // Elsewhere it is an ordinary folder.
            if limit.exists() && fs::write(limit, bytes.to_string()).is_ok() {
                return Some(group);
            }
        }
        eprintln!("skipped: this machine lets the test make no control group");
        None
    }

    /// The file that takes the ids of its processes.
    pub(crate) fn processes(&self) -> PathBuf {
        self.folder.join("cgroup.procs")
    }
}

impl Drop for ControlGroup {
    fn drop(&mut self) {
        for _ in 0..TRIES {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            sleep(POLL);
        }
    }
}
