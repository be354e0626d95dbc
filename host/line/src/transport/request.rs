//! A request to LINE, while it is put together.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde::Serialize;
use uuid::Uuid;

use super::connection::Connection;
use super::room::Room;
use crate::arguments::{bad_argument, path_segment};
use crate::error::Error;
use crate::operation::{Endpoint, Operation, Rate, Repeat, Server, USUAL_RATE};
use crate::recorder::Recorder;

/// What is assumed of an operation that is not in the table.
static UNLISTED: Endpoint = Endpoint {
    id: "line-api",
    method: Method::GET,
    server: Server::Api,
    path: "",
    rate: USUAL_RATE,
    repeat: Repeat::Unsent,
};

/// A request that is not made yet.
pub(crate) struct Request<'a, A> {
    pub(super) connection: &'a Connection,
    pub(super) authorization: &'a A,
    /// LINE's name of the operation.
    pub(super) operation: &'static str,
    pub(super) method: Method,
    pub(super) server: Server,
    pub(super) rate: Rate,
    pub(super) repeat: Repeat,
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    /// The body of a request that authenticates by its fields.
    pub(super) form: Vec<(&'static str, SecretString)>,
    pub(super) headers: HeaderMap,
    /// Written once, however often the request is made.
    pub(super) body: Option<Bytes>,
    /// How long the whole response may take, unless it streams.
    pub(super) timeout: Duration,
    /// Whether the response is read piece by piece, each in its time.
    pub(super) streams: bool,
    /// Where its memory is counted, and its response's.
    pub(super) room: Room,
    /// Hears what came of it.
    pub(super) recorder: Option<&'a Recorder>,
}

impl<'a, A> Request<'a, A> {
    /// A request for an operation.
    pub(crate) fn new(
        connection: &'a Connection,
        operation: Operation,
        authorization: &'a A,
    ) -> Self {
        Self::to(connection, operation.endpoint(), authorization)
    }

    /// A request for any operation, in the table or not. Nobody knows what it changes, so only a GET
    /// is repeated.
    pub(crate) fn unlisted(
        connection: &'a Connection,
        method: Method,
        path: String,
        operation: Option<Operation>,
        authorization: &'a A,
    ) -> Self {
        let endpoint = operation.map_or(&UNLISTED, Operation::endpoint);
        let repeat = match method {
            Method::GET => Repeat::Safely,
            _ => Repeat::Unsent,
        };
        Self {
            method,
            path,
            repeat,
            ..Self::to(connection, endpoint, authorization)
        }
    }

    fn to(connection: &'a Connection, endpoint: &Endpoint, authorization: &'a A) -> Self {
        Self {
            connection,
            authorization,
            operation: endpoint.id,
            method: endpoint.method.clone(),
            server: endpoint.server,
            rate: endpoint.rate,
            repeat: endpoint.repeat,
            path: endpoint.path.to_owned(),
            query: Vec::new(),
            form: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            timeout: connection.platform.settings.timeout,
            streams: false,
            room: Room::default(),
            recorder: None,
        }
    }

    /// Has its memory counted, and its response's.
    pub(crate) fn counted(mut self, room: &Room) -> Self {
        self.room = room.clone();
        self
    }

    /// Has somebody hear what comes of it.
    pub(crate) fn recorded_by(self, recorder: Option<&'a Recorder>) -> Self {
        Self { recorder, ..self }
    }

    /// Puts an id into the place of the path's next parameter.
    pub(crate) fn id(mut self, argument: &'static str, id: &str) -> Result<Self, Error> {
        let id = path_segment(argument, id)?;
        let parameter = self.path.find('{').zip(self.path.find('}'));
        if let Some((start, end)) = parameter {
            self.path.replace_range(start..=end, id);
        }
        Ok(self)
    }

    /// Adds a parameter to the query, if there is one.
    pub(crate) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.query.push((name, value.to_string()));
        }
        self
    }

    /// Adds a field to the form that is the body.
    pub(crate) fn form(mut self, name: &'static str, value: impl Into<SecretString>) -> Self {
        self.form.push((name, value.into()));
        self
    }

    /// Sets a header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// LINE takes a request once for each key, for 24 hours.
    pub(crate) fn retry_key(self, key: Uuid) -> Result<Self, Error> {
        const RETRY_KEY: HeaderName = HeaderName::from_static("x-line-retry-key");
        let key = HeaderValue::try_from(key.to_string());
        let key = key.map_err(|error| bad_argument("retry key", error))?;
        Ok(self.header(RETRY_KEY, key))
    }

    /// Sets the body to this, as JSON.
    pub(crate) fn json(self, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|error| bad_argument("body", error))?;
        let json = HeaderValue::from_static("application/json");
        Ok(self.body(json, body.into()))
    }

    /// Sets the body to these bytes of this media type.
    pub(crate) fn body(mut self, content_type: HeaderValue, body: Bytes) -> Self {
        self.body = Some(body);
        self.header(CONTENT_TYPE, content_type)
    }

    /// Waits three times as long as usual for the response: 30 s of the usual 10 s, which LINE advises
    /// where it works through many ids.
    pub(crate) fn with_long_timeout(mut self) -> Self {
        self.timeout *= 3;
        self
    }
}
