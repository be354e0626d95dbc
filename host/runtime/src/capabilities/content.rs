//! `botbox:line/content`: what users sent, as a stream.

use botbox_line::client::Content;
use bytes::Bytes;
use wasmtime_wasi::p2::{DynInputStream, InputStream, Pollable, StreamError, StreamResult};

use super::call_error;
use crate::bindings::botbox::line::content::{Host, MessageContentStream};
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::sandbox::Sandbox;

/// The most bytes that one read hands to the plugin: each is copied into its memory.
const READ_LIMIT: usize = 64 << 10;

impl Host for Sandbox {
    async fn get_message_content(
        &mut self,
        message_id: String,
    ) -> Result<MessageContentStream, CallError> {
        self.check_grant(self.grants.content, "content")?;
        let mut content = self.client.message_content(&message_id).await?;
        let content_type = std::mem::take(&mut content.content_type);
        let content_length = content.content_length;
        let stream: DynInputStream = Box::new(ContentStream {
            content,
            state: State::Waiting,
        });
        let body = self.table.push(stream).map_err(|error| {
            let why = format!("too many streams are open: {error}");
            call_error(ErrorKind::Other, why)
        })?;
        Ok(MessageContentStream {
            content_type,
            content_length,
            body,
        })
    }
}

/// A content as `wasi:io` sees it. Nothing is fetched before the plugin asks for it, so that no
/// more than one piece is in memory.
struct ContentStream {
    content: Content,
    state: State,
}

enum State {
    /// For the next piece.
    Waiting,
    /// A piece, or what is left of it.
    Ready(Bytes),
    Ended,
    Failed(botbox_line::Error),
}

impl InputStream for ContentStream {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        match &mut self.state {
            State::Waiting => Ok(Bytes::new()),
            State::Ready(piece) => {
                let read = piece.split_to(size.min(READ_LIMIT).min(piece.len()));
                if piece.is_empty() {
                    self.state = State::Waiting;
                }
                Ok(read)
            }
            State::Ended => Err(StreamError::Closed),
            State::Failed(_) => match std::mem::replace(&mut self.state, State::Ended) {
                State::Failed(error) => Err(StreamError::LastOperationFailed(error.into())),
                _ => Err(StreamError::Closed),
            },
        }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for ContentStream {
    async fn ready(&mut self) {
        if matches!(self.state, State::Waiting) {
            self.state = match self.content.chunk().await {
                Ok(Some(piece)) => State::Ready(piece),
                Ok(None) => State::Ended,
                Err(error) => State::Failed(error),
            };
        }
    }
}
