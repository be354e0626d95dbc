//! A stream of server-sent events, as tests read it.

use botbox_tests::PATIENCE;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

use super::api::Stage;

/// A stream of the admin API.
pub(super) struct Stream {
    response: reqwest::Response,
    text: String,
    /// A character that is not whole yet.
    rest: Vec<u8>,
}

/// An event of a stream.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) data: Value,
}

impl Stream {
    /// Opens a stream, or returns why there is none.
    pub(super) async fn open(
        stage: &Stage,
        token: &str,
        path: &str,
        last: Option<&str>,
    ) -> Result<Self, StatusCode> {
        let url = format!("{}/v1/{path}", stage.host.admin_url);
        let mut request = Client::new().get(url).bearer_auth(token);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        if response.status() != 200 {
            return Err(response.status());
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Self {
            response,
            text: String::new(),
            rest: Vec::new(),
        };
        // From then on it follows.
        while !stream.text.contains("\n\n") {
            assert!(stream.read().await);
        }
        Ok(stream)
    }

    /// Waits for the next event; nothing if the stream has ended.
    pub(super) async fn next(&mut self) -> Option<Told> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let mut lines = block.lines();
                    let value = lines.find_map(|it| it.strip_prefix(name));
                    value.unwrap_or_default().trim().to_owned()
                };
                let data = field("data:");
                if !data.is_empty() {
                    return Some(Told {
                        id: field("id:"),
                        name: field("event:"),
                        data: serde_json::from_str(&data).unwrap(),
                    });
                }
            }
            if !self.read().await {
                return None;
            }
        }
    }

    /// Waits for an event that is as it should be, past others.
    pub(super) async fn until(&mut self, is_right: impl Fn(&Told) -> bool) -> Told {
        loop {
            let told = self.next().await.expect("the stream has ended");
            if is_right(&told) {
                return told;
            }
        }
    }

    /// Reads on. Returns whether there was anything.
    async fn read(&mut self) -> bool {
        let piece = timeout(PATIENCE, self.response.chunk()).await;
        match piece.expect("nothing comes") {
            Ok(Some(piece)) => {
                self.rest.extend(piece);
                let whole = std::str::from_utf8(&self.rest);
                let whole = whole.map_or_else(|error| error.valid_up_to(), str::len);
                let text = self.rest.drain(..whole).collect();
                self.text.push_str(&String::from_utf8(text).unwrap());
                true
            }
            Ok(None) | Err(_) => false,
        }
    }
}
