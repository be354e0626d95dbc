//! Media that the bot publishes.

use std::cell::RefCell;

use crate::generated::botbox::line::errors::{CallError, ErrorKind};

use super::world::{Medium, call, call_error, with};

#[derive(Debug)]
pub struct Upload {
    content_type: String,
    /// Nothing once it is published.
    bytes: RefCell<Option<Vec<u8>>>,
}

impl Upload {
    pub fn write(&self, bytes: &[u8]) -> Result<(), CallError> {
        match &mut *self.bytes.borrow_mut() {
            Some(written) => {
                written.extend_from_slice(bytes);
                Ok(())
            }
            None => Err(ended()),
        }
    }

    pub fn finish(&self) -> Result<String, CallError> {
        let bytes = self.bytes.take().ok_or_else(ended)?;
        Ok(with(|world| {
            let url = format!("https://botbox.example/media/{}", world.number());
            let content_type = self.content_type.clone();
            let medium = Medium {
                content_type,
                bytes,
            };
            world.media.insert(url.clone(), medium);
            url
        }))
    }
}

pub fn start_upload(
    content_type: &str,
    _lifetime_seconds: Option<u32>,
) -> Result<Upload, CallError> {
    call("media", "start-upload")?;
    Ok(Upload {
        content_type: content_type.to_owned(),
        bytes: RefCell::new(Some(Vec::new())),
    })
}

pub fn delete(url: &str) -> Result<bool, CallError> {
    call("media", "delete")?;
    Ok(with(|world| world.media.remove(url).is_some()))
}

fn ended() -> CallError {
    call_error(ErrorKind::Invalid, "the upload has ended")
}
