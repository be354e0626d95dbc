//! `botbox:line/module`: what module channels do.

use botbox_line::api;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::module::{Attached, Attachment, Host, ModuleBot, ModuleBots};
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn get_modules(
        &mut self,
        limit: Option<u32>,
        start: Option<String>,
    ) -> Result<ModuleBots, CallError> {
        self.check_call(Capability::Module)?;
        let page = self.client().modules(limit, start).await?;
        Ok(ModuleBots {
            bots: page.bots.into_iter().map(Into::into).collect(),
            next: page.next,
        })
    }

    async fn acquire_chat_control(
        &mut self,
        bot_id: Option<String>,
        chat_id: String,
        expired: bool,
        ttl: Option<u32>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Module)?;
        let client = self.client();
        Ok(client
            .acquire_chat_control(bot_id.as_deref(), &chat_id, expired, ttl)
            .await?)
    }

    async fn release_chat_control(
        &mut self,
        bot_id: Option<String>,
        chat_id: String,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Module)?;
        let client = self.client();
        Ok(client
            .release_chat_control(bot_id.as_deref(), &chat_id)
            .await?)
    }

    async fn detach_module(&mut self, bot_id: String) -> Result<(), CallError> {
        self.check_call(Capability::Module)?;
        Ok(self.client().detach_module(&bot_id).await?)
    }

    async fn attach_module(&mut self, attachment: Attachment) -> Result<Attached, CallError> {
        self.check_call(Capability::Module)?;
        let attachment = api::Attachment {
            code: attachment.code,
            redirect_uri: attachment.redirect_uri,
            code_verifier: attachment.code_verifier,
            region: attachment.region,
            basic_search_id: attachment.basic_search_id,
            scope: attachment.scope,
            brand_type: attachment.brand_type,
        };
        let attached = self.client().attach_module(&attachment).await?;
        Ok(Attached {
            bot_id: attached.bot_id,
            scopes: attached.scopes,
        })
    }
}

impl From<api::ModuleBot> for ModuleBot {
    fn from(bot: api::ModuleBot) -> Self {
        Self {
            user_id: bot.user_id,
            basic_id: bot.basic_id,
            premium_id: bot.premium_id,
            display_name: bot.display_name,
            picture_url: bot.picture_url,
        }
    }
}
