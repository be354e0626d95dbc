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
    /// Counts it among the open ones.
    _open: Open,
}

/// Why a content does not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContentError {
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
    pub(crate) async fn read(
        &mut self,
        max: usize,
        slot: &Arc<Slot>,
    ) -> Result<Vec<u8>, ContentError> {
        while self.piece.is_empty() {
            match self.content.chunk().await? {
                Some(piece) => self.piece = slot.charged(piece)?,
                None => return Ok(Vec::new()),
            }
        }
        let size = self.piece.len().min(max).min(READ_LIMIT);
        Ok(self.piece.split_to(size).to_vec())
    }
}
