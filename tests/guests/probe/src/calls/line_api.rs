//! Any operation.

use botbox_sdk::line_api::{self, Request};

use super::outcome::Outcome;

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["call", method, path, ref body @ ..] => {
            let body = body.join(" ").into_bytes();
            let json = String::from("application/json");
            let answer = line_api::call(&Request {
                method: method.to_owned(),
                path: path.to_owned(),
                content_type: (!body.is_empty()).then_some(json),
                body,
            });
            Some(answer.map(|it| {
                let body = String::from_utf8_lossy(&it.body);
                format!("{} {}", it.status, body.get(..1_000).unwrap_or(&body))
            }))
        }
        _ => None,
    }
}
