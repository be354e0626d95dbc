//! Groups and rooms are alike, but LINE has functions for each.

use botbox_sdk::errors::CallError;
use botbox_sdk::events::Source;
use botbox_sdk::{group, room};

/// A chat of several people, by its id.
pub(crate) enum Chat<'a> {
    Group(&'a str),
    Room(&'a str),
}

impl<'a> Chat<'a> {
    pub(crate) fn of(source: &'a Source) -> Option<Self> {
        match source {
            Source::Group(group) => Some(Self::Group(&group.group_id)),
            Source::Room(room) => Some(Self::Room(&room.room_id)),
            Source::User(_) | Source::Unknown(_) => None,
        }
    }

    /// Without the bot.
    pub(crate) fn member_count(&self) -> Result<u32, CallError> {
        match self {
            Self::Group(id) => group::get_group_member_count(id),
            Self::Room(id) => room::get_room_member_count(id),
        }
    }

    /// The ids of the first hundred.
    pub(crate) fn first_members(&self) -> Result<Vec<String>, CallError> {
        let page = match self {
            Self::Group(id) => group::get_group_members_ids(id, None),
            Self::Room(id) => room::get_room_members_ids(id, None),
        };
        Ok(page?.user_ids)
    }

    pub(crate) fn member_name(&self, user: &str) -> Result<String, CallError> {
        let profile = match self {
            Self::Group(id) => group::get_group_member_profile(id, user),
            Self::Room(id) => room::get_room_member_profile(id, user),
        };
        Ok(profile?.display_name)
    }

    pub(crate) fn leave(&self) -> Result<(), CallError> {
        match self {
            Self::Group(id) => group::leave_group(id),
            Self::Room(id) => room::leave_room(id),
        }
    }
}
