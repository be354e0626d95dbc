//! Checks a channel's beacons, and how visits to them are told.

use std::time::Duration;

use botbox_runtime::{BeaconDevice, Beacons};

use super::{ChannelKeys, Checker, Reported};
use crate::config::checked::BeaconVisits;
use crate::config::file::channel::{BeaconTable, BeaconVisitsTable};

/// The longest times: a day, which ends every visit.
const LONGEST_S: u64 = 24 * 60 * 60;

impl Checker {
    pub(super) fn check_beacons(
        &self,
        keys: ChannelKeys,
        tables: Vec<BeaconTable>,
    ) -> Result<Beacons, Reported> {
        let mut beacons = Beacons::default();
        for (index, table) in tables.into_iter().enumerate() {
            let key = keys.of(&format!("beacons[{index}].hwid"));
            let hwid = match table.hwid.parse() {
                Ok(hwid) => hwid,
                Err(problem) => return Err(self.error(key, format!("{problem}"))),
            };
            let is_new = beacons.add(BeaconDevice {
                hwid,
                name: table.name,
                place: table.place,
                labels: table.labels,
            });
            if !is_new {
                let problem = format!("another beacon has the hardware id {hwid} already");
                return Err(self.error(key, problem));
            }
        }
        Ok(beacons)
    }

    pub(super) fn check_beacon_visits(
        &self,
        keys: ChannelKeys,
        table: &BeaconVisitsTable,
    ) -> Result<BeaconVisits, Reported> {
        let seconds = |name: &str, value: u64| {
            if (1..=LONGEST_S).contains(&value) {
                return Ok(Duration::from_secs(value));
            }
            let problem = format!("give a number of seconds from 1 to {LONGEST_S}");
            Err(self.error(keys.of(name), problem))
        };
        Ok(BeaconVisits {
            debounce: seconds("beacon_visits.debounce_s", table.debounce_s)?,
            gap: seconds("beacon_visits.gap_s", table.gap_s)?,
        })
    }
}
