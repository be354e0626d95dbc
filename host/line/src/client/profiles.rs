//! Looking users up (LINE reference, "Get profile" and the member profiles).

use serde::Deserialize;

use super::Client;
use super::request::path_segment;
use crate::Error;

/// What LINE tells about a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user.
    pub user_id: String,
    /// What the user is called.
    pub display_name: String,
    /// Where the user's picture is.
    pub picture_url: Option<String>,
    /// What the user says of their state.
    pub status_message: Option<String>,
    /// A BCP 47 language tag.
    pub language: Option<String>,
}

impl Client {
    /// The profile of a friend, or of a user who wrote to the bot.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn profile(&self, user_id: &str) -> Result<Profile, Error> {
        let user_id = path_segment("user-id", user_id)?;
        self.get_json("getProfile", &format!("/v2/bot/profile/{user_id}"))
            .await
    }

    /// The profile of a member of a group.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn group_member_profile(
        &self,
        group_id: &str,
        user_id: &str,
    ) -> Result<Profile, Error> {
        let group_id = path_segment("group-id", group_id)?;
        let user_id = path_segment("user-id", user_id)?;
        let path = format!("/v2/bot/group/{group_id}/member/{user_id}");
        self.get_json("getGroupMemberProfile", &path).await
    }

    /// The profile of a member of a room.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn room_member_profile(
        &self,
        room_id: &str,
        user_id: &str,
    ) -> Result<Profile, Error> {
        let room_id = path_segment("room-id", room_id)?;
        let user_id = path_segment("user-id", user_id)?;
        let path = format!("/v2/bot/room/{room_id}/member/{user_id}");
        self.get_json("getRoomMemberProfile", &path).await
    }
}
