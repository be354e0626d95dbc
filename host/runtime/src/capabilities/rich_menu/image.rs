//! Handles of the images of rich menus.

use wasmtime::component::Resource;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::rich_menu::HostRichMenuImage;
use crate::resources::RichMenuImage;
use crate::sandbox::Sandbox;

impl HostRichMenuImage for Sandbox {
    async fn write(
        &mut self,
        it: Resource<RichMenuImage>,
        bytes: Vec<u8>,
    ) -> wasmtime::Result<Result<(), CallError>> {
        let written = self.table.get_mut(&it)?.write(&bytes, &self.slot);
        Ok(written.map_err(Into::into))
    }

    async fn finish(
        &mut self,
        it: Resource<RichMenuImage>,
    ) -> wasmtime::Result<Result<(), CallError>> {
        let client = self.client().clone();
        let sent = self.table.get_mut(&it)?.send(&client).await;
        Ok(sent.map_err(Into::into))
    }

    async fn drop(&mut self, it: Resource<RichMenuImage>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}
