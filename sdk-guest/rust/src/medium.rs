//! Publishing images, videos and sounds for messages.

use std::io::{self, Read};

use crate::bindings::botbox::line::media::start_upload;

/// How many bytes are handed over at a time: 64 KiB.
const PIECE: usize = 64 << 10;

/// Publishes a medium on the host's own address, for 7 days, and returns its URL: for what the bot
/// got with [`content`](crate::content()), or made itself. The module [`media`](crate::media) has the
/// media types, and other lifetimes.
///
/// # Errors
///
/// The error of `bytes`, or one that contains the host's [`CallError`](crate::errors::CallError).
pub fn publish(content_type: &str, mut bytes: impl Read) -> io::Result<String> {
    let upload = start_upload(content_type, None).map_err(io::Error::other)?;
    let mut piece = vec![0; PIECE];
    loop {
        match bytes.read(&mut piece) {
            Ok(0) => return upload.finish().map_err(io::Error::other),
            Ok(length) => upload.write(&piece[..length]).map_err(io::Error::other)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
