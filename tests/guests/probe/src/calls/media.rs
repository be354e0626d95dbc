//! Published media.

use botbox_sdk::media::{delete, start_upload};
use botbox_sdk::{content, publish};

use super::outcome::{Outcome, shown};
use crate::failure::broken;

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["upload", content_type, lifetime, head, size] => {
            Some(upload(content_type, lifetime, head, size))
        }
        ["write-too-much"] => Some(write_too_much()),
        ["hoard-uploads"] => Some(hoard()),
        ["republish", message] => Some(republish(message)),
        ["delete", url] => shown(delete(url)),
        _ => None,
    }
}

/// Uploads `head`, where `%` stands before two hexadecimal digits, and zeros up to a size.
fn upload(content_type: &str, lifetime: &str, head: &str, size: &str) -> Outcome {
    let upload = start_upload(content_type, lifetime.parse().ok())?;
    let mut bytes = decode(head);
    let mut left: usize = size.parse().unwrap_or_default();
    left = left.saturating_sub(bytes.len());
    upload.write(&bytes)?;
    bytes = vec![0; 1 << 20];
    while left > 0 {
        let piece = left.min(bytes.len());
        upload.write(&bytes[..piece])?;
        left -= piece;
    }
    let url = upload.finish()?;
    match (upload.write(b"more"), upload.finish()) {
        (Err(_), Err(_)) => Ok(url),
        _ => Ok(String::from("a finished upload goes on")),
    }
}

fn write_too_much() -> Outcome {
    let upload = start_upload("image/png", None)?;
    upload.write(&[0; (1 << 20) + 1])?;
    upload.finish()
}

fn hoard() -> Outcome {
    let mut uploads = Vec::new();
    loop {
        uploads.push(match start_upload("image/png", None) {
            Ok(upload) => upload,
            Err(_) => return Ok(format!("{} uploads", uploads.len())),
        });
    }
}

/// Publishes what a user sent.
fn republish(message: &str) -> Outcome {
    let content = content(message)?;
    let published = publish(&content.content_type(), content);
    Ok(published.unwrap_or_else(|error| broken(&error)))
}

fn decode(text: &str) -> Vec<u8> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        bytes.extend(u8::from_str_radix(digits, 16).ok());
        bytes.extend(rest.bytes());
    }
    bytes
}
