//! Client assertions: JSON Web Tokens with which a bot proves who it is (LINE documentation,
//! "Generate a JSON Web Token").

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bots::access_tokens::MAX_LIFETIME;
use crate::ids;

/// How many keys one bot can have; more are refused. A bot has one, and two while it changes them.
pub(crate) const MAX_KEYS: usize = 100;

/// For whom an assertion is.
const AUDIENCE: &str = "https://api.line.me/";

/// How long an assertion can live.
const MAX_ASSERTION_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// The public keys of one bot, by key id.
#[derive(Default)]
pub(crate) struct AssertionKeys(HashMap<String, RsaPublicKeyComponents<Vec<u8>>>);

/// A public key as a JSON Web Key (RFC 7517). LINE gives it its key id; here one can be asked for.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    kid: Option<String>,
    kty: String,
    alg: Option<String>,
    n: String,
    e: String,
}

/// An assertion, not verified yet.
pub(crate) struct Assertion {
    /// What the signature is over.
    signed: String,
    signature: Vec<u8>,
    header: Header,
    claims: Claims,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    /// In seconds since 1970.
    exp: u64,
    /// In seconds.
    token_exp: Option<u64>,
}

/// Why LINE does not take an assertion; the texts are its `error_description`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidAssertion {
    #[error("Invalid client_assertion")]
    Malformed,
    #[error("Invalid alg")]
    Algorithm,
    #[error("Cannot find channel key that satisfies the conditions")]
    UnknownKey,
    #[error("Invalid signature")]
    Signature,
    #[error("Invalid sub")]
    Subject,
    #[error("Invalid aud")]
    Audience,
    #[error("Invalid exp")]
    Expiration,
    #[error("Invalid token_exp")]
    TokenExpiration,
}

impl AssertionKeys {
    /// Takes a key in and gives its key id; `None` when it is no RSA key for RS256.
    pub(crate) fn add(&mut self, key: Jwk) -> Option<String> {
        let fits = key.kty == "RSA" && key.alg.is_none_or(|alg| alg == "RS256");
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let components = RsaPublicKeyComponents {
            n: decode(&key.n).filter(|_| fits)?,
            e: decode(&key.e)?,
        };
        let kid = key.kid.unwrap_or_else(ids::hex);
        self.0.insert(kid.clone(), components);
        Some(kid)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= MAX_KEYS
    }
}

impl Assertion {
    pub(crate) fn parse(jwt: &str) -> Result<Self, InvalidAssertion> {
        let parse = || {
            let (signed, signature) = jwt.rsplit_once('.')?;
            let (header, claims) = signed.split_once('.')?;
            Some(Self {
                signed: signed.to_owned(),
                signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
                header: decode_json(header)?,
                claims: decode_json(claims)?,
            })
        };
        parse().ok_or(InvalidAssertion::Malformed)
    }

    /// The channel that it says it is from.
    pub(crate) fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// Checks that the owner of one of `keys` made it, for LINE and for now, in milliseconds since
    /// 1970.
    pub(crate) fn verify(&self, keys: &AssertionKeys, now: u64) -> Result<(), InvalidAssertion> {
        if self.header.alg != "RS256" {
            return Err(InvalidAssertion::Algorithm);
        }
        let key = keys.0.get(&self.header.kid);
        key.ok_or(InvalidAssertion::UnknownKey)?
            .verify(
                &RSA_PKCS1_2048_8192_SHA256,
                self.signed.as_bytes(),
                &self.signature,
            )
            .map_err(|_| InvalidAssertion::Signature)?;
        if self.claims.sub != self.claims.iss {
            return Err(InvalidAssertion::Subject);
        }
        if self.claims.aud != AUDIENCE {
            return Err(InvalidAssertion::Audience);
        }
        let now = now / 1000;
        let latest = now + MAX_ASSERTION_LIFETIME.as_secs();
        if !(now + 1..=latest).contains(&self.claims.exp) {
            return Err(InvalidAssertion::Expiration);
        }
        Ok(())
    }

    /// How long the token is to live that it asks for.
    pub(crate) fn token_lifetime(&self) -> Result<Duration, InvalidAssertion> {
        let seconds = self.claims.token_exp;
        seconds
            .filter(|seconds| (1..=MAX_LIFETIME.as_secs()).contains(seconds))
            .map(Duration::from_secs)
            .ok_or(InvalidAssertion::TokenExpiration)
    }
}

fn decode_json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
