//! A content of a message, on its way from LINE to the plugin.

use std::sync::Arc;

use botbox_line::api::Content;
use bytes::Bytes;

use crate::counts::Open;
use crate::governor::{MemoryFull, Slot};

/// The most bytes that one read hands to the plugin: each is copied into its memory.
const READ_LIMIT: usize = 64 << 10;

/// A content as a plugin holds it. Nothing is fetched before the plugin asks for it, so that no
/// more than one piece is in memory.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct ContentStream {
    content: Content,
    /// What is left of the last piece that came in.
    piece: Bytes,
    /// Whether a piece did not come, or was dropped: what comes after it must not follow what was read.
    is_broken: bool,
    /// Counts it among the open ones.
    _open: Open,
}

/// Why a content does not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContentError {
    #[error("the content broke off; get it again")]
    Broken,
    #[error(transparent)]
    Line(#[from] botbox_line::Error),
    #[error(transparent)]
    Memory(#[from] MemoryFull),
}

impl ContentStream {
    pub(crate) fn new(content: Content, open: Open) -> Self {
        Self {
            content,
            piece: Bytes::new(),
            is_broken: false,
            _open: open,
        }
    }

    pub(crate) fn content_type(&self) -> &str {
        &self.content.content_type
    }

    /// Its bytes in all, where LINE tells.
    pub(crate) fn length(&self) -> Option<u64> {
        self.content.content_length
    }

    /// The next bytes, `max` at most; none at the end. A slot has the memory of what came in and was
    /// not read yet.
    ///
    /// # Errors
    ///
    /// When LINE's response breaks off, or there is no room for a piece; after that, always.
    pub(crate) async fn read(
        &mut self,
        max: usize,
        slot: &Arc<Slot>,
    ) -> Result<Vec<u8>, ContentError> {
        if self.is_broken {
            return Err(ContentError::Broken);
        }
        if self.piece.is_empty() {
            let piece = self.next_piece(slot).await;
            self.is_broken = piece.is_err();
            self.piece = piece?;
        }
        let size = self.piece.len().min(max).min(READ_LIMIT);
        Ok(self.piece.split_to(size).to_vec())
    }

    /// The next piece that is not empty; an empty one at the end.
    async fn next_piece(&mut self, slot: &Arc<Slot>) -> Result<Bytes, ContentError> {
        while let Some(piece) = self.content.chunk().await? {
            if !piece.is_empty() {
                return Ok(slot.charged(piece)?);
            }
        }
        Ok(Bytes::new())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::thread;

    use botbox_clock::Clock;
    use botbox_line::token::TokenSource;
    use botbox_line::{Client, Platform, Settings};
    use futures_util::FutureExt;

    use super::*;
    use crate::counts::OpenCount;
    use crate::governor::pool::Pool;
    use crate::governor::{Provider, Waiter};

    /// A content of two pieces, as LINE sends it, of which one is sent after the other was read.
    async fn content() -> (Content, impl FnOnce()) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let lines = BufReader::new(&connection).lines().map(Result::unwrap);
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst";
            connection.write_all(head.as_bytes()).unwrap();
            connection
        });
        let settings = Settings {
            data_api_base: base,
            ..Settings::default()
        };
        let platform = Platform::new(settings, Clock::system()).unwrap();
        let client = Client::new(platform, TokenSource::LongLived("token".into()));
        let content = client.message_content("1").await.unwrap();
        let mut connection = server.join().unwrap();
        (content, move || connection.write_all(b"after").unwrap())
    }

    /// With a piece missing in the middle, the file would be corrupt.
    #[tokio::test]
    async fn nothing_is_read_behind_a_gap() {
        let pool = Pool::new(1, 1 << 20, 1 << 20);
        let share = Provider::new(1).channel(1);
        let slot = Arc::new(Waiter::one(&pool, share).now_or_never().unwrap());
        let (content, send_rest) = content().await;
        let open = OpenCount::default().take(1).unwrap();
        let mut stream = ContentStream::new(content, open);
        let all = slot.charge(1 << 20).unwrap();
        let refused = stream.read(100, &slot).await;
        assert!(matches!(refused, Err(ContentError::Memory(_))));
        drop(all);
        send_rest();
        let read = stream.read(100, &slot).await;
        assert!(matches!(read, Err(ContentError::Broken)), "{read:?}");
    }
}
