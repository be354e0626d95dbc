//! Setting the image of a rich menu.

use std::io::{self, Read};

use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::rich_menu;

/// How many bytes are handed to the host at a time.
const PIECE: usize = 64 << 10;

/// Sets the image of a rich menu, once: `image/jpeg` or `image/png`, of at most 1 MB, from bytes or
/// from what can be read, such as a [`Content`](crate::Content).
///
/// # Errors
///
/// [`CallError`], which says why LINE or the host refused it, or why reading failed.
pub fn set_rich_menu_image(
    rich_menu_id: impl AsRef<str>,
    content_type: impl AsRef<str>,
    mut image: impl Read,
) -> Result<(), CallError> {
    let upload = rich_menu::set_rich_menu_image(rich_menu_id.as_ref(), content_type.as_ref())?;
    let mut piece = vec![0; PIECE];
    loop {
        match image.read(&mut piece) {
            Ok(0) => return upload.finish(),
            Ok(size) => upload.write(&piece[..size])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(reading_failed(error)),
        }
    }
}

/// The error of a content, or else one that says why reading failed.
fn reading_failed(error: io::Error) -> CallError {
    error.downcast().unwrap_or_else(|error| CallError {
        kind: ErrorKind::Other,
        message: format!("the image can't be read: {error}"),
        details: Vec::new(),
        request_id: None,
    })
}
