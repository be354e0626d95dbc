//! The parts of a URL that a request consists of.

use super::error::Error;

/// A URL of `http` or `https`.
#[derive(Debug, PartialEq)]
pub(crate) struct Url<'u> {
    pub(crate) is_https: bool,
    /// Host and, where it is said, port.
    pub(crate) authority: &'u str,
    /// With the query; never empty.
    pub(crate) path: &'u str,
}

impl<'u> Url<'u> {
    pub(crate) fn parse(url: &'u str) -> Result<Self, Error> {
        let refused = |why: &str| Error::Invalid {
            why: format!("`{url}` is no URL for a request: {why}"),
        };
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| refused("it must begin with https:// or http://"))?;
        let is_https = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(refused("it must begin with https:// or http://")),
        };
        // A fragment is for browsers.
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.is_empty() || authority.contains('@') {
            return Err(refused("it must name a host, without user and password"));
        }
        let path = if path.is_empty() { "/" } else { path };
        if path.starts_with('?') {
            return Err(refused("a query needs a path before it, `/` at least"));
        }
        Ok(Self {
            is_https,
            authority,
            path,
        })
    }

    /// What a grant lists: scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }
}

/// Adds a field to the query of a URL.
pub(super) fn add_query(url: &mut String, name: &str, value: &str) {
    url.push(if url.contains('?') { '&' } else { '?' });
    encode(url, name);
    url.push('=');
    encode(url, value);
}

/// All but the unreserved characters of RFC 3986 in percents.
fn encode(url: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                url.push(byte.into());
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_parts() {
        let url = Url::parse("https://api.example.com:8443/a/b?c=d#e").unwrap();
        assert_eq!(
            (url.authority, url.path),
            ("api.example.com:8443", "/a/b?c=d")
        );
        assert_eq!(url.origin(), "https://api.example.com:8443");
        assert_eq!(Url::parse("http://h").unwrap().path, "/");
        for url in [
            "ftp://h/",
            "//h/",
            "https:///p",
            "https://u:p@h/",
            "https://h?q=1",
            "",
        ] {
            let error = Url::parse(url).unwrap_err().to_string();
            assert!(error.contains(&format!("`{url}`")), "{error}");
        }
    }

    #[test]
    fn queries_are_encoded() {
        let mut url = String::from("https://h/p?a=1");
        add_query(&mut url, "q", "tea & 茶");
        assert_eq!(url, "https://h/p?a=1&q=tea%20%26%20%E8%8C%B6");
    }
}
