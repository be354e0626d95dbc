//! The `x-line-signature` header: Base64 of HMAC-SHA256 over the raw request body, keyed with the
//! channel secret (LINE reference, "Signature validation").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// The name of the header that carries the signature. LINE may change its case without notice;
/// HTTP header names compare without case anyway.
pub const HEADER: &str = "x-line-signature";

/// Signs `body` as the LINE Platform does.
#[must_use]
pub fn sign(channel_secret: &str, body: &[u8]) -> String {
    STANDARD.encode(hmac::sign(&key(channel_secret), body))
}

/// Whether `signature` is the signature of `body`, compared in constant time.
///
/// `body` must be the bytes as they came: LINE escapes some characters, so JSON that was parsed
/// and written again has another signature.
#[must_use]
pub fn verify(channel_secret: &str, body: &[u8], signature: &[u8]) -> bool {
    let Ok(claimed) = STANDARD.decode(signature) else {
        return false;
    };
    hmac::verify(&key(channel_secret), body, &claimed).is_ok()
}

fn key(channel_secret: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, channel_secret.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    // LINE's own test vector (Messaging API documentation, "Verify webhook signature").
    const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";
    const BODY: &[u8] = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
    const SIGNATURE: &str = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=";

    #[test]
    fn published_vector() {
        assert_eq!(sign(SECRET, BODY), SIGNATURE);
        assert!(verify(SECRET, BODY, SIGNATURE.as_bytes()));
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        for bit in 0..BODY.len() * 8 {
            let mut body = BODY.to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            assert!(!verify(SECRET, &body, SIGNATURE.as_bytes()), "bit {bit}");
        }
    }

    #[test]
    fn what_is_not_a_signature_is_refused() {
        for signature in ["", "not base64!", "AAAA", &SIGNATURE[1..]] {
            assert!(!verify(SECRET, BODY, signature.as_bytes()), "{signature:?}");
        }
        assert!(!verify("another secret", BODY, SIGNATURE.as_bytes()));
    }
}
