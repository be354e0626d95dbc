//! The image of a rich menu, on its way to LINE.

use botbox_line::Client;
use botbox_line::api::RICH_MENU_IMAGE_LIMIT;

use crate::counts::Open;

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

/// Why an image is not written or sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("the image was sent already; begin again to send another")]
    Sent,
    #[error("the image has {0} bytes and maybe more; LINE takes {RICH_MENU_IMAGE_LIMIT} at most")]
    TooLarge(usize),
    #[error(transparent)]
    Line(#[from] botbox_line::Error),
}

impl RichMenuImage {
    /// An empty one.
    pub(crate) fn new(rich_menu_id: String, content_type: String, open: Open) -> Self {
        Self {
            rich_menu_id,
            content_type,
            bytes: Some(Vec::new()),
            _open: open,
        }
    }

    /// Adds bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ImageError> {
        let written = self.bytes.as_mut().ok_or(ImageError::Sent)?;
        let size = written.len() + bytes.len();
        if size > RICH_MENU_IMAGE_LIMIT {
            return Err(ImageError::TooLarge(size));
        }
        written.extend_from_slice(bytes);
        Ok(())
    }

    /// Sends what was written.
    pub(crate) async fn send(&mut self, client: &Client) -> Result<(), ImageError> {
        let image = self.bytes.take().ok_or(ImageError::Sent)?;
        let sent = client.set_rich_menu_image(&self.rich_menu_id, &self.content_type, image.into());
        Ok(sent.await?)
    }
}
