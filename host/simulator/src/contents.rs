//! Uploaded bytes that stand for the images, videos, audio and files that users send.

use std::collections::{HashMap, VecDeque};

use axum::http::HeaderValue;
use bytes::Bytes;

use crate::ids;

/// The largest content, in bytes: LINE's limit for videos (LINE reference, "Video message").
pub(crate) const MAX_CONTENT_BYTES: usize = 200 * 1024 * 1024;

/// How many bytes all contents together may have; the oldest are dropped, as LINE drops content
/// after a while.
const MAX_TOTAL_BYTES: usize = 1024 * 1024 * 1024;

/// How many contents are kept.
const MAX_CONTENTS: usize = 10_000;

/// All uploaded contents.
#[derive(Default)]
pub(crate) struct Contents {
    contents: HashMap<String, Content>,
    /// Ids, oldest first.
    order: VecDeque<String>,
    total_bytes: usize,
}

/// One uploaded content.
pub(crate) struct Content {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: HeaderValue,
    /// How many more times a question for the content is answered "still being prepared".
    preparing: u32,
}

impl Contents {
    /// Keeps `bytes` and gives the id by which an event names them.
    pub(crate) fn add(
        &mut self,
        bytes: Bytes,
        content_type: HeaderValue,
        preparing: u32,
    ) -> String {
        let id = ids::hex();
        self.total_bytes += bytes.len();
        self.contents.insert(
            id.clone(),
            Content {
                bytes,
                content_type,
                preparing,
            },
        );
        self.order.push_back(id.clone());
        while self.order.len() > MAX_CONTENTS || self.total_bytes > MAX_TOTAL_BYTES {
            self.drop_oldest();
        }
        id
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Content> {
        self.contents.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Content> {
        self.contents.get_mut(id)
    }

    fn drop_oldest(&mut self) {
        let oldest = self
            .order
            .pop_front()
            .and_then(|id| self.contents.remove(&id));
        self.total_bytes -= oldest.map_or(0, |content| content.bytes.len());
    }
}

impl Content {
    /// Whether the content is ready. Each question brings it nearer.
    pub(crate) fn is_ready(&mut self) -> bool {
        let ready = self.preparing == 0;
        self.preparing = self.preparing.saturating_sub(1);
        ready
    }
}
