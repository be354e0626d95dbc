//! A request that is being made.

use std::time::Duration;

use serde::Serialize;

use super::error::Error;
use super::response::Response;
use super::url;

/// How a request gets to the web.
pub(crate) type Send = fn(&Request) -> Result<Response, Error>;

/// A request to the web; see the [module](super).
#[derive(Clone, Debug)]
#[must_use = "a request is made when it is sent"]
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Result<Vec<u8>, String>,
    timeout: Option<Duration>,
    send: Send,
}

impl Request {
    pub(super) fn new(method: String, url: String, send: Send) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: Ok(Vec::new()),
            timeout: None,
            send,
        }
    }

    /// Adds a field to the URL's query.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        url::add_query(&mut self.url, name, &value.to_string());
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds the header `authorization` with a bearer token.
    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        self.header("authorization", format!("Bearer {}", token.as_ref()))
    }

    /// Sets the body.
    pub fn body(mut self, content_type: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        self.body = Ok(body.into());
        self.header("content-type", content_type)
    }

    /// Sets the body to the JSON of a value.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(value).map_err(|error| error.to_string());
        self.header("content-type", "application/json")
    }

    /// How long to wait for a connection, for the response's beginning, and for each next piece of it. When
    /// nothing is said, the host decides.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Makes the request, and waits for the whole response, whatever its status is.
    ///
    /// # Errors
    ///
    /// Why there is no response.
    pub fn send(self) -> Result<Response, Error> {
        if let Err(why) = &self.body {
            return Err(Error::Invalid {
                why: format!("the body for {} has no JSON: {why}", self.url),
            });
        }
        (self.send)(&self)
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The URL, with the query.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers, in their order.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The bytes of the body; empty without one.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    #[cfg(target_arch = "wasm32")]
    pub(super) fn patience(&self) -> Option<Duration> {
        self.timeout
    }
}
