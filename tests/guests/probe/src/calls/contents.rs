//! What users sent.

use botbox_sdk::content::{
    MessageContentStream, get_message_content, get_message_content_preview,
    get_message_content_transcoding_by_message_id,
};
use botbox_sdk::errors::CallError;

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["get-message-content", message] => Some(get_message_content(message).and_then(read)),
        ["get-message-content-preview", message] => {
            Some(get_message_content_preview(message).and_then(read))
        }
        ["get-message-content-transcoding", message] => {
            shown(get_message_content_transcoding_by_message_id(message))
        }
        _ => None,
    }
}

/// Reads a content to its end.
fn read(stream: MessageContentStream) -> Result<String, CallError> {
    let mut bytes = 0;
    loop {
        match stream.read(u32::MAX)?.len() {
            0 => break,
            more => bytes += more,
        }
    }
    let (kind, length) = (stream.content_type(), stream.content_length());
    Ok(format!("{kind}: {bytes} of {length:?} bytes"))
}
