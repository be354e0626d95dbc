//! `botbox:line/room`: rooms that the bot is in.

use botbox_line::api::GroupChat;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::room::Host;
use crate::bindings::botbox::line::users::{UserIds, UserProfile};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_room_member_count(&mut self, room_id: String) -> Result<u32, CallError> {
        self.check_call(Capability::Room)?;
        Ok(self
            .client()
            .member_count(GroupChat::Room(&room_id))
            .await?)
    }

    async fn get_room_members_ids(
        &mut self,
        room_id: String,
        start: Option<String>,
    ) -> Result<UserIds, CallError> {
        self.check_call(Capability::Room)?;
        let room = GroupChat::Room(&room_id);
        Ok(self.client().member_ids(room, start).await?.into())
    }

    async fn get_room_member_profile(
        &mut self,
        room_id: String,
        user_id: String,
    ) -> Result<UserProfile, CallError> {
        self.check_call(Capability::Room)?;
        let room = GroupChat::Room(&room_id);
        let profile = self.client().member_profile(room, &user_id).await?;
        Ok(profile.into())
    }

    async fn leave_room(&mut self, room_id: String) -> Result<(), CallError> {
        self.check_call(Capability::Room)?;
        Ok(self.client().leave(GroupChat::Room(&room_id)).await?)
    }
}
