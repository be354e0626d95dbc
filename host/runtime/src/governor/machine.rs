//! How much memory there is for plugins.

use std::fs;
use std::path::Path;

/// What the host keeps for itself of a small machine: 256 MiB, for the journal's cache, connections
/// and compiled plugins.
const RESERVE: u64 = 256 << 20;

/// The least that plugins get: 64 MiB, the memory of one.
const LEAST: u64 = 64 << 20;

/// The memory that plugins may have of this machine, in bytes: what the control group or the machine
/// has, less a quarter of it and 256 MiB at least, which are the host's.
#[must_use]
pub fn memory_for_plugins() -> u64 {
    of(machine().min(control_groups()))
}

fn of(memory: u64) -> u64 {
    let reserve = (memory / 4).max(RESERVE);
    memory.saturating_sub(reserve).max(LEAST)
}

/// The memory of the machine.
fn machine() -> u64 {
    let found = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = found
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"));
    let total = total.and_then(|it| it.trim().strip_suffix(" kB"));
    let total = total.and_then(|it| it.parse::<u64>().ok());
    // A machine that does not tell has as much as the smallest that people rent.
    total.map_or(1 << 30, |kib| kib << 10)
}

/// The least limit of the control groups that the process is in, of either version.
fn control_groups() -> u64 {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().filter_map(|line| {
        // 12:memory:/path, or 0::/path.
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?.trim_start_matches('/'));
        if controllers.is_empty() {
            Some(least("/sys/fs/cgroup", path, "memory.max"))
        } else if controllers.split(',').any(|it| it == "memory") {
            Some(least(
                "/sys/fs/cgroup/memory",
                path,
                "memory.limit_in_bytes",
            ))
        } else {
            None
        }
    });
    limits.min().unwrap_or(u64::MAX)
}

/// The least limit of a group and those that it is in. In a container its path may be the host's,
/// and only the root is there.
fn least(root: &str, path: &str, file: &str) -> u64 {
    let root = Path::new(root);
    let limit = |folder: &Path| {
        let text = fs::read_to_string(root.join(folder).join(file)).ok()?;
        text.trim().parse::<u64>().ok()
    };
    let limits = Path::new(path).ancestors().filter_map(limit);
    limits.min().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_keeps_a_quarter() {
        assert_eq!(of(8 << 30), 6 << 30);
        assert_eq!(of(512 << 20), 256 << 20);
        assert_eq!(of(128 << 20), 64 << 20);
        assert!(memory_for_plugins() >= LEAST);
    }
}
