//! `botbox:line/rich-menu`: images with areas to tap.

mod image;

use botbox_line::rich_menu;
use wasmtime::component::Resource;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::rich_menu::{
    ExistingRichMenu, Host, RichMenu, RichMenuAlias, RichMenuBatchOperation, RichMenuBatchProgress,
};
use crate::convert;
use crate::grants::Capability;
use crate::resources::RichMenuImage;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn create_rich_menu(&mut self, menu: RichMenu) -> Result<String, CallError> {
        self.check_call(Capability::RichMenu)?;
        let menu = convert::rich_menu(menu)?;
        Ok(self.client().create_rich_menu(&menu).await?)
    }

    async fn validate_rich_menu_object(&mut self, menu: RichMenu) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        let menu = convert::rich_menu(menu)?;
        Ok(self.client().validate_rich_menu_object(&menu).await?)
    }

    async fn get_rich_menu(&mut self, rich_menu_id: String) -> Result<ExistingRichMenu, CallError> {
        self.check_call(Capability::RichMenu)?;
        let menu = self.client().rich_menu(&rich_menu_id).await?;
        Ok(convert::existing_rich_menu(menu))
    }

    async fn get_rich_menu_list(&mut self) -> Result<Vec<ExistingRichMenu>, CallError> {
        self.check_call(Capability::RichMenu)?;
        let menus = self.client().rich_menu_list().await?.into_iter();
        Ok(menus.map(convert::existing_rich_menu).collect())
    }

    async fn delete_rich_menu(&mut self, rich_menu_id: String) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().delete_rich_menu(&rich_menu_id).await?)
    }

    async fn set_rich_menu_image(
        &mut self,
        rich_menu_id: String,
        content_type: String,
    ) -> wasmtime::Result<Result<Resource<RichMenuImage>, CallError>> {
        match self.begin_image(rich_menu_id, content_type) {
            Ok(image) => Ok(Ok(self.table.push(image)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn get_rich_menu_image(
        &mut self,
        rich_menu_id: String,
    ) -> Result<(String, Vec<u8>), CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().rich_menu_image(&rich_menu_id).await?)
    }

    async fn set_default_rich_menu(&mut self, rich_menu_id: String) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().set_default_rich_menu(&rich_menu_id).await?)
    }

    async fn get_default_rich_menu_id(&mut self) -> Result<Option<String>, CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().default_rich_menu_id().await?)
    }

    async fn cancel_default_rich_menu(&mut self) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().cancel_default_rich_menu().await?)
    }

    async fn create_rich_menu_alias(&mut self, alias: RichMenuAlias) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().create_rich_menu_alias(&alias.into()).await?)
    }

    async fn update_rich_menu_alias(&mut self, alias: RichMenuAlias) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().update_rich_menu_alias(&alias.into()).await?)
    }

    async fn get_rich_menu_alias(
        &mut self,
        rich_menu_alias_id: String,
    ) -> Result<RichMenuAlias, CallError> {
        self.check_call(Capability::RichMenu)?;
        let alias = self.client().rich_menu_alias(&rich_menu_alias_id).await?;
        Ok(alias.into())
    }

    async fn get_rich_menu_alias_list(&mut self) -> Result<Vec<RichMenuAlias>, CallError> {
        self.check_call(Capability::RichMenu)?;
        let aliases = self.client().rich_menu_alias_list().await?;
        Ok(aliases.into_iter().map(Into::into).collect())
    }

    async fn delete_rich_menu_alias(
        &mut self,
        rich_menu_alias_id: String,
    ) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        let client = self.client();
        Ok(client.delete_rich_menu_alias(&rich_menu_alias_id).await?)
    }

    async fn link_rich_menu_id_to_user(
        &mut self,
        user_id: String,
        rich_menu_id: String,
    ) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        let client = self.client();
        Ok(client
            .link_rich_menu_id_to_user(&user_id, &rich_menu_id)
            .await?)
    }

    async fn get_rich_menu_id_of_user(
        &mut self,
        user_id: String,
    ) -> Result<Option<String>, CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(self.client().rich_menu_id_of_user(&user_id).await?)
    }

    async fn unlink_rich_menu_id_from_user(&mut self, user_id: String) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        let client = self.client();
        Ok(client.unlink_rich_menu_id_from_user(&user_id).await?)
    }

    async fn link_rich_menu_id_to_users(
        &mut self,
        rich_menu_id: String,
        user_ids: Vec<String>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        let client = self.client();
        Ok(client
            .link_rich_menu_id_to_users(&rich_menu_id, &user_ids)
            .await?)
    }

    async fn unlink_rich_menu_id_from_users(
        &mut self,
        user_ids: Vec<String>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        let client = self.client();
        Ok(client.unlink_rich_menu_id_from_users(&user_ids).await?)
    }

    async fn rich_menu_batch(
        &mut self,
        operations: Vec<RichMenuBatchOperation>,
        resume_request_key: Option<String>,
    ) -> Result<String, CallError> {
        self.check_call(Capability::RichMenu)?;
        let batch = convert::rich_menu_batch(operations, resume_request_key);
        Ok(self.client().rich_menu_batch(&batch).await?)
    }

    async fn validate_rich_menu_batch_request(
        &mut self,
        operations: Vec<RichMenuBatchOperation>,
        resume_request_key: Option<String>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::RichMenu)?;
        let batch = convert::rich_menu_batch(operations, resume_request_key);
        let client = self.client();
        Ok(client.validate_rich_menu_batch_request(&batch).await?)
    }

    async fn get_rich_menu_batch_progress(
        &mut self,
        request_id: String,
    ) -> Result<RichMenuBatchProgress, CallError> {
        self.check_call(Capability::RichMenu)?;
        let progress = self.client().rich_menu_batch_progress(&request_id).await?;
        Ok(RichMenuBatchProgress {
            phase: progress.phase,
            accepted_time: progress.accepted_time,
            completed_time: progress.completed_time,
        })
    }
}

impl Sandbox {
    fn begin_image(
        &mut self,
        rich_menu_id: String,
        content_type: String,
    ) -> Result<RichMenuImage, CallError> {
        self.check_call(Capability::RichMenu)?;
        let open = self.count_content()?;
        Ok(RichMenuImage::new(rich_menu_id, content_type, open))
    }
}

impl From<RichMenuAlias> for rich_menu::RichMenuAlias {
    fn from(alias: RichMenuAlias) -> Self {
        Self {
            rich_menu_alias_id: alias.rich_menu_alias_id,
            rich_menu_id: alias.rich_menu_id,
        }
    }
}

impl From<rich_menu::RichMenuAlias> for RichMenuAlias {
    fn from(alias: rich_menu::RichMenuAlias) -> Self {
        Self {
            rich_menu_alias_id: alias.rich_menu_alias_id,
            rich_menu_id: alias.rich_menu_id,
        }
    }
}
