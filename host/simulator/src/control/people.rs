//! Users, groups and rooms.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ControlError, parse};
use crate::world::{Group, GroupKind, MAX_GROUPS, MAX_USERS, Profile, Shared, User};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGroup {
    kind: GroupKind,
    members: BTreeSet<String>,
    group_name: Option<String>,
    picture_url: Option<String>,
}

pub(super) async fn create_user(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<User>), ControlError> {
    let profile: Profile = parse(body)?;
    if profile
        .phone_number
        .as_deref()
        .is_some_and(|number| !is_e164(number))
    {
        return Err(ControlError::BadRequest(
            "a phone number is a plus and 7 to 15 digits, as +818000001234",
        ));
    }
    let mut world = shared.world();
    if world.users_full() {
        return Err(ControlError::Full(MAX_USERS, "users"));
    }
    Ok((StatusCode::CREATED, Json(world.add_user(profile))))
}

pub(super) async fn create_group(
    State(shared): State<Shared>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Value>), ControlError> {
    let new: NewGroup = parse(body)?;
    let mut world = shared.world();
    if world.groups_full() {
        return Err(ControlError::Full(MAX_GROUPS, "groups and rooms"));
    }
    if let Some(stranger) = new
        .members
        .iter()
        .find(|member| world.user(member).is_none())
    {
        return Err(ControlError::NotFound("user", stranger.clone()));
    }
    let group = world.add_group(Group {
        id: new.kind.new_id(),
        kind: new.kind,
        name: new.group_name,
        picture_url: new.picture_url,
        members: new.members,
    });
    let mut view = json!({
        group.kind.id_property(): group.id,
        "kind": group.kind,
        "members": group.members,
    });
    if let Some(name) = &group.name {
        view["groupName"] = name.as_str().into();
    }
    Ok((StatusCode::CREATED, Json(view)))
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}
