//! `botbox:line/profile`: looks users up.

use botbox_line::client::Profile;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::profile::{Host, UserProfile};
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_profile(&mut self, user_id: String) -> Result<UserProfile, CallError> {
        self.check_call(self.grants.profile, "profile")?;
        Ok(self.client.profile(&user_id).await?.into())
    }

    async fn get_group_member_profile(
        &mut self,
        group_id: String,
        user_id: String,
    ) -> Result<UserProfile, CallError> {
        self.check_call(self.grants.profile, "profile")?;
        let profile = self
            .client
            .group_member_profile(&group_id, &user_id)
            .await?;
        Ok(profile.into())
    }

    async fn get_room_member_profile(
        &mut self,
        room_id: String,
        user_id: String,
    ) -> Result<UserProfile, CallError> {
        self.check_call(self.grants.profile, "profile")?;
        let profile = self.client.room_member_profile(&room_id, &user_id).await?;
        Ok(profile.into())
    }
}

impl From<Profile> for UserProfile {
    fn from(profile: Profile) -> Self {
        Self {
            user_id: profile.user_id,
            display_name: profile.display_name,
            picture_url: profile.picture_url,
            status_message: profile.status_message,
            language: profile.language,
        }
    }
}
