//! `botbox:line/content`: what users sent, as a stream.

use botbox_line::Client;
use botbox_line::api::Content;
use wasmtime::component::Resource;

use crate::bindings::botbox::line::content::{Host, HostMessageContentStream};
use crate::bindings::botbox::line::errors::CallError;
use crate::grants::Capability;
use crate::resources::ContentStream;
use crate::sandbox::Sandbox;

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
        let content = fetch(self.client(), message_id).await?;
        Ok(ContentStream::new(content, open))
    }

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
        Ok(self.table.get(&it)?.content_type().to_owned())
    }

    async fn content_length(
        &mut self,
        it: Resource<ContentStream>,
    ) -> wasmtime::Result<Option<u32>> {
        let length = self.table.get(&it)?.length();
        Ok(length.and_then(|length| length.try_into().ok()))
    }

    async fn read(
        &mut self,
        it: Resource<ContentStream>,
        max: u32,
    ) -> wasmtime::Result<Result<Vec<u8>, CallError>> {
        let stream = self.table.get_mut(&it)?;
        let read = stream.read(max as usize, &self.slot).await;
        Ok(read.map_err(CallError::from))
    }

    async fn drop(&mut self, it: Resource<ContentStream>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}
