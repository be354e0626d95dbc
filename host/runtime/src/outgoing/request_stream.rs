//! What a plugin writes into a request's body, until the host has sent it.

use std::sync::Arc;

use bytes::Bytes;
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use crate::governor::Slot;

/// A stream whose bytes are charged to a slot until they are sent, or dropped.
pub(crate) struct RequestStream {
    pub(crate) stream: Box<dyn OutputStream>,
    pub(crate) slot: Arc<Slot>,
}

impl OutputStream for RequestStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let bytes = self.slot.charged(bytes);
        let bytes = bytes.map_err(|full| StreamError::LastOperationFailed(full.into()))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.stream.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.stream.check_write()
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for RequestStream {
    async fn ready(&mut self) {
        self.stream.ready().await;
    }
}
