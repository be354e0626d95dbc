//! `botbox:line/loading`: shows that an answer is on its way.

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::loading::Host;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn show_loading_animation(
        &mut self,
        user_id: String,
        loading_seconds: u32,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Loading)?;
        self.check_active()?;
        let client = self.client();
        Ok(client
            .show_loading_animation(&user_id, loading_seconds)
            .await?)
    }
}
