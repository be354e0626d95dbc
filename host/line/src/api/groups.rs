//! Groups, rooms and followers (LINE reference, "Group chats", "Multi-person chats" and "Get a list
//! of users who added your LINE Official Account as a friend").

use serde::Deserialize;

use super::profiles::Profile;
use crate::client::{Client, Request};
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;

/// What LINE tells about a group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupSummary {
    /// The group.
    pub group_id: String,
    /// What it is called.
    pub group_name: String,
    /// The URL of its picture.
    pub picture_url: Option<String>,
}

/// A page of user ids.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIds {
    /// The ids. LINE says `memberIds` of groups and rooms.
    #[serde(alias = "memberIds", deserialize_with = "elements")]
    pub user_ids: Vec<String>,
    /// Where the next page begins, for 24 hours.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Count {
    count: u32,
}

/// A group, or a room: the older kind of group.
#[derive(Clone, Copy, Debug)]
pub enum GroupChat<'a> {
    /// A group by its id.
    Group(&'a str),
    /// A room by its id.
    Room(&'a str),
}

impl Client {
    /// What a group is called.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn group_summary(&self, group_id: &str) -> Result<GroupSummary, Error> {
        let request = self.request(Operation::GetGroupSummary);
        request.id("group-id", group_id)?.receive().await
    }

    /// How many users are in a chat; the bot is not one.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn member_count(&self, chat: GroupChat<'_>) -> Result<u32, Error> {
        let request = match chat {
            GroupChat::Group(_) => self.request(Operation::GetGroupMemberCount),
            GroupChat::Room(_) => self.request(Operation::GetRoomMemberCount),
        };
        let count: Count = chat.name(request)?.receive().await?;
        Ok(count.count)
    }

    /// A page of at most 100 members of a chat. For verified and premium accounts only.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn member_ids(
        &self,
        chat: GroupChat<'_>,
        start: Option<String>,
    ) -> Result<UserIds, Error> {
        let request = match chat {
            GroupChat::Group(_) => self.request(Operation::GetGroupMembersIds),
            GroupChat::Room(_) => self.request(Operation::GetRoomMembersIds),
        };
        chat.name(request)?.query("start", start).receive().await
    }

    /// The profile of a member, friend or not.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn member_profile(
        &self,
        chat: GroupChat<'_>,
        user_id: &str,
    ) -> Result<Profile, Error> {
        let request = match chat {
            GroupChat::Group(_) => self.request(Operation::GetGroupMemberProfile),
            GroupChat::Room(_) => self.request(Operation::GetRoomMemberProfile),
        };
        chat.name(request)?.id("user-id", user_id)?.receive().await
    }

    /// Leaves a chat.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn leave(&self, chat: GroupChat<'_>) -> Result<(), Error> {
        let request = match chat {
            GroupChat::Group(_) => self.request(Operation::LeaveGroup),
            GroupChat::Room(_) => self.request(Operation::LeaveRoom),
        };
        chat.name(request)?.send().await
    }

    /// A page of at most `limit` friends: by default 300, and never more than 1,000. For verified and premium
    /// accounts only.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn followers(
        &self,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<UserIds, Error> {
        let request = self.request(Operation::GetFollowers);
        let request = request.query("limit", limit).query("start", start);
        request.receive().await
    }
}

impl GroupChat<'_> {
    /// Puts the chat's id into a request.
    fn name<'r>(&self, request: Request<'r>) -> Result<Request<'r>, Error> {
        match self {
            Self::Group(id) => request.id("group-id", id),
            Self::Room(id) => request.id("room-id", id),
        }
    }
}
