//! LINE Beacon: hardware ids, and what a beacon of one's own advertises (the specification of LINE
//! Simple Beacon, <https://github.com/line/line-simple-beacon>).

use std::fmt;
use std::str::FromStr;

/// The most bytes of a device message.
pub const DEVICE_MESSAGE_BYTES: usize = 13;

/// LINE's 16-bit Bluetooth service, with its low byte first.
const SERVICE: [u8; 2] = [0x6f, 0xfe];

const FRAME_TYPE: u8 = 0x02;

/// The only value that the specification allows.
const MEASURED_TX_POWER: u8 = 0x7f;

/// What Bluetooth 4.0 has room for in an advertisement.
const ADVERTISEMENT_BYTES: usize = 31;

/// A beacon's hardware id: 5 bytes, written as 10 hexadecimal digits. Read in any case, shown in
/// lower case: LINE does not say which case it uses.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hwid([u8; 5]);

/// Why a beacon can't be described so.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum BeaconError {
    /// Not a hardware id.
    #[error("a hardware id has 10 hexadecimal digits, such as 32AF519E88")]
    Hwid,
    /// Not hexadecimal.
    #[error("the device message is not hexadecimal: give pairs of digits")]
    NotHex,
    /// Too short or too long.
    #[error("the device message has {0} bytes; give 1 to {DEVICE_MESSAGE_BYTES}")]
    Length(usize),
}

impl FromStr for Hwid {
    type Err = BeaconError;

    fn from_str(text: &str) -> Result<Self, BeaconError> {
        let mut id = [0; 5];
        hex::decode_to_slice(text, &mut id).map_err(|_| BeaconError::Hwid)?;
        Ok(Self(id))
    }
}

impl fmt::Display for Hwid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// What a beacon says beside its hardware id: 1 to [`DEVICE_MESSAGE_BYTES`] bytes.
#[derive(Clone, Debug)]
pub struct DeviceMessage(Vec<u8>);

impl DeviceMessage {
    /// These bytes.
    ///
    /// # Errors
    ///
    /// When they are none or too many.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, BeaconError> {
        let bytes = bytes.into();
        match bytes.len() {
            1..=DEVICE_MESSAGE_BYTES => Ok(Self(bytes)),
            length => Err(BeaconError::Length(length)),
        }
    }

    /// The bytes that `text` has in hexadecimal.
    ///
    /// # Errors
    ///
    /// When it is not hexadecimal, or its bytes are none or too many.
    pub fn from_hex(text: &str) -> Result<Self, BeaconError> {
        Self::new(hex::decode(text).map_err(|_| BeaconError::NotHex)?)
    }
}

/// Nothing to say: one zero, for LINE sends no event of a beacon without a message.
impl Default for DeviceMessage {
    fn default() -> Self {
        Self(vec![0])
    }
}

/// The Bluetooth advertising data of a LINE Simple Beacon: at most 31 bytes.
#[must_use]
pub fn advertisement(hwid: Hwid, message: &DeviceMessage) -> Vec<u8> {
    let mut data = Vec::with_capacity(ADVERTISEMENT_BYTES);
    // Flags: can be discovered, and speaks no older Bluetooth.
    push(&mut data, 0x01, &[&[0x06]]);
    // The complete list of 16-bit services.
    push(&mut data, 0x03, &[&SERVICE]);
    // The service's data: LINE's frame.
    let frame: [&[u8]; 4] = [&[FRAME_TYPE], &hwid.0, &[MEASURED_TX_POWER], &message.0];
    push(&mut data, 0x16, &[&SERVICE, frame.concat().as_slice()]);
    data
}

/// Adds a structure: its length, its type, its value.
fn push(data: &mut Vec<u8>, kind: u8, value: &[&[u8]]) {
    let value = value.concat();
    // No structure is longer than an advertisement.
    data.push(1 + value.len() as u8);
    data.push(kind);
    data.extend(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advertised(hwid: &str, message: &str) -> Vec<u8> {
        advertisement(
            hwid.parse().unwrap(),
            &DeviceMessage::from_hex(message).unwrap(),
        )
    }

    /// The specification's examples, without the zeros that fill the second one up.
    #[test]
    fn the_samples_of_the_specification() {
        assert_eq!(
            advertised("32AF519E88", "0032006900FAFFFF000199FF88"),
            [
                0x02, 0x01, 0x06, 0x03, 0x03, 0x6F, 0xFE, 0x17, 0x16, 0x6F, 0xFE, 0x02, 0x32, 0xAF,
                0x51, 0x9E, 0x88, 0x7F, 0x00, 0x32, 0x00, 0x69, 0x00, 0xFA, 0xFF, 0xFF, 0x00, 0x01,
                0x99, 0xFF, 0x88,
            ]
        );
        assert_eq!(
            advertised("8adfaf4326", "20170228"),
            [
                0x02, 0x01, 0x06, 0x03, 0x03, 0x6F, 0xFE, 0x0E, 0x16, 0x6F, 0xFE, 0x02, 0x8A, 0xDF,
                0xAF, 0x43, 0x26, 0x7F, 0x20, 0x17, 0x02, 0x28,
            ]
        );
    }

    #[test]
    fn what_is_no_beacon() {
        for hwid in ["", "32AF519E8", "32AF519E8801", "32AF519E8g", "32AF519 88"] {
            assert_eq!(hwid.parse::<Hwid>(), Err(BeaconError::Hwid), "{hwid}");
        }
        for (message, error) in [
            ("", BeaconError::Length(0)),
            ("0", BeaconError::NotHex),
            (&"00".repeat(14), BeaconError::Length(14)),
        ] {
            assert_eq!(DeviceMessage::from_hex(message).unwrap_err(), error);
        }
        assert_eq!(DeviceMessage::default().0, [0]);
    }
}
