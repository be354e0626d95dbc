//! The vault: secrets as they are at rest, encrypted with the host's key (XChaCha20-Poly1305).
//!
//! A sealed secret belongs to one channel and one name: put elsewhere in the store, it does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};

use botbox_store::ChannelId;

/// The form of what is sealed: it begins with this, the key's mark, and the nonce.
const FORM: u8 = 1;

const MARK_BYTES: usize = 4;

const NONCE_BYTES: usize = 24;

const HEAD_BYTES: usize = 1 + MARK_BYTES + NONCE_BYTES;

/// The shortest text of a key: 32 characters. Of random letters and digits, that is 190 bits.
pub(crate) const KEY_LENGTH: usize = 32;

/// Seals and opens secrets.
pub(crate) struct Vault {
    /// The first one seals.
    keys: Vec<Key>,
    random: SystemRandom,
}

struct Key {
    /// Tells which key sealed a secret. It tells nothing of the key.
    mark: [u8; MARK_BYTES],
    cipher: XChaCha20Poly1305,
}

/// Why a secret can't be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error("this machine gives no random numbers")]
    NoRandom,
    #[error(
        "the secret was encrypted with a key that the host does not have: give it under \
         `secrets.previous_keys`, or set the secret again"
    )]
    OtherKey,
    #[error("the secret in the store is damaged: set it again")]
    Damaged,
}

impl Vault {
    /// A vault with the key that seals, and older ones that still open.
    pub(crate) fn new(key: &SecretString, previous: &[SecretString]) -> Self {
        let keys = std::iter::once(key).chain(previous).map(Key::new).collect();
        Self {
            keys,
            random: SystemRandom::new(),
        }
    }

    /// Encrypts a secret of a channel.
    pub(crate) fn seal(
        &self,
        channel: ChannelId,
        name: &str,
        secret: &SecretString,
    ) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        self.random
            .fill(&mut nonce)
            .map_err(|_| VaultError::NoRandom)?;
        // There is always one.
        let key = self.keys.first().ok_or(VaultError::OtherKey)?;
        let payload = Payload {
            msg: secret.expose_secret().as_bytes(),
            aad: &owner(channel, name),
        };
        let encrypted = key.cipher.encrypt(&XNonce::from(nonce), payload);
        let encrypted = encrypted.map_err(|_| VaultError::Damaged)?;
        let mut sealed = Vec::with_capacity(HEAD_BYTES + encrypted.len());
        sealed.push(FORM);
        sealed.extend(key.mark);
        sealed.extend(nonce);
        sealed.extend(encrypted);
        Ok(sealed)
    }

    /// Decrypts a secret of a channel.
    pub(crate) fn open(
        &self,
        channel: ChannelId,
        name: &str,
        sealed: &[u8],
    ) -> Result<SecretString, VaultError> {
        let (head, encrypted) = sealed
            .split_first_chunk::<HEAD_BYTES>()
            .ok_or(VaultError::Damaged)?;
        let (form, rest) = (head[0], &head[1..]);
        let (mark, nonce) = rest.split_at(MARK_BYTES);
        if form != FORM {
            return Err(VaultError::Damaged);
        }
        let key = self.keys.iter().find(|key| key.mark == mark);
        let key = key.ok_or(VaultError::OtherKey)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| VaultError::Damaged)?;
        let payload = Payload {
            msg: encrypted,
            aad: &owner(channel, name),
        };
        let secret = key.cipher.decrypt(&XNonce::from(nonce), payload);
        let secret = secret.map_err(|_| VaultError::Damaged)?;
        let secret = String::from_utf8(secret).map_err(|_| VaultError::Damaged)?;
        Ok(secret.into())
    }
}

impl Key {
    fn new(key: &SecretString) -> Self {
        let digest = |domain: &[u8]| {
            let text = [domain, key.expose_secret().as_bytes()].concat();
            digest(&SHA256, &text)
        };
        let mut mark = [0; MARK_BYTES];
        mark.copy_from_slice(&digest(b"botbox secret key mark\n").as_ref()[..MARK_BYTES]);
        let mut bytes = [0; 32];
        // Of as many bytes as the digest has. The text is random, so no slow derivation is needed.
        bytes.copy_from_slice(digest(b"botbox secret key\n").as_ref());
        Self {
            mark,
            cipher: XChaCha20Poly1305::new(&bytes.into()),
        }
    }
}

/// What a sealed secret is bound to.
fn owner(channel: ChannelId, name: &str) -> Vec<u8> {
    format!("{}\n{name}", channel.0).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> SecretString {
        text.into()
    }

    #[test]
    fn a_secret_opens_with_its_key_at_its_place_only() {
        let vault = Vault::new(&key("one"), &[]);
        let secret = key("very secret");
        let sealed = vault.seal(ChannelId(1), "token", &secret).unwrap();
        assert!(!sealed.windows(6).any(|it| it == b"secret"));
        let opened = vault.open(ChannelId(1), "token", &sealed).unwrap();
        assert_eq!(opened.expose_secret(), "very secret");
        assert_ne!(sealed, vault.seal(ChannelId(1), "token", &secret).unwrap());
        for (channel, name) in [(2, "token"), (1, "other")] {
            let opened = vault.open(ChannelId(channel), name, &sealed);
            assert!(matches!(opened, Err(VaultError::Damaged)));
        }
        let newer = Vault::new(&key("two"), &[key("one")]);
        assert!(newer.open(ChannelId(1), "token", &sealed).is_ok());
        let other = Vault::new(&key("two"), &[]);
        let opened = other.open(ChannelId(1), "token", &sealed);
        assert!(matches!(opened, Err(VaultError::OtherKey)));
    }

    #[test]
    fn whatever_is_damaged_does_not_open() {
        let vault = Vault::new(&key("one"), &[]);
        let sealed = vault.seal(ChannelId(1), "token", &key("secret")).unwrap();
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(vault.open(ChannelId(1), "token", &damaged).is_err(), "{at}");
            assert!(vault.open(ChannelId(1), "token", &sealed[..at]).is_err());
        }
    }
}
