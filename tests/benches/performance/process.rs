//! What a process has used so far, as Linux tells it (proc_pid(5)).

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::Context as _;

/// What a process has used since its start.
pub(crate) struct Usage {
    /// The processor time of its threads, by their names: those of a kind have one name.
    pub(crate) threads: BTreeMap<String, Duration>,
    /// The bytes that it had the system write to disks.
    pub(crate) written: u64,
    /// How often it touched a page of memory that it did not have yet.
    pub(crate) faults: u64,
    /// How often a thread of it waited.
    pub(crate) waits: u64,
}

impl Usage {
    pub(crate) fn of(process: u32) -> anyhow::Result<Self> {
        let folder = format!("/proc/{process}");
        let stat = fs::read_to_string(format!("{folder}/stat"))?;
        // After the name, which ends with the last parenthesis, `minflt` is the 8th field.
        let (_, fields) = stat.rsplit_once(')').context("no name in /proc/PID/stat")?;
        let faults = fields.split_whitespace().nth(7);
        let mut usage = Self {
            threads: BTreeMap::new(),
            written: field(&format!("{folder}/io"), "write_bytes:")?,
            faults: faults.context("no faults in /proc/PID/stat")?.parse()?,
            waits: 0,
        };
        for thread in fs::read_dir(format!("{folder}/task"))? {
            let folder = thread?.path();
            // A thread may end meanwhile.
            let read = |file| fs::read_to_string(folder.join(file)).unwrap_or_default();
            let used = read("schedstat");
            let used = used
                .split_whitespace()
                .next()
                .and_then(|it| it.parse().ok());
            let name = read("comm");
            let name = name
                .trim_end()
                .trim_end_matches(|it: char| it.is_ascii_digit() || it == '-');
            *usage.threads.entry(name.to_owned()).or_default() +=
                Duration::from_nanos(used.unwrap_or_default());
            let status = folder.join("status").display().to_string();
            usage.waits += field(&status, "voluntary_ctxt_switches:").unwrap_or_default();
        }
        Ok(usage)
    }

    /// What was used since `before`.
    pub(crate) fn since(mut self, before: &Self) -> Self {
        for (name, time) in &mut self.threads {
            *time = time.saturating_sub(before.threads.get(name).copied().unwrap_or_default());
        }
        self.written -= before.written;
        self.faults -= before.faults;
        self.waits = self.waits.saturating_sub(before.waits);
        self
    }

    /// The processor time of all threads.
    pub(crate) fn processor_time(&self) -> Duration {
        self.threads.values().sum()
    }
}

/// The memory that a process has now, in bytes.
pub(crate) fn resident_memory(process: u32) -> anyhow::Result<u64> {
    Ok(field(&format!("/proc/{process}/status"), "VmRSS:")? << 10)
}

/// The number behind a name in a file of lines.
fn field(path: &str, name: &str) -> anyhow::Result<u64> {
    let text = fs::read_to_string(path)?;
    let value = text.lines().find_map(|line| line.strip_prefix(name));
    let value = value.and_then(|it| it.split_whitespace().next());
    let value = value.with_context(|| format!("no `{name}` in {path}"))?;
    Ok(value.parse()?)
}
