//! What `http` may reach: a scheme, a host and a port.

use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// `https://api.example.com`, `https://*.example.org:8443` or `http://127.0.0.1:9000`: a scheme, a
/// host, and a port unless it is the scheme's own. `*.` stands for one or more labels.
///
/// A name reaches public addresses only. Another address is reached by itself, written as one.
#[derive(Clone, Debug)]
pub struct HttpOrigin {
    scheme: Box<str>,
    host: Host,
    port: u16,
}

#[derive(Clone, Debug)]
enum Host {
    /// A name or an address, as URLs have it.
    This(Box<str>),
    /// All names that end so. It begins with a dot.
    Below(Box<str>),
}

/// Why a text is no origin.
#[derive(Debug, thiserror::Error)]
#[error("`{origin}` is no origin: {problem}")]
pub struct HttpOriginError {
    origin: String,
    problem: String,
}

impl FromStr for HttpOrigin {
    type Err = HttpOriginError;

    fn from_str(origin: &str) -> Result<Self, HttpOriginError> {
        Self::parse(origin).map_err(|problem| HttpOriginError {
            origin: origin.to_owned(),
            problem,
        })
    }
}

impl HttpOrigin {
    fn parse(origin: &str) -> Result<Self, String> {
        let (scheme, host) = origin
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))
            .ok_or("begin with `https://` or `http://`")?;
        let (is_below, host) = match host.strip_prefix("*.") {
            Some(host) => (true, host),
            None => (false, host),
        };
        if host.contains(['/', '\\', '?', '#', '@', '*']) {
            return Err(String::from(
                "give a host, which may begin with `*.`, and maybe a port; nothing before or behind",
            ));
        }
        // Through the same parser as requests, so that both are written the same way.
        let url = Url::parse(&format!("{scheme}://{host}")).map_err(|error| error.to_string())?;
        let host = url.host_str().ok_or("give a host")?;
        if is_below && is_address(host) {
            return Err(String::from("nothing is below an address"));
        }
        Ok(Self {
            scheme: url.scheme().into(),
            port: url.port_or_known_default().ok_or("give a port")?,
            host: if is_below {
                Host::Below(format!(".{host}").into())
            } else {
                Host::This(host.into())
            },
        })
    }

    /// Whether `url` is there.
    pub(super) fn allows(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        let is_host = match &self.host {
            Host::This(this) => **this == *host,
            Host::Below(end) => host.strip_suffix(&**end).is_some_and(|it| !it.is_empty()),
        };
        is_host && *self.scheme == *url.scheme() && url.port_or_known_default() == Some(self.port)
    }
}

/// Whether a URL's host is an IP address.
fn is_address(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    bare.unwrap_or(host).parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_host_and_port_decide() {
        for (origin, url, expected) in [
            (
                "https://api.example.com",
                "https://api.example.com/v1?x=1",
                true,
            ),
            (
                "https://api.example.com",
                "https://api.example.com:443/",
                true,
            ),
            (
                "https://api.example.com:443",
                "https://API.Example.com/",
                true,
            ),
            (
                "https://bücher.example",
                "https://xn--bcher-kva.example/",
                true,
            ),
            ("https://api.example.com", "http://api.example.com/", false),
            (
                "https://api.example.com",
                "http://api.example.com:443/",
                false,
            ),
            (
                "https://api.example.com",
                "https://api.example.com:8443/",
                false,
            ),
            (
                "https://api.example.com",
                "https://api.example.com./",
                false,
            ),
            ("https://api.example.com", "https://example.com/", false),
            (
                "https://api.example.com",
                "https://x.api.example.com/",
                false,
            ),
            (
                "https://api.example.com",
                "https://api.example.com.evil.org/",
                false,
            ),
            (
                "https://api.example.com",
                "https://evil.org\\@api.example.com/",
                false,
            ),
            (
                "https://api.example.com",
                "https://evil.org/https://api.example.com",
                false,
            ),
            (
                "https://*.example.org:8443",
                "https://a.example.org:8443/",
                true,
            ),
            (
                "https://*.example.org:8443",
                "https://a.b.example.org:8443/",
                true,
            ),
            (
                "https://*.example.org:8443",
                "https://a.example.org/",
                false,
            ),
            (
                "https://*.example.org:8443",
                "https://example.org:8443/",
                false,
            ),
            (
                "https://*.example.org:8443",
                "https://evilexample.org:8443/",
                false,
            ),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000/", true),
            // The same address, written otherwise.
            ("http://127.0.0.1:9000", "http://0x7f.1:9000/", true),
            ("http://127.0.0.1:9000", "http://localhost:9000/", false),
            ("http://127.0.0.1:9000", "http://127.0.0.2:9000/", false),
            (
                "http://127.0.0.1:9000",
                "http://[::ffff:127.0.0.1]:9000/",
                false,
            ),
            ("http://[::1]", "http://[0:0::0:1]:80/", true),
            ("http://[::1]", "http://[::2]/", false),
        ] {
            let rule: HttpOrigin = origin.parse().unwrap();
            let url = Url::parse(url).unwrap();
            assert_eq!(rule.allows(&url), expected, "{origin} for {url}");
        }
    }

    #[test]
    fn what_is_no_origin() {
        for origin in [
            "",
            "api.example.com",
            "*",
            "ftp://example.com",
            "HTTPS://example.com",
            "https://",
            "https://*",
            "https://*.",
            "https://*.*.example.com",
            "https://a*.example.com",
            "https://example.com/",
            "https://example.com/v1",
            "https://example.com?x",
            "https://user@example.com",
            "https://example.com:99999",
            "https://exa mple.com",
            "https://*.127.0.0.1",
            "https://*.1",
            "https://[::1",
        ] {
            assert!(origin.parse::<HttpOrigin>().is_err(), "{origin}");
        }
    }
}
