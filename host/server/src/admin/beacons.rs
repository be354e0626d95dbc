//! The beacons of a channel, and who is near them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Json;
use botbox_line::webhook::Event;
use botbox_runtime::BeaconDevice;
use botbox_runtime::host_event::HostEvent;
use botbox_store::{EventSchedule, PendingEvent};
use schemars::JsonSchema;
use serde::Serialize;

use super::access::{May, Read};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::{NamePage, TimePage};
use super::refusal::Refusal;
use super::request::InPath;
use crate::services::visits::KIND;

/// A page of the beacons that a channel knows by name.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Beacons")]
pub(super) struct BeaconsAnswer {
    /// By hardware id.
    beacons: Vec<BeaconAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A beacon.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnownBeacon")]
struct BeaconAnswer {
    /// Its hardware id: 10 hexadecimal digits.
    hwid: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    labels: BTreeMap<String, String>,
}

/// A page of visits that go on.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Visits")]
pub(super) struct VisitsAnswer {
    /// Those that end first, unless there are more signs of their users, come first.
    visits: Vec<VisitAnswer>,
    /// What to give as `after`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A user near a beacon.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Visit")]
struct VisitAnswer {
    /// The user.
    chat: String,
    /// The hardware id of the beacon.
    hwid: String,
    /// When LINE first told of the user.
    started: i64,
    /// When LINE last told of the user.
    seen: i64,
    /// When the visit ends unless LINE tells of the user again.
    ends: i64,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
    Parameters(page): Parameters<NamePage>,
) -> Result<Json<BeaconsAnswer>, Refusal> {
    operator.visible(&caller, &channel).await?;
    // One that does not take webhooks knows no beacons.
    let open = operator.directory.get(&channel);
    let known = open.map(|it| it.setup());
    let known = known.iter().flat_map(|it| it.beacons.iter());
    let known = known.map(BeaconAnswer::from).collect();
    let (beacons, next) = page.of(known, |it| &it.hwid)?;
    Ok(Json(BeaconsAnswer { beacons, next }))
}

pub(super) async fn visits(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(channel): InPath<String>,
    Parameters(page): Parameters<TimePage>,
) -> Result<Json<VisitsAnswer>, Refusal> {
    let key = operator.visible(&caller, &channel).await?.key();
    let (after, limit) = page.place()?;
    let visits = operator.store.pending(&key, KIND, after, limit).await?;
    Ok(Json(VisitsAnswer {
        next: TimePage::next(&visits, limit),
        visits: visits.into_iter().filter_map(VisitAnswer::of).collect(),
    }))
}

impl From<&BeaconDevice> for BeaconAnswer {
    fn from(device: &BeaconDevice) -> Self {
        Self {
            hwid: device.hwid.to_string(),
            name: device.name.clone(),
            place: device.place.clone(),
            labels: device.labels.clone(),
        }
    }
}

impl VisitAnswer {
    /// Nothing of what another version of the host wrote.
    fn of(end: PendingEvent) -> Option<Self> {
        let event = Event::from_host(&end.body).ok()?;
        let HostEvent::BeaconVisit { visit } = HostEvent::of(&event)? else {
            return None;
        };
        Some(Self {
            chat: end.chat,
            seen: visit.started_at.saturating_add_unsigned(visit.duration),
            hwid: visit.hwid,
            started: visit.started_at,
            ends: end.at,
        })
    }
}
