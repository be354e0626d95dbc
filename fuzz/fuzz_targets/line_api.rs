//! The requests that plugins make through `line-api`: a path that is taken can be read in one way
//! only.

#![no_main]

use botbox_line::api::ApiRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, Option<&str>, Vec<u8>)| {
    let (method, path, content_type, body) = input;
    if ApiRequest::new(method, path.to_owned(), content_type, body).is_err() {
        return;
    }
    let url = format!("https://api.line.me{path}");
    let parsed = url::Url::parse(&url).expect("it is a URL");
    // Only the apostrophe of a query is written in another way, with the same meaning (URL Standard,
    // "special-query percent-encode set").
    let written = parsed.as_str().replace("%27", "'");
    assert_eq!(
        written,
        url.replace("%27", "'"),
        "nothing is made of it but itself"
    );
    assert_eq!(parsed.host_str(), Some("api.line.me"));
});
