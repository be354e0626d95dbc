//! The Messaging API client of one channel. What it can call is in [`api`](crate::api).

use std::sync::Arc;

use reqwest::Method;

use crate::credentials::Credentials;
use crate::memory::Memory;
use crate::operation::Operation;
use crate::recorder::Recorder;
use crate::token::{Token, TokenSource, TokenStatus};
use crate::transport::{self, Connection, NoAuthorization, Platform, Room};

/// A request with the channel's access token.
pub(crate) type Request<'a> = transport::Request<'a, Token>;

/// Calls the Messaging API as one channel. Clones share the token, and keep to LINE's rates
/// together.
#[derive(Clone, Debug)]
pub struct Client {
    connection: Arc<Connection>,
    token: Token,
    credentials: Option<Arc<Credentials>>,
    /// Where the memory of its calls is counted.
    room: Room,
    recorder: Option<Recorder>,
}

impl Client {
    /// A client of the channel whose token comes from `source`.
    #[must_use]
    pub fn new(platform: Arc<Platform>, source: TokenSource) -> Self {
        let connection = Arc::new(Connection::new(platform));
        Self {
            token: Token::new(Arc::clone(&connection), source),
            connection,
            credentials: None,
            room: Room::default(),
            recorder: None,
        }
    }

    /// The same client, the memory of whose calls is counted.
    #[must_use]
    pub fn with_memory(&self, memory: Arc<dyn Memory>) -> Self {
        Self {
            room: Room::of(memory),
            ..self.clone()
        }
    }

    /// The client with the channel's id and secrets, by which it attaches itself as a module.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// The client whose calls somebody hears.
    #[must_use]
    pub fn recorded_by(&self, recorder: Recorder) -> Self {
        Self {
            recorder: Some(recorder),
            ..self.clone()
        }
    }

    /// Gets the access token in the background, so that the first call need not wait for it and the log says
    /// early if there can be none. It needs tokio's runtime.
    pub fn prepare_token(&self) {
        self.token.prepare();
    }

    /// Waits until LINE refuses a send because the month's messages are used up. One task may wait at a
    /// time.
    pub async fn quota_spent(&self) {
        self.connection.quota_spent().await;
    }

    /// Which kind of access token the channel has, and when it expires.
    #[must_use]
    pub fn token_status(&self) -> TokenStatus {
        self.token.status()
    }

    pub(crate) fn platform(&self) -> &Platform {
        &self.connection.platform
    }

    pub(crate) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_deref()
    }

    /// A request for an operation.
    pub(crate) fn request(&self, operation: Operation) -> Request<'_> {
        Request::new(&self.connection, operation, &self.token)
            .counted(&self.room)
            .recorded_by(self.recorder.as_ref())
    }

    /// A request for an operation that takes no access token.
    pub(crate) fn request_without_token(
        &self,
        operation: Operation,
    ) -> transport::Request<'_, NoAuthorization> {
        transport::Request::new(&self.connection, operation, &NoAuthorization).counted(&self.room)
    }

    /// A request for any operation, in the table or not.
    pub(crate) fn unlisted_request(
        &self,
        method: Method,
        path: String,
        operation: Option<Operation>,
    ) -> Request<'_> {
        Request::unlisted(&self.connection, method, path, operation, &self.token)
            .counted(&self.room)
            .recorded_by(self.recorder.as_ref())
    }
}
