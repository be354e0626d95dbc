//! The beacons that the operator registered for a channel.

use std::collections::BTreeMap;

use botbox_line::beacon::Hwid;

/// A beacon that the operator registered.
#[derive(Clone, Debug)]
pub struct BeaconDevice {
    /// Its hardware id.
    pub hwid: Hwid,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub place: Option<String>,
    /// As the operator likes.
    pub labels: BTreeMap<String, String>,
}

/// A channel's beacons. Each has a hardware id of its own.
#[derive(Clone, Debug, Default)]
pub struct Beacons(BTreeMap<Hwid, BeaconDevice>);

impl Beacons {
    /// Registers a beacon, unless there is one with its hardware id.
    pub fn add(&mut self, device: BeaconDevice) -> bool {
        let is_new = !self.0.contains_key(&device.hwid);
        self.0.entry(device.hwid).or_insert(device);
        is_new
    }

    /// The beacon that an event tells of, if it is registered.
    pub(crate) fn seen(&self, hwid: &str) -> Option<&BeaconDevice> {
        self.get(hwid.parse().ok()?)
    }

    pub(crate) fn get(&self, hwid: Hwid) -> Option<&BeaconDevice> {
        self.0.get(&hwid)
    }

    /// All of them, by hardware id.
    pub fn iter(&self) -> impl Iterator<Item = &BeaconDevice> {
        self.0.values()
    }
}
