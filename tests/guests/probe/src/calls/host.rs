//! What the host does itself: beacons and timers.

use std::time::{SystemTime, UNIX_EPOCH};

use botbox_sdk::beacon::{get_device, list_devices};
use botbox_sdk::schedule::{cancel, run_at};

use super::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["get-device", hwid] => shown(get_device(hwid)),
        ["list-devices"] => shown(list_devices()),
        // In so many milliseconds.
        ["run-at", delay, payload] => Some(run_at(after(delay), payload)),
        // With so many bytes of payload.
        ["run-at-with", size] => {
            let payload = "x".repeat(size.parse().unwrap_or_default());
            Some(run_at(after("3600000"), &payload))
        }
        ["cancel", id] => shown(cancel(id)),
        _ => None,
    }
}

fn after(delay: &str) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_millis() as i64);
    now + delay.parse::<i64>().unwrap_or_default()
}
