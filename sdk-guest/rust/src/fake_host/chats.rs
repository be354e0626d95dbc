//! Groups and rooms.

use std::collections::BTreeMap;

use crate::generated::botbox::line::errors::CallError;
use crate::generated::botbox::line::users::{UserIds, UserProfile};

use super::profile;
use super::world::{Chat, World, call, not_found, with};

pub mod group {
    use super::*;

    pub use crate::generated::botbox::line::group::GroupSummary;

    pub fn get_group_summary(group_id: &str) -> Result<GroupSummary, CallError> {
        call("group", "get-group-summary")?;
        find(groups, group_id, |chat| GroupSummary {
            group_id: group_id.to_owned(),
            group_name: chat.name.clone(),
            picture_url: None,
        })
    }

    pub fn get_group_member_count(group_id: &str) -> Result<u32, CallError> {
        call("group", "get-group-member-count")?;
        find(groups, group_id, count)
    }

    pub fn get_group_members_ids(
        group_id: &str,
        _start: Option<&str>,
    ) -> Result<UserIds, CallError> {
        call("group", "get-group-members-ids")?;
        find(groups, group_id, members)
    }

    pub fn get_group_member_profile(
        group_id: &str,
        user_id: &str,
    ) -> Result<UserProfile, CallError> {
        call("group", "get-group-member-profile")?;
        member(groups, group_id, user_id)
    }

    pub fn leave_group(group_id: &str) -> Result<(), CallError> {
        call("group", "leave-group")?;
        find(groups, group_id, |chat| chat.is_left = true)
    }

    fn groups(world: &mut World) -> &mut BTreeMap<String, Chat> {
        &mut world.groups
    }
}

pub mod room {
    use super::*;

    pub fn get_room_member_count(room_id: &str) -> Result<u32, CallError> {
        call("room", "get-room-member-count")?;
        find(rooms, room_id, count)
    }

    pub fn get_room_members_ids(room_id: &str, _start: Option<&str>) -> Result<UserIds, CallError> {
        call("room", "get-room-members-ids")?;
        find(rooms, room_id, members)
    }

    pub fn get_room_member_profile(room_id: &str, user_id: &str) -> Result<UserProfile, CallError> {
        call("room", "get-room-member-profile")?;
        member(rooms, room_id, user_id)
    }

    pub fn leave_room(room_id: &str) -> Result<(), CallError> {
        call("room", "leave-room")?;
        find(rooms, room_id, |chat| chat.is_left = true)
    }

    fn rooms(world: &mut World) -> &mut BTreeMap<String, Chat> {
        &mut world.rooms
    }
}

type Kind = fn(&mut World) -> &mut BTreeMap<String, Chat>;

/// Looks at a chat that the bot is in.
fn find<T>(kind: Kind, id: &str, look: impl FnOnce(&mut Chat) -> T) -> Result<T, CallError> {
    with(|world| {
        let chat = kind(world).get_mut(id).filter(|chat| !chat.is_left);
        chat.map(look)
            .ok_or_else(|| not_found(&format!("chat {id} that the bot is in")))
    })
}

fn member(kind: Kind, id: &str, user: &str) -> Result<UserProfile, CallError> {
    let is_member = |chat: &mut Chat| chat.members.iter().any(|member| member == user);
    if !find(kind, id, is_member)? {
        return Err(not_found(&format!("member {user} of {id}")));
    }
    profile::of(user)
}

fn count(chat: &mut Chat) -> u32 {
    u32::try_from(chat.members.len()).unwrap_or(u32::MAX)
}

fn members(chat: &mut Chat) -> UserIds {
    UserIds {
        user_ids: chat.members.clone(),
        next: None,
    }
}
