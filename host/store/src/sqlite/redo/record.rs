//! The records of the log, as bytes.
//!
//! A record begins with its kind, and has its numbers as eight little-endian bytes and its texts behind their
//! lengths. Whether bytes are what was written is the log's to check, by the frame that has them.

use std::time::Duration;

use crate::journal::Position;

/// One change of the journal. Times are milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Record<'a> {
    /// An event arrived. It waits.
    Appended {
        position: Position,
        /// The channel's row.
        channel: i64,
        received: i64,
        is_from_host: bool,
        id: &'a str,
        chat: &'a str,
        message: Option<&'a str>,
        body: &'a str,
    },
    /// A waiting event has a note, in place of an earlier one.
    Noted { position: Position, note: &'a str },
    /// A waiting event is handled. Its content is kept for some time, or not at all.
    Handled {
        position: Position,
        at: i64,
        keep: Duration,
    },
}

const APPENDED: u8 = 1;
const NOTED: u8 = 2;
const HANDLED: u8 = 3;

const FROM_HOST: u8 = 1;
const HAS_MESSAGE: u8 = 2;

impl<'a> Record<'a> {
    /// Writes the record behind what is there.
    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        match *self {
            Self::Appended {
                position,
                channel,
                received,
                is_from_host,
                id,
                chat,
                message,
                body,
            } => {
                let from_host = if is_from_host { FROM_HOST } else { 0 };
                let has_message = message.map_or(0, |_| HAS_MESSAGE);
                to.extend([APPENDED, from_host | has_message]);
                [position, channel, received]
                    .iter()
                    .for_each(|&it| put_number(to, it));
                [id, chat, message.unwrap_or_default(), body]
                    .iter()
                    .for_each(|it| put_text(to, it));
            }
            Self::Noted { position, note } => {
                to.push(NOTED);
                put_number(to, position);
                put_text(to, note);
            }
            Self::Handled { position, at, keep } => {
                to.push(HANDLED);
                put_number(to, position);
                put_number(to, at);
                put_number(to, keep.as_millis().try_into().unwrap_or(i64::MAX));
            }
        }
    }

    fn decode(from: &mut &'a [u8]) -> Option<Self> {
        match byte(from)? {
            APPENDED => {
                let flags = byte(from)?;
                let (position, channel, received) = (number(from)?, number(from)?, number(from)?);
                let (id, chat) = (text(from)?, text(from)?);
                let (message, body) = (text(from)?, text(from)?);
                Some(Self::Appended {
                    position,
                    channel,
                    received,
                    is_from_host: flags & FROM_HOST != 0,
                    id,
                    chat,
                    message: (flags & HAS_MESSAGE != 0).then_some(message),
                    body,
                })
            }
            NOTED => Some(Self::Noted {
                position: number(from)?,
                note: text(from)?,
            }),
            HANDLED => Some(Self::Handled {
                position: number(from)?,
                at: number(from)?,
                keep: Duration::from_millis(number(from)?.try_into().ok()?),
            }),
            _ => None,
        }
    }
}

fn put_number(to: &mut Vec<u8>, number: i64) {
    to.extend(number.to_le_bytes());
}

/// A text is shorter than 4 GiB: the log has room for far less.
fn put_text(to: &mut Vec<u8>, text: &str) {
    to.extend((text.len() as u32).to_le_bytes());
    to.extend(text.as_bytes());
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (&byte, rest) = from.split_first()?;
    *from = rest;
    Some(byte)
}

fn number(from: &mut &[u8]) -> Option<i64> {
    let (&number, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(i64::from_le_bytes(number))
}

fn text<'a>(from: &mut &'a [u8]) -> Option<&'a str> {
    let (&length, rest) = from.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u32::from_le_bytes(length) as usize)?;
    *from = rest;
    str::from_utf8(text).ok()
}

/// The records in some bytes, in their order. They end before the first that is none.
pub(crate) struct Records<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let record = Record::decode(&mut self.0);
        if record.is_none() {
            self.0 = &[];
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn records_are_read_as_they_were_written(
            numbers in prop::collection::vec(any::<i64>(), 3),
            texts in prop::collection::vec(".{0,20}", 4),
            message in any::<bool>(),
            is_from_host in any::<bool>(),
            keep in 0..i64::MAX as u64,
        ) {
            let records = [
                Record::Appended {
                    position: numbers[0],
                    channel: numbers[1],
                    received: numbers[2],
                    is_from_host,
                    id: &texts[0],
                    chat: &texts[1],
                    message: message.then_some(&texts[2]),
                    body: &texts[3],
                },
                Record::Noted { position: numbers[0], note: &texts[0] },
                Record::Handled {
                    position: numbers[0],
                    at: numbers[1],
                    keep: Duration::from_millis(keep),
                },
            ];
            let mut bytes = Vec::new();
            records.iter().for_each(|it| it.encode(&mut bytes));
            prop_assert_eq!(Records(&bytes).collect::<Vec<_>>(), records);
        }

        #[test]
        fn any_bytes_have_an_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Records(&bytes).count() <= bytes.len());
        }
    }
}
