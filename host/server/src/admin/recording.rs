//! Recordings: what a channel's events make its plugin do, a line of JSON for each thing.
//!
//! It is the answer that records: nothing is kept by the host, and who goes ends it. It needs the role of an
//! operator, since it has what users write, and the host logs who records.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use botbox_line::recorder::RecordedCall;
use botbox_runtime::{Listener, Recorded};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::access::{May, Operate};
use super::description::{Answer, Operation};
use super::operator::Operator;
use super::refusal::Refusal;
use super::request::InPath;
use crate::http::connections::ANSWER_TIME;

/// After how long without a line a client hears that the host is there.
const HEARTBEAT: Duration = Duration::from_secs(15);

const HEARTBEAT_LINE: Bytes = Bytes::from_static(b"\n");

/// How long one recording goes on. The listener cuts an answer that takes a little longer.
const RECORD_TIME: Duration = ANSWER_TIME.saturating_sub(Duration::from_secs(10));

/// Lines of JSON.
const MEDIA_TYPE: &str = "application/x-ndjson";

/// What happens, a line each.
pub(super) struct Recording(Body);

/// A line.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Begun {
        id: &'a str,
        event: &'a RawValue,
    },
    Called {
        id: &'a str,
        call: &'a RecordedCall,
    },
    Ended {
        id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a str>,
        again: bool,
    },
    /// So much came too fast, and is left out.
    Missed(u64),
}

pub(super) async fn record(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Operate>,
    InPath(channel): InPath<String>,
) -> Result<Recording, Refusal> {
    operator.served(&caller, &channel).await?;
    let Some(served) = operator.directory.get(&channel) else {
        return Err(Refusal::NotFound(format!(
            "the channel {channel} can't be used now"
        )));
    };
    tracing::info!(channel, by = caller.name, "what its events do is recorded");
    let end = Instant::now() + RECORD_TIME;
    let lines = stream::unfold((served.recordings.listen(), end), next);
    // A heartbeat at once: proxies pass an answer on when it has begun.
    let lines = stream::once(async { HEARTBEAT_LINE }).chain(lines);
    Ok(Recording(Body::from_stream(lines.map(Ok::<_, Infallible>))))
}

impl IntoResponse for Recording {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, MEDIA_TYPE)], self.0).into_response()
    }
}

impl Answer for Recording {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_text(
            MEDIA_TYPE,
            "A line of JSON for each beginning and end of an attempt, and for each call, for minutes.",
        );
    }
}

async fn next((mut listener, end): (Listener, Instant)) -> Option<(Bytes, (Listener, Instant))> {
    let heartbeat = end.min(Instant::now() + HEARTBEAT);
    let line = match timeout_at(heartbeat, listener.recv()).await {
        Ok(Ok(recorded)) => line(&recorded),
        Ok(Err(RecvError::Lagged(missed))) => written(&Line::Missed(missed)),
        // The channel is gone.
        Ok(Err(RecvError::Closed)) => return None,
        Err(_) if heartbeat == end => return None,
        Err(_) => HEARTBEAT_LINE,
    };
    Some((line, (listener, end)))
}

fn line(recorded: &Recorded) -> Bytes {
    match recorded {
        Recorded::Begun { id, event } => match serde_json::from_str(event) {
            Ok(event) => written(&Line::Begun { id, event }),
            // What is no JSON was no event.
            Err(_) => HEARTBEAT_LINE,
        },
        Recorded::Called { id, call } => written(&Line::Called { id, call }),
        Recorded::Ended { id, error, again } => written(&Line::Ended {
            id,
            error: error.as_deref(),
            again: *again,
        }),
    }
}

/// Texts and numbers can't fail to be JSON.
fn written(line: &Line<'_>) -> Bytes {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    bytes.into()
}
