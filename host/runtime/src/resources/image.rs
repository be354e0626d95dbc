//! The image of a rich menu, on its way to LINE.

use std::sync::Arc;

use botbox_line::Client;
use botbox_line::api::RICH_MENU_IMAGE_LIMIT;

use crate::counts::Open;
use crate::governor::{Charge, MemoryFull, Slot};

/// An image as a plugin writes it. LINE takes it as a whole, so it is gathered first.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct RichMenuImage {
    rich_menu_id: String,
    content_type: String,
    /// None once it is sent.
    written: Option<Written>,
    /// Counts it among the open contents.
    _open: Open,
}

/// What was written, and the charge for it.
#[derive(Default)]
struct Written {
    bytes: Vec<u8>,
    charge: Charge,
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
    #[error(transparent)]
    Memory(#[from] MemoryFull),
}

impl RichMenuImage {
    /// An empty one.
    pub(crate) fn new(rich_menu_id: String, content_type: String, open: Open) -> Self {
        Self {
            rich_menu_id,
            content_type,
            written: Some(Written::default()),
            _open: open,
        }
    }

    /// Adds bytes, whose memory a slot has until they are sent.
    pub(crate) fn write(&mut self, bytes: &[u8], slot: &Arc<Slot>) -> Result<(), ImageError> {
        let written = self.written.as_mut().ok_or(ImageError::Sent)?;
        let size = written.bytes.len() + bytes.len();
        if size > RICH_MENU_IMAGE_LIMIT {
            return Err(ImageError::TooLarge(size));
        }
        written.charge.absorb(slot.charge(bytes.len())?);
        written.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Sends what was written.
    pub(crate) async fn send(&mut self, client: &Client) -> Result<(), ImageError> {
        let Written { bytes, charge } = self.written.take().ok_or(ImageError::Sent)?;
        // From here on the client counts them.
        drop(charge);
        let sent = client.set_rich_menu_image(&self.rich_menu_id, &self.content_type, bytes.into());
        Ok(sent.await?)
    }
}
