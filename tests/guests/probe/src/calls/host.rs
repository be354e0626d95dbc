//! What the host does itself: beacons and timers.

use botbox_sdk::beacon::{get_device, list_devices};
use botbox_sdk::profile;
use botbox_sdk::schedule::{cancel, run_at};

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["get-device", hwid] => shown(get_device(hwid)),
        ["list-devices"] => shown(list_devices()),
        ["run-at", at, payload] => Some(run_at(at.parse().unwrap_or_default(), payload, None)),
        // With so many bytes of payload.
        ["run-at-with", size] => {
            let payload = "x".repeat(size.parse().unwrap_or_default());
            Some(run_at(0, &payload, None))
        }
        // Which comes soon, while the user's profile is waited for.
        ["run-at-and-hold", user] => {
            let held = run_at(0, "held", None);
            Some(held.and_then(|_| profile(user).map(|user| user.display_name)))
        }
        ["cancel", id] => shown(cancel(id)),
        _ => None,
    }
}
