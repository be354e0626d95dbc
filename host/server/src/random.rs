//! Names that nobody can guess.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest;
use ring::error::Unspecified;
use ring::rand::{self, SystemRandom};

/// How long the text of a [`random`] name is.
pub(crate) const LENGTH: usize = 22;

/// The system has no random numbers to give.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub(crate) struct NoRandom;

impl From<Unspecified> for NoRandom {
    fn from(Unspecified: Unspecified) -> Self {
        Self
    }
}

/// 128 random bits, in base64url.
pub(crate) fn random() -> Result<String, NoRandom> {
    let bytes: [u8; 16] = rand::generate(&SystemRandom::new())?.expose();
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// What stands for a secret where the secret itself must not be kept: its SHA-256, in base64url.
pub(crate) fn digest(secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}
