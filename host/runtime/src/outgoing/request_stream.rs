//! What a plugin writes into a request's body, until the host has sent it.

use std::sync::Arc;

use bytes::Bytes;
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use crate::governor::Slot;

/// A stream whose bytes are charged to a slot until they are sent, or dropped. A failure closes it, as
/// `wasi:io` demands: what was written after it would follow a gap.
pub(crate) struct RequestStream {
    stream: Box<dyn OutputStream>,
    slot: Arc<Slot>,
    is_closed: bool,
}

impl RequestStream {
    pub(crate) fn new(stream: Box<dyn OutputStream>, slot: Arc<Slot>) -> Self {
        Self {
            stream,
            slot,
            is_closed: false,
        }
    }

    /// Does something with the stream while it is open, and closes it if that fails.
    fn with_open<T>(
        &mut self,
        operation: impl FnOnce(&mut dyn OutputStream, &Arc<Slot>) -> StreamResult<T>,
    ) -> StreamResult<T> {
        if self.is_closed {
            return Err(StreamError::Closed);
        }
        let result = operation(self.stream.as_mut(), &self.slot);
        self.is_closed = result.is_err();
        result
    }
}

impl OutputStream for RequestStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.with_open(|stream, slot| {
            let bytes = slot.charged(bytes);
            let bytes = bytes.map_err(|full| StreamError::LastOperationFailed(full.into()))?;
            stream.write(bytes)
        })
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.with_open(|stream, _| stream.flush())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.with_open(|stream, _| stream.check_write())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for RequestStream {
    async fn ready(&mut self) {
        // A closed stream is ready to say so.
        if !self.is_closed {
            self.stream.ready().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

    use super::*;
    use crate::governor::pool::Pool;
    use crate::governor::{Provider, Waiter};

    const MIB: u64 = 1 << 20;

    #[test]
    fn a_failure_closes_the_stream() {
        let pool = Pool::new(1, MIB, MIB);
        let share = Provider::new(1).channel(1);
        let slot = Waiter::one(&pool, share).now_or_never().unwrap();
        let pipe = MemoryOutputPipe::new(MIB as usize);
        let mut stream = RequestStream::new(Box::new(pipe.clone()), Arc::new(slot));
        stream.write(Bytes::from_static(b"begun")).unwrap();
        let failed = stream.write(Bytes::from(vec![b'x'; 2 << 20]));
        assert!(matches!(failed, Err(StreamError::LastOperationFailed(_))));
        let written = stream.write(Bytes::from_static(b"after a gap"));
        assert!(matches!(written, Err(StreamError::Closed)));
        assert!(matches!(stream.check_write(), Err(StreamError::Closed)));
        assert!(matches!(stream.flush(), Err(StreamError::Closed)));
        assert!(stream.ready().now_or_never().is_some());
        assert_eq!(pipe.contents(), "begun");
    }
}
