//! The response to a request.

use serde::de::DeserializeOwned;

use super::error::Error;

/// How much of an unexpected body an error shows, in characters: enough for a sentence of a service.
const SHOWN: usize = 200;

/// The whole response to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    url: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    /// A response: what a test's server gives.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            url: String::new(),
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same as the response to a request for a URL.
    pub(crate) fn of(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    /// The status, such as 200.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is one from 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The response, if its status is a success.
    ///
    /// # Errors
    ///
    /// [`Error::Status`] with how the body begins, if it is not.
    pub fn success(self) -> Result<Self, Error> {
        if self.is_success() {
            return Ok(self);
        }
        let body = String::from_utf8_lossy(&self.body);
        Err(Error::Status {
            status: self.status,
            body: body.trim().chars().take(SHOWN).collect(),
            url: self.url,
        })
    }

    /// The value of a header, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(it, _)| it.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    ///
    /// # Errors
    ///
    /// When it is not UTF-8.
    pub fn text(self) -> Result<String, Error> {
        let Self { url, body, .. } = self;
        String::from_utf8(body).map_err(|_| Error::Body {
            url,
            why: String::from("it is not UTF-8"),
        })
    }

    /// The body read as JSON.
    ///
    /// # Errors
    ///
    /// When it is not JSON of a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Body {
            url: self.url.clone(),
            why: error.to_string(),
        })
    }
}
