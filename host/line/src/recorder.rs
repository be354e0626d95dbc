//! Hears of calls, for who records what a bot does.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

/// How much of a call's body is kept: 256 KiB, more than five messages of LINE's have. Images are larger,
/// and are no JSON.
const BODY_BYTES: usize = 256 << 10;

/// A call that was made, however many attempts it took.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedCall {
    /// The method, in capital letters.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The body, if it is JSON of at most 256 KiB. It has no access token; a reply has its reply token, which
    /// is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<RawValue>>,
    /// Whether LINE took it.
    pub succeeded: bool,
}

/// Hears of the calls of the client that has it.
#[derive(Clone)]
pub struct Recorder(Arc<dyn Fn(RecordedCall) + Send + Sync>);

impl Recorder {
    /// Has `hear` called with each call that has ended. It must not take long.
    pub fn new(hear: impl Fn(RecordedCall) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(crate) fn record(&self, method: &str, path: String, body: Option<&Bytes>, succeeded: bool) {
        let body = body.filter(|body| body.len() <= BODY_BYTES);
        let body = body.and_then(|body| serde_json::from_slice(body).ok());
        (self.0)(RecordedCall {
            method: method.to_owned(),
            path,
            body,
            succeeded,
        });
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Recorder")
    }
}
