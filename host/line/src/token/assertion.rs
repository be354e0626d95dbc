//! The assertion by which LINE knows a channel (LINE documentation, "Issue channel access tokens
//! v2.1"): a JSON Web Token that the channel's private key signs.
//!
//! It is written here, not by `jsonwebtoken`: that brings a second stack of cryptography beside `ring`, and
//! reads no private key that is a JWK, the form that LINE's documentation has.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL;
use ring::error::KeyRejected;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How long an assertion is valid, in seconds: 15 minutes. LINE takes it up to 30 minutes ahead,
/// so this machine's clock may be wrong by 15 minutes either way.
const ASSERTION_LIFETIME: u64 = 15 * 60;

/// A channel's assertion signing key.
pub struct AssertionKey {
    id: String,
    key: Box<RsaKeyPair>,
}

/// Why a text is no assertion signing key.
#[derive(Debug, thiserror::Error)]
pub enum BadKey {
    /// It is neither PEM nor JSON.
    #[error(
        "it is no private key: give it as PEM (`-----BEGIN PRIVATE KEY-----`) or as JWK (JSON)"
    )]
    Unreadable,
    /// A part of the JWK is missing or is not base64url.
    #[error("the JWK of a private RSA key has `n`, `e`, `d`, `p`, `q`, `dp`, `dq` and `qi`: {0}")]
    Jwk(String),
    /// It is a key, but not one that can sign.
    #[error("it is no RSA key of 2048 bits or more: {0}")]
    Rejected(KeyRejected),
}

/// A private key as LINE's documentation generates it. Members that are not needed are not read.
#[derive(Deserialize)]
struct Jwk {
    n: SecretString,
    e: SecretString,
    d: SecretString,
    p: SecretString,
    q: SecretString,
    dp: SecretString,
    dq: SecretString,
    qi: SecretString,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'static str,
    exp: u64,
    token_exp: u64,
}

impl AssertionKey {
    /// What LINE calls the type of the assertion.
    pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// The private key, as PEM or as JWK, and the id that the LINE Developers Console shows for its
    /// public half.
    ///
    /// # Errors
    ///
    /// What is wrong with the key, without showing it.
    pub fn new(id: impl Into<String>, key: &SecretString) -> Result<Self, BadKey> {
        let text = key.expose_secret().trim();
        let key = if text.starts_with('{') {
            from_jwk(text)?
        } else {
            from_pem(text)?
        };
        Ok(Self {
            id: id.into(),
            key: Box::new(key),
        })
    }

    /// An assertion that the channel asks, valid from `now` on, in seconds since 1970; for a token that is
    /// to be valid for so many seconds.
    pub(super) fn assertion(
        &self,
        channel_id: &str,
        token_lifetime: u64,
        now: u64,
    ) -> Result<SecretString, Error> {
        let header = Header {
            alg: "RS256",
            typ: "JWT",
            kid: &self.id,
        };
        let claims = Claims {
            iss: channel_id,
            sub: channel_id,
            aud: "https://api.line.me/",
            exp: now + ASSERTION_LIFETIME,
            token_exp: token_lifetime,
        };
        let signed = format!("{}.{}", encode(&header)?, encode(&claims)?);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .map_err(unusable)?;
        Ok(format!("{signed}.{}", BASE64_URL.encode(signature)).into())
    }
}

fn encode(part: &impl Serialize) -> Result<String, Error> {
    let json = serde_json::to_vec(part).map_err(unusable)?;
    Ok(BASE64_URL.encode(json))
}

fn unusable(error: impl fmt::Display) -> Error {
    Error::Argument {
        argument: "assertion",
        reason: error.to_string(),
    }
}

fn from_pem(text: &str) -> Result<RsaKeyPair, BadKey> {
    let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| BadKey::Unreadable)?;
    let key = match &key {
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()),
        key => RsaKeyPair::from_pkcs8(key.secret_der()),
    };
    key.map_err(BadKey::Rejected)
}

fn from_jwk(text: &str) -> Result<RsaKeyPair, BadKey> {
    // The message names a field or a place; it shows no value of a text.
    let jwk: Jwk = serde_json::from_str(text).map_err(|error| BadKey::Jwk(error.to_string()))?;
    let components = KeyPairComponents {
        public_key: PublicKeyComponents {
            n: Number::decode("n", &jwk.n)?,
            e: Number::decode("e", &jwk.e)?,
        },
        d: Number::decode("d", &jwk.d)?,
        p: Number::decode("p", &jwk.p)?,
        q: Number::decode("q", &jwk.q)?,
        dP: Number::decode("dp", &jwk.dp)?,
        dQ: Number::decode("dq", &jwk.dq)?,
        qInv: Number::decode("qi", &jwk.qi)?,
    };
    RsaKeyPair::from_components(&components).map_err(BadKey::Rejected)
}

/// A number of a key, without the zeros in front that some tools write.
struct Number(SecretSlice<u8>);

impl Number {
    fn decode(name: &str, text: &SecretString) -> Result<Self, BadKey> {
        let text = text.expose_secret().trim_end_matches('=');
        let bytes = BASE64_URL.decode(text);
        let bytes = bytes.map_err(|_| BadKey::Jwk(format!("`{name}` is not base64url")))?;
        Ok(Self(bytes.into()))
    }
}

impl AsRef<[u8]> for Number {
    fn as_ref(&self) -> &[u8] {
        let bytes = self.0.expose_secret();
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        &bytes[zeros..]
    }
}

impl fmt::Debug for AssertionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("AssertionKey");
        debug.field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use serde_json::{Value, json};

    use super::*;

    // Keys of these tests, used nowhere else. Both files have the same one.
    const PEM: &str = include_str!("test_keys/pkcs8.pem");
    const JWK: &str = include_str!("test_keys/jwk.json");

    /// 2026-08-01T00:00:00Z.
    const NOW: u64 = 1_785_542_400;

    fn key(text: &str) -> Result<AssertionKey, BadKey> {
        AssertionKey::new("a-key", &text.into())
    }

    #[test]
    fn both_forms_sign_what_line_checks() {
        let pem = key(PEM).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pem.key.public());
        for key in [key(PEM).unwrap(), key(JWK).unwrap()] {
            let assertion = key.assertion("1650000000", 2_592_000, NOW).unwrap();
            let parts: Vec<_> = assertion.expose_secret().split('.').collect();
            let [header, claims, signature] = parts[..] else {
                panic!("a JWT has three parts");
            };
            let decode = |part: &str| BASE64_URL.decode(part).unwrap();
            let json = |part: &str| serde_json::from_slice::<Value>(&decode(part)).unwrap();
            public
                .verify(format!("{header}.{claims}").as_bytes(), &decode(signature))
                .unwrap();
            assert_eq!(
                json(header),
                json!({"alg": "RS256", "typ": "JWT", "kid": "a-key"})
            );
            let claims = json(claims);
            assert_eq!(
                claims,
                json!({"iss": "1650000000", "sub": "1650000000", "aud": "https://api.line.me/",
                       "exp": NOW + 15 * 60, "token_exp": 2_592_000})
            );
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        let jwk: Value = serde_json::from_str(JWK).unwrap();
        let with = |name: &str, value: Value| {
            let mut jwk = jwk.clone();
            jwk[name] = value;
            jwk.to_string()
        };
        for (text, expected) in [
            (String::from("hunter2"), "it is no private key"),
            (PEM.replace("PRIVATE", "PUBLIC"), "it is no private key"),
            (String::from("{}"), "missing field `n`"),
            (with("d", json!("hunter2!")), "`d` is not base64url"),
            (with("qi", json!("AQAB")), "it is no RSA key of 2048 bits"),
        ] {
            let error = key(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}, expected {expected}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(!format!("{:?}", key(JWK)).contains(jwk["d"].as_str().unwrap()));
    }
}
