//! A channel's id and secrets, by which LINE authenticates who speaks for it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::arguments::bad_argument;
use crate::error::Error;

/// A channel's id and secrets.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The channel's numeric id.
    pub channel_id: String,
    /// The channel's secrets, of which LINE takes one. There are several while the secret is changed.
    pub secrets: Vec<SecretString>,
}

impl Credentials {
    /// Makes a request with the channel's secrets, one after the other, until LINE takes one.
    pub(crate) async fn with_a_secret<'a, T, F: Future<Output = Result<T, Error>>>(
        &'a self,
        request: impl Fn(&'a SecretString) -> F,
    ) -> Result<T, Error> {
        let mut refused = Error::Argument {
            argument: "channel secret",
            reason: String::from("there is none"),
        };
        for secret in &self.secrets {
            match request(secret).await {
                Err(error) if refuses_credentials(&error) => refused = error,
                result => return result,
            }
        }
        Err(refused)
    }

    /// The value of an `Authorization` header with one of the secrets (RFC 7617).
    pub(crate) fn basic(&self, secret: &SecretString) -> Result<HeaderValue, Error> {
        let pair = format!("{}:{}", self.channel_id, secret.expose_secret());
        let value = format!("Basic {}", STANDARD.encode(pair));
        let mut value =
            HeaderValue::try_from(value).map_err(|error| bad_argument("channel secret", error))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

/// Whether LINE does not know who asks by what it was shown, so that it would refuse the same again.
pub(crate) fn refuses_credentials(error: &Error) -> bool {
    match error {
        Error::Response(response) => matches!(response.status, 400 | 401 | 403 | 404),
        Error::Argument { .. } => true,
        _ => false,
    }
}
