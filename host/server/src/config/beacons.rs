//! A channel's beacons, and what is told of visits to them.

use std::collections::BTreeMap;
use std::time::Duration;

use botbox_runtime::{BeaconDevice, Beacons};
use serde::Deserialize;

use super::checker::Fault;

/// How visits to beacons are told.
#[derive(Clone, Copy, Debug)]
pub struct BeaconVisits {
    /// How long the plugin hears nothing of the same user's coming to the same beacon again.
    pub debounce: Duration,
    /// How long nothing has to come for a visit to have ended.
    pub gap: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BeaconTable {
    hwid: String,
    name: String,
    place: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BeaconVisitsTable {
    debounce_s: u64,
    gap_s: u64,
}

/// The longest times: a day, which ends every visit.
const LONGEST_S: u64 = 24 * 60 * 60;

impl Default for BeaconVisitsTable {
    fn default() -> Self {
        Self {
            // LINE tells again of a user who starts LINE anew, or walks along the edge of the range.
            debounce_s: 60,
            // LINE tells about every 10 s that a user is still there; some of it gets lost.
            gap_s: 60,
        }
    }
}

pub(super) fn check_beacons(tables: Vec<BeaconTable>) -> Result<Beacons, Fault> {
    let mut beacons = Beacons::default();
    for (index, table) in tables.into_iter().enumerate() {
        let key = format!("beacons[{index}].hwid");
        let hwid = match table.hwid.parse() {
            Ok(hwid) => hwid,
            Err(problem) => return Err(Fault::text(key, format!("{problem}"))),
        };
        let is_new = beacons.add(BeaconDevice {
            hwid,
            name: table.name,
            place: table.place,
            labels: table.labels,
        });
        if !is_new {
            let problem = format!("another beacon has the hardware id {hwid} already");
            return Err(Fault::text(key, problem));
        }
    }
    Ok(beacons)
}

impl BeaconVisitsTable {
    pub(super) fn check(&self) -> Result<BeaconVisits, Fault> {
        let seconds = |key: &'static str, value: u64| {
            if (1..=LONGEST_S).contains(&value) {
                return Ok(Duration::from_secs(value));
            }
            let problem = format!("give a number of seconds from 1 to {LONGEST_S}");
            Err(Fault::text(key, problem))
        };
        Ok(BeaconVisits {
            debounce: seconds("beacon_visits.debounce_s", self.debounce_s)?,
            gap: seconds("beacon_visits.gap_s", self.gap_s)?,
        })
    }
}
