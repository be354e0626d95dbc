//! `botbox:line/followers`: who follows the bot.

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::followers::Host;
use crate::bindings::botbox::line::users::UserIds;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_followers(
        &mut self,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<UserIds, CallError> {
        self.check_call(Capability::Followers)?;
        Ok(self.client().followers(limit, start).await?.into())
    }
}
