//! `botbox:line/bot-info`: the bot itself.

use crate::bindings::botbox::line::bot_info::{Host, Info};
use crate::bindings::botbox::line::errors::CallError;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_bot_info(&mut self) -> Result<Info, CallError> {
        self.check_call(Capability::BotInfo)?;
        let info = self.client().bot_info().await?;
        Ok(Info {
            user_id: info.user_id,
            basic_id: info.basic_id,
            premium_id: info.premium_id,
            display_name: info.display_name,
            picture_url: info.picture_url,
            chat_mode: info.chat_mode,
            mark_as_read_mode: info.mark_as_read_mode,
        })
    }
}
