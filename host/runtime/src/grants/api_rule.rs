//! What `line-api` may call: a method and a path.

use std::str::FromStr;

use botbox_line::Method;
use botbox_line::api::{API_METHODS, check_api_segments};

/// `GET /v2/bot/info`: a method, or `*` for all of them, and a path in which `*` stands for one
/// segment, whatever it is.
#[derive(Clone, Debug)]
pub struct ApiRule {
    /// Any, if there is none.
    method: Option<Method>,
    /// The path's; any, if there is none.
    segments: Vec<Option<Box<str>>>,
}

/// Why a text is no rule.
#[derive(Debug, thiserror::Error)]
#[error("`{rule}` is no rule: {problem}")]
pub struct ApiRuleError {
    rule: String,
    problem: String,
}

impl FromStr for ApiRule {
    type Err = ApiRuleError;

    fn from_str(rule: &str) -> Result<Self, ApiRuleError> {
        Self::parse(rule).map_err(|problem| ApiRuleError {
            rule: rule.to_owned(),
            problem,
        })
    }
}

impl ApiRule {
    fn parse(rule: &str) -> Result<Self, String> {
        let (method, path) = rule
            .split_once(' ')
            .ok_or("write a method and a path, such as `GET /v2/bot/info`")?;
        let method = match method {
            "*" => None,
            name => {
                let known = API_METHODS.iter().find(|known| known.as_str() == name);
                Some(known.ok_or("give GET, POST, PUT, DELETE, or `*` for any of them")?)
            }
        };
        // With a good segment for each star, the rest is checked as every path is.
        let segments = path.split('/');
        let segments = segments.map(|it| if it == "*" { "any" } else { it });
        check_api_segments(&segments.collect::<Vec<_>>().join("/"))
            .map_err(|problem| format!("the path {problem}"))?;
        let segment = |segment: &str| (segment != "*").then(|| segment.into());
        Ok(Self {
            method: method.cloned(),
            segments: path.split('/').map(segment).collect(),
        })
    }

    /// Whether it is for a request, by its path without the query.
    pub(super) fn allows(&self, method: &Method, path: &str) -> bool {
        let mut given = path.split('/');
        let fits = self.segments.iter().all(|rule| match given.next() {
            Some(segment) => rule.as_deref().is_none_or(|rule| rule == segment),
            None => false,
        });
        let is_method = self.method.as_ref().is_none_or(|it| it == method);
        fits && given.next().is_none() && is_method
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(rule: &str, method: &Method, path: &str) -> bool {
        rule.parse::<ApiRule>().unwrap().allows(method, path)
    }

    #[test]
    fn a_star_is_one_segment() {
        for (rule, path, expected) in [
            ("GET /v2/bot/info", "/v2/bot/info", true),
            ("GET /v2/bot/info", "/v2/bot/info/x", false),
            ("GET /v2/bot/info", "/v2/bot", false),
            ("POST /v2/bot/info", "/v2/bot/info", false),
            ("* /v2/bot/*", "/v2/bot/info", true),
            ("* /v2/bot/*", "/v2/bot", false),
            ("* /v2/bot/*", "/v2/bot/info/x", false),
            ("GET /v2/*/info", "/v2/bot/info", true),
            ("GET /v2/*/info", "/v2/bot/x/info", false),
            ("GET /V2/bot/info", "/v2/bot/info", false),
        ] {
            assert_eq!(
                allows(rule, &Method::GET, path),
                expected,
                "{rule} for {path}"
            );
        }
        assert!(!allows("GET /v2/bot/*", &Method::DELETE, "/v2/bot/info"));
    }

    #[test]
    fn what_is_no_rule() {
        for rule in [
            "",
            "GET",
            "/v2/bot/info",
            "GET v2/bot/info",
            "PATCH /v2/bot/info",
            "get /v2/bot/info",
            "GET /v2//info",
            "GET /v2/../info",
            "GET /v2/bot/info?x=1",
            "GET /v2/rich*",
            "GET /v2/*menu",
            "GET /v2/%2a",
            "GET https://example.com/v2",
        ] {
            assert!(rule.parse::<ApiRule>().is_err(), "{rule}");
        }
    }
}
