//! A host: its data folder, its disk, and where the Internet reaches it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_store::StoreHealth;
use rustix::fs::statvfs;
use rustix::process::geteuid;

use super::{Finding, certificate};

/// From how little of the disk on the operator is warned: 1 GiB, which a busy host writes in a day.
const LITTLE: u64 = 1 << 30;

/// Looks at what all channels need.
pub(crate) async fn diagnose(
    data: &Path,
    health: &dyn StoreHealth,
    public_url: Option<&str>,
    clock: &Clock,
) -> Vec<Finding> {
    let mut findings = vec![store(health), folder(data), disk(data)];
    match public_url {
        None => findings.push(Finding::warning(
            "public-url",
            "the host does not know where the Internet reaches it",
            "give `server.public_url` in the configuration: webhook URLs, media and account links \
             need it",
        )),
        Some(url) => findings.push(certificate::diagnose(url, clock.now()).await),
    }
    findings
}

fn store(health: &dyn StoreHealth) -> Finding {
    const CHECK: &str = "store";
    if let Some(failure) = health.failure() {
        let found = format!("nothing can be written any more: {}", with_causes(&failure));
        return Finding::problem(CHECK, found, "mend the disk, and start the host anew");
    }
    match health.warning() {
        Some(warning) => Finding::warning(
            CHECK,
            with_causes(&warning),
            "make room on the disk of the data folder, or give it a larger one",
        ),
        None => Finding::ok(CHECK, "what comes is written"),
    }
}

/// Whether others on the machine could read what users wrote.
fn folder(data: &Path) -> Finding {
    const CHECK: &str = "data-folder";
    let shown = data.display();
    let metadata = match fs::metadata(data) {
        Ok(metadata) => metadata,
        Err(error) => {
            let found = format!("{shown} can't be read: {error}");
            return Finding::problem(CHECK, found, "see that the host's user owns it");
        }
    };
    if metadata.uid() != geteuid().as_raw() {
        let found = format!(
            "{shown} belongs to the user {}, not to the host's",
            metadata.uid()
        );
        let remedy = format!("give it to the host's user: `chown -R USER {shown}`");
        return Finding::warning(CHECK, found, remedy);
    }
    if metadata.mode() & 0o077 != 0 {
        let found = format!("others on this machine can look into {shown}");
        return Finding::warning(CHECK, found, format!("`chmod 700 {shown}`"));
    }
    Finding::ok(CHECK, format!("{shown} is the host's own"))
}

fn disk(data: &Path) -> Finding {
    const CHECK: &str = "disk";
    let free = match statvfs(data) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            let found = format!("how much is free can't be told: {error}");
            return Finding::warning(CHECK, found, "look at it with `df`");
        }
    };
    let found = format!("{} MiB are free", free >> 20);
    if free < LITTLE {
        let remedy = "make room: below `store.reserve_mib` only webhooks are written, and then \
                      nothing";
        return Finding::warning(CHECK, found, remedy);
    }
    Finding::ok(CHECK, found)
}
