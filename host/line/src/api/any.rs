//! Any operation of LINE's API, by its method and path: what has no function of its own (yet).

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderValue;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;
use crate::transport::RawResponse;

/// The methods that LINE's API has.
pub const API_METHODS: [Method; 4] = [Method::GET, Method::POST, Method::PUT, Method::DELETE];

/// The largest answer that is read: 4 MiB.
pub const API_RESPONSE_LIMIT: usize = 4 << 20;

/// The longest path with its query, in bytes. LINE's longest queries are a few hundred.
const PATH_LIMIT: usize = 2_000;

/// A request that was checked: its path means the same to everybody who reads it.
#[derive(Debug)]
pub struct ApiRequest {
    method: Method,
    /// With the query.
    path: String,
    /// With its media type.
    body: Option<(HeaderValue, Bytes)>,
}

impl ApiRequest {
    /// Checks a request, and corrects nothing: a path that two servers could read differently is refused.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] when the method is none of [`API_METHODS`], the path is not absolute, or
    /// has other characters than letters, digits, `-`, `_`, `.` and `~`, an empty segment, `.` or
    /// `..`; when the query has characters that a query can't have; and when the content type is
    /// not one, or missing where there is a body.
    pub fn new(
        method: &str,
        path: String,
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Self, Error> {
        let wrong = |argument, reason| Error::Argument { argument, reason };
        let known = API_METHODS.into_iter().find(|it| it.as_str() == method);
        let method = known.ok_or_else(|| {
            let reason = String::from("it is none of GET, POST, PUT and DELETE");
            wrong("method", reason)
        })?;
        if path.len() > PATH_LIMIT {
            let reason = format!("it has {} bytes, more than {PATH_LIMIT}", path.len());
            return Err(wrong("path", reason));
        }
        let (segments, query) = split(&path);
        check_api_segments(segments).map_err(|reason| wrong("path", reason))?;
        check_query(query).map_err(|reason| wrong("path", reason))?;
        let content_type = content_type.map(HeaderValue::from_str).transpose();
        let content_type =
            content_type.map_err(|error| wrong("content-type", error.to_string()))?;
        if content_type.is_none() && !body.is_empty() {
            let reason = String::from("a body has one");
            return Err(wrong("content-type", reason));
        }
        Ok(Self {
            body: content_type.map(|it| (it, body.into())),
            method,
            path,
        })
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        split(&self.path).0
    }

    /// The operation that it is, if it is a known one.
    #[must_use]
    pub fn operation(&self) -> Option<Operation> {
        Operation::find(&self.method, self.path())
    }
}

impl Client {
    /// Makes a request with the channel's access token, and repeats only a GET. A known operation has a rate
    /// and a server of its own; any other has LINE's usual rate, and goes to `api.line.me`.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] when the answer is larger than [`API_RESPONSE_LIMIT`], and as every
    /// call.
    pub async fn call(&self, call: ApiRequest) -> Result<RawResponse, Error> {
        let operation = call.operation();
        let mut request = self.unlisted_request(call.method, call.path, operation);
        if let Some((content_type, body)) = call.body {
            request = request.body(content_type, body);
        }
        request.receive_raw(API_RESPONSE_LIMIT).await
    }
}

fn split(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}

/// Checks a path without a query.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_api_segments(path: &str) -> Result<(), String> {
    let segments = path.strip_prefix('/');
    let segments = segments.ok_or("does not begin with `/`")?;
    // No percent signs: what is encoded here may be decoded there, after it was compared.
    let is_odd = |c: char| !c.is_ascii_alphanumeric() && !"-_.~/".contains(c);
    if let Some(odd) = segments.chars().find(|&c| is_odd(c)) {
        return Err(format!(
            "contains {odd:?}; use letters, digits, `-`, `_`, `.` and `~`"
        ));
    }
    match segments.split('/').find(|it| ["", ".", ".."].contains(it)) {
        Some("") => Err(String::from("has an empty segment")),
        Some(dots) => Err(format!("has the segment `{dots}`")),
        None => Ok(()),
    }
}

/// Checks that a query has the characters of one (RFC 3986, section 3.4) only.
fn check_query(query: &str) -> Result<(), String> {
    let is_odd = |c: char| !c.is_ascii_alphanumeric() && !"-._~!$&'()*+,;=:@/?%".contains(c);
    match query.chars().find(|&c| is_odd(c)) {
        Some(odd) => Err(format!("has {odd:?} in its query; write it in percents")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> Result<ApiRequest, Error> {
        ApiRequest::new("GET", path.to_owned(), None, Vec::new())
    }

    #[test]
    fn paths_that_mean_one_thing() {
        for path in [
            "/v2/bot/info",
            "/liff/v1/apps/1234567890-AbcdEfgh",
            "/v2/bot/coupon?status=RUNNING&start=a%2Fb%3D..",
            "/v2/bot/coupon?next=/../?",
        ] {
            let request = request(path).unwrap();
            assert_eq!(request.path(), path.split('?').next().unwrap());
        }
        let operation = request("/v2/bot/coupon?limit=1").unwrap().operation();
        assert_eq!(operation, Some(Operation::ListCoupon));
    }

    #[test]
    fn paths_that_may_mean_another() {
        for path in [
            "",
            "v2/bot/info",
            "/",
            "//example.com/v2",
            "/v2//info",
            "/v2/bot/info/",
            "/v2/./info",
            "/v2/../oauth2",
            "/v2/%2e%2e/oauth2",
            "/v2/bot%2Finfo",
            "/v2/bot/message/pus%68",
            "/v2/bot/message/push;x=1",
            "/v2/bot\\info",
            "/v2/bot/info#x",
            "/v2/bot/info?x#y",
            "/v2/bot/info\r\nx: y",
            "/v2/bot/info?a b",
            "/v2/bot/info?a\u{0}",
            "/v2/bot/ınfo",
            "@example.com/v2",
            "https://example.com/v2",
        ] {
            assert!(request(path).is_err(), "{path:?}");
        }
        assert!(request(&format!("/{}", "x".repeat(PATH_LIMIT))).is_err());
        for method in ["get", "PATCH", "CONNECT", ""] {
            let path = String::from("/v2/bot/info");
            assert!(ApiRequest::new(method, path, None, Vec::new()).is_err());
        }
    }
}
