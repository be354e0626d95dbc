//! Users, groups and rooms.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ControlError, parse};
use super::named;
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
    let profile = parse_profile(body)?;
    let mut world = shared.world();
    if world.users_full() {
        return Err(ControlError::Full(MAX_USERS, "users"));
    }
    Ok((StatusCode::CREATED, Json(world.add_user(profile))))
}

/// All users, by id.
pub(super) async fn users(State(shared): State<Shared>) -> Json<Vec<User>> {
    let mut users: Vec<User> = shared.world().users().cloned().collect();
    users.sort_by(|a, b| a.user_id.cmp(&b.user_id));
    Json(users)
}

/// Gives a user another profile.
pub(super) async fn change_user(
    State(shared): State<Shared>,
    Path(user_id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<User>, ControlError> {
    let profile = parse_profile(body)?;
    let mut world = shared.world();
    named::check_user(&world, &user_id)?;
    let user = User { user_id, profile };
    world.put_user(user.clone());
    Ok(Json(user))
}

pub(super) async fn delete_user(
    State(shared): State<Shared>,
    Path(user_id): Path<String>,
) -> Result<Json<Value>, ControlError> {
    let was_there = shared.world().remove_user(&user_id);
    named::deleted(was_there, "user", user_id)
}

/// All groups and rooms, by id.
pub(super) async fn groups(State(shared): State<Shared>) -> Json<Vec<Value>> {
    let world = shared.world();
    let mut groups: Vec<&Group> = world.groups().collect();
    groups.sort_by(|a, b| a.id.cmp(&b.id));
    Json(groups.into_iter().map(view).collect())
}

pub(super) async fn delete_group(
    State(shared): State<Shared>,
    Path(group_id): Path<String>,
) -> Result<Json<Value>, ControlError> {
    let was_there = shared.world().remove_group(&group_id);
    named::deleted(was_there, "group or room", group_id)
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
    for member in &new.members {
        named::check_user(&world, member)?;
    }
    let group = world.add_group(Group {
        id: new.kind.new_id(),
        kind: new.kind,
        name: new.group_name,
        picture_url: new.picture_url,
        members: new.members,
    });
    Ok((StatusCode::CREATED, Json(view(group))))
}

fn view(group: &Group) -> Value {
    let mut view = json!({
        group.kind.id_property(): group.id,
        "kind": group.kind,
        "members": group.members,
    });
    if let Some(name) = &group.name {
        view["groupName"] = name.as_str().into();
    }
    view
}

fn parse_profile(body: Result<Bytes, BytesRejection>) -> Result<Profile, ControlError> {
    let profile: Profile = parse(body)?;
    let number = profile.phone_number.as_deref();
    if number.is_some_and(|number| !is_e164(number)) {
        return Err(ControlError::BadRequest(
            "a phone number is a plus and 7 to 15 digits, as +818000001234",
        ));
    }
    Ok(profile)
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}
