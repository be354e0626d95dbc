//! The events of a pack, as bytes.

use std::sync::Arc;

use crate::journal::NewEvent;

/// Which of its properties an event has.
const HAS_MESSAGE: u8 = 1;
const IS_UNSEND: u8 = 2;
const IS_FROM_HOST: u8 = 4;

/// Each event is a byte of properties, and its texts.
pub(super) fn encode(events: &[&NewEvent]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in events {
        let property = |has: bool, property: u8| if has { property } else { 0 };
        bytes.push(
            property(event.message.is_some(), HAS_MESSAGE)
                | property(event.is_unsend, IS_UNSEND)
                | property(event.is_from_host, IS_FROM_HOST),
        );
        let message = event.message.as_deref().unwrap_or_default();
        for text in [&event.id, &event.chat, message, &event.body] {
            put_text(&mut bytes, text);
        }
    }
    bytes
}

/// Ends where the bytes are none of [`encode`].
pub(super) fn decode(mut bytes: &[u8]) -> impl Iterator<Item = NewEvent> {
    std::iter::from_fn(move || {
        let (&properties, rest) = bytes.split_first()?;
        bytes = rest;
        let mut text = || take_text(&mut bytes);
        let (id, chat, message, body) = (text()?, text()?, text()?, text()?);
        Some(NewEvent {
            id: id.to_owned(),
            chat: chat.to_owned(),
            message: (properties & HAS_MESSAGE != 0).then(|| message.to_owned()),
            is_unsend: properties & IS_UNSEND != 0,
            is_from_host: properties & IS_FROM_HOST != 0,
            body: Arc::from(body),
        })
    })
}

/// The events' ids.
pub(super) fn encode_ids(events: &[&NewEvent]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in events {
        put_text(&mut bytes, &event.id);
    }
    bytes
}

/// Ends where the bytes are none of [`encode_ids`].
pub(super) fn decode_ids(mut bytes: &[u8]) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || take_text(&mut bytes))
}

/// A text has its length before it.
fn put_text(bytes: &mut Vec<u8>, text: &str) {
    // No text is as long as that: the store takes none of 4 GiB.
    let length = u32::try_from(text.len()).unwrap_or_default();
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&text.as_bytes()[..length as usize]);
}

fn take_text<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    let (length, rest) = bytes.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let text = str::from_utf8(rest.get(..length)?).ok()?;
    *bytes = &rest[length..];
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_as_they_went_in() {
        let event = |id: &str, message: Option<&str>, is_unsend, is_from_host| NewEvent {
            id: id.to_owned(),
            chat: "日本".to_owned(),
            message: message.map(str::to_owned),
            is_unsend,
            is_from_host,
            body: "{}".into(),
        };
        let events = [
            event("a", None, false, true),
            event("b", Some(""), true, false),
            event("", Some("m"), false, false),
        ];
        let events: Vec<_> = events.iter().collect();
        let bytes = encode(&events);
        let ids = encode_ids(&events);
        assert_eq!(decode_ids(&ids).collect::<Vec<_>>(), ["a", "b", ""]);
        let decoded: Vec<_> = decode(&bytes).collect();
        assert_eq!(format!("{decoded:?}"), format!("{events:?}"));
        // A pack that is cut off has fewer events, and does no harm.
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).count() < 3);
        }
    }
}
