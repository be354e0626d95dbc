//! Bodies of requests and responses, up to their limits.

use std::pin::Pin;
use std::sync::Weak;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body::{Body, Frame};
use tokio::time::{Instant, Sleep};
use tracing::Span;
use wasmtime_wasi_http::{Error, WasiBody};

use super::error;
use crate::counts::Open;
use crate::governor::Slot;
use crate::limits::{HTTP_REQUEST_BYTES, HTTP_RESPONSE_BYTES};

/// The body of a request. Trailers are left out: HTTP/1.1 servers hardly know them.
pub(super) fn of_request(mut body: WasiBody) -> Option<reqwest::Body> {
    // Else it would be sent in chunks, of which there are none.
    if body.is_end_stream() {
        return None;
    }
    let mut sent = 0;
    Some(reqwest::Body::wrap_stream(stream::poll_fn(
        move |context| {
            loop {
                let Some(frame) = ready!(Pin::new(&mut body).poll_frame(context)) else {
                    return Poll::Ready(None);
                };
                let Ok(data) = frame?.into_data() else {
                    continue;
                };
                sent += data.len() as u64;
                return Poll::Ready(Some(if sent > HTTP_REQUEST_BYTES {
                    Err(Error::HttpRequestBodySize(Some(HTTP_REQUEST_BYTES)))
                } else {
                    Ok(data)
                }));
            }
        },
    )))
}

/// The body of a response.
pub(super) struct ResponseBody {
    body: reqwest::Body,
    /// Bytes so far.
    read: u64,
    /// How long the server may be silent, if the plugin set a limit, and until when.
    silence: Option<(Duration, Pin<Box<Sleep>>)>,
    /// Stands for the connection.
    _open: Open,
    /// Has the memory of what came in and was not read yet, while the attempt lasts.
    slot: Weak<Slot>,
    /// Ends with the body.
    _span: Span,
}

impl ResponseBody {
    pub(super) fn new(
        body: reqwest::Body,
        silence: Option<Duration>,
        open: Open,
        slot: Weak<Slot>,
        span: Span,
    ) -> Self {
        Self {
            body,
            read: 0,
            silence: silence.map(|limit| (limit, Box::pin(tokio::time::sleep(limit)))),
            _open: open,
            slot,
            _span: span,
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
            if let Some((_, sleep)) = &mut this.silence {
                ready!(sleep.as_mut().poll(context));
                return Poll::Ready(Some(Err(Error::ConnectionReadTimeout)));
            }
            return Poll::Pending;
        };
        if let Some((limit, sleep)) = &mut this.silence {
            sleep.as_mut().reset(Instant::now() + *limit);
        }
        Poll::Ready(frame.map(|frame| {
            let frame = frame.map_err(|failed| error::of(&failed))?;
            let data = match frame.into_data() {
                Ok(data) => data,
                Err(trailers) => return Ok(trailers),
            };
            this.read += data.len() as u64;
            if this.read > HTTP_RESPONSE_BYTES {
                return Err(Error::HttpResponseBodySize(Some(HTTP_RESPONSE_BYTES)));
            }
            let slot = this.slot.upgrade().ok_or(Error::ConnectionTerminated)?;
            let data = slot.charged(data);
            let data = data.map_err(|full| Error::InternalError(Some(full.to_string())))?;
            Ok(Frame::data(data))
        }))
    }
}
