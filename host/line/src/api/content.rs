//! Fetching what users sent (LINE reference, "Get content").

use std::time::Duration;

use bytes::Bytes;
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::operation::Operation;
use crate::transport::no_response;

/// The most bytes of one content that are fetched: 200 MB, the largest video of the platform.
pub const CONTENT_LIMIT: u64 = 200_000_000;

/// How long to wait for LINE to prepare a content: 60 s. The event's own deadline usually comes first.
const PREPARATION_LIMIT: Duration = Duration::from_secs(60);

/// The pauses between two polls of a content that is being prepared: short at first, because most are ready
/// soon.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

/// The pause between all later polls.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// The media type of a content for which LINE names none.
pub(super) const UNKNOWN_TYPE: &str = "application/octet-stream";

const OPERATION: Operation = Operation::GetMessageContent;

/// A content that is being received.
#[derive(Debug)]
pub struct Content {
    /// Its media type; `application/octet-stream` where LINE names none.
    pub content_type: String,
    /// In bytes, where LINE tells.
    pub content_length: Option<u64>,
    response: Response,
    received: u64,
}

#[derive(Deserialize)]
struct Transcoding {
    status: String,
}

impl Client {
    /// Fetches an image, a video, a sound or a file by its message's id, waiting while LINE
    /// prepares it.
    ///
    /// # Errors
    ///
    /// [`Error::NotReady`] after a minute, [`Error::PreparationFailed`] when LINE says so,
    /// [`Error::TooLarge`] beyond [`CONTENT_LIMIT`], and as every call.
    pub async fn message_content(&self, message_id: &str) -> Result<Content, Error> {
        let clock = &self.platform().clock;
        let started = clock.instant();
        let mut pauses = PAUSES.into_iter();
        let mut tells_progress = true;
        loop {
            let request = self.request(OPERATION).id("message-id", message_id)?;
            let response = request.receive_stream().await?;
            if response.status() != StatusCode::ACCEPTED {
                return Content::new(response);
            }
            let waited = clock.instant() - started;
            if waited >= PREPARATION_LIMIT {
                return Err(Error::NotReady { waited });
            }
            if tells_progress {
                tells_progress = self.check_preparation(message_id).await?;
            }
            clock.sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
        }
    }

    /// Fetches a reduced picture of an image or a video.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] beyond [`CONTENT_LIMIT`], and as every call.
    pub async fn message_content_preview(&self, message_id: &str) -> Result<Content, Error> {
        let request = self.request(Operation::GetMessageContentPreview);
        let response = request
            .id("message-id", message_id)?
            .receive_stream()
            .await?;
        Content::new(response)
    }

    /// Whether a video or a sound is ready: `processing`, `succeeded` or `failed`.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn message_content_transcoding(&self, message_id: &str) -> Result<String, Error> {
        let request = self.request(Operation::GetMessageContentTranscodingByMessageId);
        let transcoding: Transcoding = request.id("message-id", message_id)?.receive().await?;
        Ok(transcoding.status)
    }

    /// Fails when LINE gave up on a content. Returns whether LINE tells the progress, which it does for
    /// videos and sounds; for other contents it answers 400.
    async fn check_preparation(&self, message_id: &str) -> Result<bool, Error> {
        match self.message_content_transcoding(message_id).await {
            Ok(status) if status == "failed" => Err(Error::PreparationFailed),
            Ok(_) => Ok(true),
            Err(Error::Response(answer)) if answer.status == 400 => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Content {
    fn new(response: Response) -> Result<Self, Error> {
        let content_length = response.content_length();
        if content_length.is_some_and(|length| length > CONTENT_LIMIT) {
            return Err(too_large());
        }
        let content_type = response.headers().get(header::CONTENT_TYPE);
        Ok(Self {
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .unwrap_or(UNKNOWN_TYPE)
                .to_owned(),
            content_length,
            response,
            received: 0,
        })
    }

    /// The next bytes as they come in, or nothing at the end.
    ///
    /// # Errors
    ///
    /// [`Error::NoResponse`] when the content breaks off, [`Error::TooLarge`] beyond
    /// [`CONTENT_LIMIT`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.response.chunk().await;
        let chunk = chunk.map_err(|source| no_response(OPERATION.id(), source))?;
        self.received += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if self.received > CONTENT_LIMIT {
            return Err(too_large());
        }
        Ok(chunk)
    }
}

fn too_large() -> Error {
    Error::TooLarge {
        limit: CONTENT_LIMIT,
    }
}
