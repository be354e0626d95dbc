//! `botbox:line/group`: groups that the bot is in.

use botbox_line::api::GroupChat;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::group::{GroupSummary, Host};
use crate::bindings::botbox::line::users::{UserIds, UserProfile};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_group_summary(&mut self, group_id: String) -> Result<GroupSummary, CallError> {
        self.check_call(Capability::Group)?;
        let summary = self.client().group_summary(&group_id).await?;
        Ok(GroupSummary {
            group_id: summary.group_id,
            group_name: summary.group_name,
            picture_url: summary.picture_url,
        })
    }

    async fn get_group_member_count(&mut self, group_id: String) -> Result<u32, CallError> {
        self.check_call(Capability::Group)?;
        let group = GroupChat::Group(&group_id);
        Ok(self.client().member_count(group).await?)
    }

    async fn get_group_members_ids(
        &mut self,
        group_id: String,
        start: Option<String>,
    ) -> Result<UserIds, CallError> {
        self.check_call(Capability::Group)?;
        let group = GroupChat::Group(&group_id);
        Ok(self.client().member_ids(group, start).await?.into())
    }

    async fn get_group_member_profile(
        &mut self,
        group_id: String,
        user_id: String,
    ) -> Result<UserProfile, CallError> {
        self.check_call(Capability::Group)?;
        let group = GroupChat::Group(&group_id);
        let profile = self.client().member_profile(group, &user_id).await?;
        Ok(profile.into())
    }

    async fn leave_group(&mut self, group_id: String) -> Result<(), CallError> {
        self.check_call(Capability::Group)?;
        Ok(self.client().leave(GroupChat::Group(&group_id)).await?)
    }
}
