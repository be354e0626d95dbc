//! `botbox:line/profile`: looks users up.

use botbox_line::api::Profile;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::profile::Host;
use crate::bindings::botbox::line::users::{UserIds, UserProfile};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_profile(&mut self, user_id: String) -> Result<UserProfile, CallError> {
        self.check_call(Capability::Profile)?;
        Ok(self.client().profile(&user_id).await?.into())
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

impl From<botbox_line::api::UserIds> for UserIds {
    fn from(page: botbox_line::api::UserIds) -> Self {
        Self {
            user_ids: page.user_ids,
            next: page.next,
        }
    }
}
