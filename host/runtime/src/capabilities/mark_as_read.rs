//! `botbox:line/mark-as-read`: shows users that their messages were read.

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::mark_as_read::Host;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn mark_messages_as_read_by_token(
        &mut self,
        mark_as_read_token: String,
    ) -> Result<(), CallError> {
        self.check_call(Capability::MarkAsRead)?;
        let client = self.client();
        Ok(client
            .mark_messages_as_read_by_token(&mark_as_read_token)
            .await?)
    }

    async fn mark_messages_as_read(&mut self, user_id: String) -> Result<(), CallError> {
        self.check_call(Capability::MarkAsRead)?;
        Ok(self.client().mark_messages_as_read(&user_id).await?)
    }
}
