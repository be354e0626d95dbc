//! `botbox:line/content`: what users sent, as a stream.

use botbox_line::Client;
use botbox_line::client::Content;
use bytes::Bytes;
use wasmtime::component::Resource;

use crate::bindings::botbox::line::content::{Host, HostMessageContentStream};
use crate::bindings::botbox::line::errors::CallError;
use crate::grants::Capability;
use crate::limits::Open;
use crate::sandbox::Sandbox;

/// The most bytes that one read hands to the plugin: each is copied into its memory.
const READ_LIMIT: usize = 64 << 10;

/// A content as a plugin holds it. Nothing is fetched before the plugin asks for it, so that no
/// more than one piece is in memory.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct ContentStream {
    content: Content,
    /// What is left of the last piece that came in.
    piece: Bytes,
    /// Counts it among the open ones.
    _open: Open,
}

impl Host for Sandbox {
    async fn get_message_content(
        &mut self,
        message_id: String,
    ) -> wasmtime::Result<Result<Resource<ContentStream>, CallError>> {
        let stream = self
            .open_content(&message_id, Client::message_content)
            .await;
        self.hand_over(stream)
    }

    async fn get_message_content_preview(
        &mut self,
        message_id: String,
    ) -> wasmtime::Result<Result<Resource<ContentStream>, CallError>> {
        let stream = self
            .open_content(&message_id, Client::message_content_preview)
            .await;
        self.hand_over(stream)
    }

    async fn get_message_content_transcoding_by_message_id(
        &mut self,
        message_id: String,
    ) -> wasmtime::Result<Result<String, CallError>> {
        Ok(self.transcoding(&message_id).await)
    }
}

impl Sandbox {
    async fn transcoding(&mut self, message_id: &str) -> Result<String, CallError> {
        self.check_call(Capability::Content)?;
        Ok(self
            .client()
            .message_content_transcoding(message_id)
            .await?)
    }

    /// Opens a content that `fetch` fetches.
    async fn open_content(
        &mut self,
        message_id: &str,
        fetch: impl AsyncFnOnce(&Client, &str) -> Result<Content, botbox_line::Error>,
    ) -> Result<ContentStream, CallError> {
        self.check_call(Capability::Content)?;
        let open = self.count_content()?;
        Ok(ContentStream {
            content: fetch(self.client(), message_id).await?,
            piece: Bytes::new(),
            _open: open,
        })
    }
}

impl Sandbox {
    fn hand_over(
        &mut self,
        stream: Result<ContentStream, CallError>,
    ) -> wasmtime::Result<Result<Resource<ContentStream>, CallError>> {
        Ok(match stream {
            Ok(stream) => Ok(self.table.push(stream)?),
            Err(error) => Err(error),
        })
    }
}

impl HostMessageContentStream for Sandbox {
    async fn content_type(&mut self, it: Resource<ContentStream>) -> wasmtime::Result<String> {
        Ok(self.table.get(&it)?.content.content_type.clone())
    }

    async fn content_length(
        &mut self,
        it: Resource<ContentStream>,
    ) -> wasmtime::Result<Option<u32>> {
        let length = self.table.get(&it)?.content.content_length;
        Ok(length.and_then(|length| length.try_into().ok()))
    }

    async fn read(
        &mut self,
        it: Resource<ContentStream>,
        max: u32,
    ) -> wasmtime::Result<Result<Vec<u8>, CallError>> {
        let stream = self.table.get_mut(&it)?;
        Ok(stream.read(max as usize).await.map_err(CallError::from))
    }

    async fn drop(&mut self, it: Resource<ContentStream>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}

impl ContentStream {
    /// The next bytes; none at the end.
    async fn read(&mut self, max: usize) -> Result<Vec<u8>, botbox_line::Error> {
        while self.piece.is_empty() {
            match self.content.chunk().await? {
                Some(piece) => self.piece = piece,
                None => return Ok(Vec::new()),
            }
        }
        let size = self.piece.len().min(max).min(READ_LIMIT);
        Ok(self.piece.split_to(size).into())
    }
}
