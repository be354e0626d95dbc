//! Profiles of users and of members of groups and rooms.

use axum::Router;
use botbox_line::Operation;
use serde_json::json;

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::world::{GroupKind, Shared};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetProfile, of_user))
        .merge(operation(Operation::GetGroupMemberProfile, of_group_member))
        .merge(operation(Operation::GetRoomMemberProfile, of_room_member))
}

async fn of_user(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let user_id = call.user_id()?;
    let mut world = shared.world();
    if !call.bot(&mut world)?.reaches(user_id) {
        return Err(Refusal::NotFound);
    }
    let user = world.user(user_id).filter(|user| user.profile.consents);
    Ok(Answer::json(&json!(user.ok_or(Refusal::NotFound)?)))
}

async fn of_group_member(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    of_member(&shared, &call, GroupKind::Group)
}

async fn of_room_member(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    of_member(&shared, &call, GroupKind::Room)
}

/// Whether the user is the bot's friend or blocked it does not matter in a group; a group's
/// profile says less (LINE reference, "Get group chat member profile").
fn of_member(shared: &Shared, call: &Call, kind: GroupKind) -> Result<Answer, Refusal> {
    let user_id = call.user_id()?;
    let group_id = call.param(kind.id_property());
    if !kind.is_id(group_id) {
        return Err(Refusal::InvalidParameter(kind.id_property()));
    }
    let mut world = shared.world();
    if !call.bot(&mut world)?.is_in(group_id) {
        return Err(Refusal::NotFound);
    }
    let group = world.group(group_id).filter(|group| group.kind == kind);
    if !group.is_some_and(|group| group.members.contains(user_id)) {
        return Err(Refusal::NotFound);
    }
    let user = world.user(user_id).ok_or(Refusal::NotFound)?;
    let mut profile = json!({ "userId": user_id, "displayName": user.profile.display_name });
    if let Some(picture_url) = &user.profile.picture_url {
        profile["pictureUrl"] = picture_url.as_str().into();
    }
    Ok(Answer::json(&profile))
}
