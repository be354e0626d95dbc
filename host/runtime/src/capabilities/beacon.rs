//! `botbox:line/beacon`: the channel's beacons.

use botbox_line::beacon::{BeaconError, Hwid};

use super::errors::call_error;
use crate::bindings::botbox::line::beacon::Host;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::events::BeaconDevice;
use crate::convert;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_device(&mut self, hwid: String) -> Result<Option<BeaconDevice>, CallError> {
        self.check_call(Capability::Beacon)?;
        let hwid: Hwid = hwid
            .parse()
            .map_err(|error: BeaconError| call_error(ErrorKind::Invalid, error.to_string()))?;
        Ok(self.environment.beacons.get(hwid).map(convert::device))
    }

    async fn list_devices(&mut self) -> Result<Vec<BeaconDevice>, CallError> {
        self.check_call(Capability::Beacon)?;
        Ok(self
            .environment
            .beacons
            .iter()
            .map(convert::device)
            .collect())
    }
}
