//! The operator's grants with options, and what plugins ask of them.

#![no_main]

use botbox_runtime::{ApiRule, Grant, Grants, HttpOrigin};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str, &str)| {
    let (origin, url, rule, path) = input;
    let mut grants = Grants::default();
    if let Ok(origin) = origin.parse::<HttpOrigin>() {
        grants.grant(Grant::Http(vec![origin]));
    }
    if let Ok(rule) = rule.parse::<ApiRule>() {
        grants.grant(Grant::LineApi(vec![rule]));
    }
    if let Ok(url) = url.parse() {
        grants.allow_http(&url);
    }
    grants.allow_line_api(&botbox_line::Method::GET, path);
});
