//! The bot's friends, and the groups and rooms that it is in.

use axum::Router;
use botbox_line::Operation;
use serde_json::{Map, json};

use super::page::Page;
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::delivery;
use crate::events::{self, Act};
use crate::world::{Group, GroupKind, Shared, World};

/// How many members a page names (LINE reference, "Get group chat member user IDs").
const MEMBERS_ON_A_PAGE: usize = 100;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::GetFollowers, followers))
        .merge(operation(Operation::GetGroupSummary, group_summary))
        .merge(operation(
            Operation::GetGroupMemberCount,
            group_member_count,
        ))
        .merge(operation(Operation::GetRoomMemberCount, room_member_count))
        .merge(operation(Operation::GetGroupMembersIds, group_member_ids))
        .merge(operation(Operation::GetRoomMembersIds, room_member_ids))
        .merge(operation(Operation::LeaveGroup, leave_group))
        .merge(operation(Operation::LeaveRoom, leave_room))
}

async fn followers(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let page = Page::asked_for(&call, 300, 1000)?;
    let mut world = shared.world();
    check_verified(&mut world, &call)?;
    Ok(page.answer("userIds", call.bot(&mut world)?.friends()))
}

/// Rooms have no summary.
async fn group_summary(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let group = find(&mut world, &call, GroupKind::Group)?;
    let mut summary = json!({
        "groupId": group.id,
        "groupName": group.name.as_deref().unwrap_or("Group"),
    });
    if let Some(picture_url) = &group.picture_url {
        summary["pictureUrl"] = picture_url.as_str().into();
    }
    Ok(Answer::json(&summary))
}

async fn group_member_count(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    member_count(&shared, &call, GroupKind::Group)
}

async fn room_member_count(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    member_count(&shared, &call, GroupKind::Room)
}

fn member_count(shared: &Shared, call: &Call, kind: GroupKind) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let count = find(&mut world, call, kind)?.members.len();
    Ok(Answer::json(&json!({ "count": count })))
}

async fn group_member_ids(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    member_ids(&shared, &call, GroupKind::Group)
}

async fn room_member_ids(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    member_ids(&shared, &call, GroupKind::Room)
}

fn member_ids(shared: &Shared, call: &Call, kind: GroupKind) -> Result<Answer, Refusal> {
    let page = Page::asked_for(call, MEMBERS_ON_A_PAGE, MEMBERS_ON_A_PAGE)?;
    let mut world = shared.world();
    check_verified(&mut world, call)?;
    let members = &find(&mut world, call, kind)?.members;
    Ok(page.answer("memberIds", members.iter().map(String::as_str)))
}

async fn leave_group(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    find(&mut world, &call, GroupKind::Group)?;
    leave(&shared, &mut world, &call, GroupKind::Group);
    Ok(Answer::json(&json!({})))
}

/// Leaving a room where the bot is not succeeds as well (LINE reference, "Leave multi-person
/// chat").
async fn leave_room(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let exists = world.group(call.param("roomId")).is_some();
    let is_in = find(&mut world, &call, GroupKind::Room).map(|_| ());
    match is_in {
        Ok(()) => leave(&shared, &mut world, &call, GroupKind::Room),
        Err(Refusal::NotFound) if exists => {}
        Err(refusal) => return Err(refusal),
    }
    Ok(Answer::json(&json!({})))
}

/// A bot that leaves is told so, as if it were removed (LINE reference, "Leave event").
fn leave(shared: &Shared, world: &mut World, call: &Call, kind: GroupKind) {
    let event = Map::from_iter([("type".to_owned(), "leave".into())]);
    let act = Act::of_chat(call.param(kind.id_property()), event);
    if let Some(webhook) = events::webhook(world, &call.bot_id, &act) {
        delivery::send(shared, webhook);
    }
}

/// LINE tells only verified and premium accounts who their friends are.
fn check_verified(world: &mut World, call: &Call) -> Result<(), Refusal> {
    if call.bot(world)?.settings.unverified {
        Err(Refusal::NotAvailable)
    } else {
        Ok(())
    }
}

/// The group or room that a call names, when the bot is in it.
fn find<'a>(world: &'a mut World, call: &Call, kind: GroupKind) -> Result<&'a Group, Refusal> {
    let group_id = call.param(kind.id_property());
    if !kind.is_id(group_id) {
        return Err(Refusal::InvalidParameter(kind.id_property()));
    }
    if !call.bot(world)?.is_in(group_id) {
        return Err(Refusal::NotFound);
    }
    let group = world.group(group_id).filter(|group| group.kind == kind);
    group.ok_or(Refusal::NotFound)
}
