//! Contents that users sent.

use std::cell::RefCell;

use crate::generated::botbox::line::errors::CallError;

use super::world::{Medium, call, not_found, with};

/// The most bytes that the host hands over at once: 64 KiB.
const PIECE: usize = 64 << 10;

#[derive(Debug)]
pub struct MessageContentStream {
    content_type: String,
    length: usize,
    rest: RefCell<Vec<u8>>,
}

impl MessageContentStream {
    fn new(medium: Medium) -> Self {
        Self {
            content_type: medium.content_type,
            length: medium.bytes.len(),
            rest: RefCell::new(medium.bytes),
        }
    }

    pub fn content_type(&self) -> String {
        self.content_type.clone()
    }

    pub fn content_length(&self) -> Option<u32> {
        u32::try_from(self.length).ok()
    }

    pub fn read(&self, max: u32) -> Result<Vec<u8>, CallError> {
        let mut rest = self.rest.borrow_mut();
        let size = (max as usize).min(PIECE).min(rest.len());
        Ok(rest.drain(..size).collect())
    }
}

pub fn get_message_content(message_id: &str) -> Result<MessageContentStream, CallError> {
    call("content", "get-message-content")?;
    find(message_id)
}

pub fn get_message_content_preview(message_id: &str) -> Result<MessageContentStream, CallError> {
    call("content", "get-message-content-preview")?;
    find(message_id)
}

pub fn get_message_content_transcoding_by_message_id(
    message_id: &str,
) -> Result<String, CallError> {
    call("content", "get-message-content-transcoding-by-message-id")?;
    find(message_id)?;
    Ok(String::from("succeeded"))
}

fn find(message_id: &str) -> Result<MessageContentStream, CallError> {
    let medium = with(|world| world.contents.get(message_id).cloned());
    let medium = medium.map(MessageContentStream::new);
    medium.ok_or_else(|| not_found(&format!("content of {message_id}; see `Bot::content`")))
}
