//! Beacons' ids and messages: what is taken makes a frame of the right size.

#![no_main]

use botbox_line::beacon::{DeviceMessage, Hwid, advertisement};
use libfuzzer_sys::fuzz_target;

/// The most bytes of a Bluetooth LE advertisement (Bluetooth Core, vol. 6, part B, 2.3.1).
const ADVERTISEMENT: usize = 31;

fuzz_target!(|input: (&str, &str)| {
    let (hwid, message) = input;
    let Ok(hwid) = hwid.parse::<Hwid>() else {
        return;
    };
    if let Ok(message) = DeviceMessage::from_hex(message) {
        assert!(advertisement(hwid, &message).len() <= ADVERTISEMENT);
    }
});
