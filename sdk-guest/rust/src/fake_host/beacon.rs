//! Beacons that the operator registered.

use crate::generated::botbox::line::errors::CallError;
use crate::generated::botbox::line::events::BeaconDevice;

use super::world::{call, with};

pub fn get_device(hwid: &str) -> Result<Option<BeaconDevice>, CallError> {
    call("beacon", "get-device")?;
    Ok(with(|world| {
        let mut beacons = world.beacons.iter();
        beacons
            .find(|it| it.hwid.eq_ignore_ascii_case(hwid))
            .cloned()
    }))
}

pub fn list_devices() -> Result<Vec<BeaconDevice>, CallError> {
    call("beacon", "list-devices")?;
    Ok(with(|world| world.beacons.clone()))
}
