//! The image of a rich menu, on its way to LINE.

use botbox_line::Client;
use botbox_line::client::RICH_MENU_IMAGE_LIMIT;
use wasmtime::component::Resource;

use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::rich_menu::HostRichMenuImage;
use crate::capabilities::call_error;
use crate::grants::Capability;
use crate::limits::Open;
use crate::sandbox::Sandbox;

/// An image as a plugin writes it. LINE takes it as a whole, so it is gathered first.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct RichMenuImage {
    rich_menu_id: String,
    content_type: String,
    /// None once it is sent.
    bytes: Option<Vec<u8>>,
    /// Counts it among the open contents.
    _open: Open,
}

impl Sandbox {
    pub(super) fn begin_image(
        &mut self,
        rich_menu_id: String,
        content_type: String,
    ) -> Result<RichMenuImage, CallError> {
        self.check_call(Capability::RichMenu)?;
        Ok(RichMenuImage {
            rich_menu_id,
            content_type,
            bytes: Some(Vec::new()),
            _open: self.count_content()?,
        })
    }
}

impl HostRichMenuImage for Sandbox {
    async fn write(
        &mut self,
        it: Resource<RichMenuImage>,
        bytes: Vec<u8>,
    ) -> wasmtime::Result<Result<(), CallError>> {
        Ok(self.table.get_mut(&it)?.write(&bytes))
    }

    async fn finish(
        &mut self,
        it: Resource<RichMenuImage>,
    ) -> wasmtime::Result<Result<(), CallError>> {
        let client = self.deployment.client.clone();
        let sent = self.table.get_mut(&it)?.send(&client).await;
        Ok(sent)
    }

    async fn drop(&mut self, it: Resource<RichMenuImage>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}

impl RichMenuImage {
    fn write(&mut self, bytes: &[u8]) -> Result<(), CallError> {
        let Some(written) = &mut self.bytes else {
            return Err(finished());
        };
        let size = written.len() + bytes.len();
        if size > RICH_MENU_IMAGE_LIMIT {
            let why = format!(
                "the image has {size} bytes and maybe more; LINE takes {RICH_MENU_IMAGE_LIMIT} at most"
            );
            return Err(call_error(ErrorKind::Invalid, why));
        }
        written.extend_from_slice(bytes);
        Ok(())
    }

    async fn send(&mut self, client: &Client) -> Result<(), CallError> {
        let image = self.bytes.take().ok_or_else(finished)?;
        let sent = client.set_rich_menu_image(&self.rich_menu_id, &self.content_type, image.into());
        Ok(sent.await?)
    }
}

fn finished() -> CallError {
    call_error(
        ErrorKind::Invalid,
        "the image was sent already; begin again to send another",
    )
}
