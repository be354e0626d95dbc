//! Reading LINE's responses, and what answers in LINE's place: its edge, or something on the way.

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, DATE};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::room::Room;
use crate::error::{Detail, Error, ErrorResponse};
use crate::lenient::{lenient, readable};

/// The largest JSON that is read: 4 MiB. LINE's largest is a list of 1,000 rich menus, which may have 20
/// areas each; with a dozen of ordinary ones they are 2 MB.
const JSON_LIMIT: usize = 4 << 20;

/// The longest piece of a body that is not LINE's JSON that goes into an error message, in bytes: 200, which
/// tell what it is.
const EXCERPT: usize = 200;

/// A response that LINE gave with success, as it came.
#[derive(Debug)]
pub struct RawResponse {
    /// The HTTP status.
    pub status: u16,
    /// Its media type, where LINE tells.
    pub content_type: Option<String>,
    /// At most as many bytes as were asked for.
    pub body: Vec<u8>,
    /// LINE's id of the request.
    pub request_id: Option<String>,
    /// When LINE answered, by its clock: the header `date`.
    pub date: Option<String>,
}

/// Reads a response as it is: at most `limit` bytes.
pub(super) async fn read_raw(
    operation: &'static str,
    response: Response,
    room: Room,
    limit: usize,
) -> Result<RawResponse, Error> {
    Ok(RawResponse {
        status: response.status().as_u16(),
        content_type: header(&response, CONTENT_TYPE.as_str()),
        request_id: request_id(&response),
        date: header(&response, DATE.as_str()),
        body: read_body(operation, response, room, limit).await?,
    })
}

/// Reads a response that is JSON.
pub(super) async fn read_json<T: DeserializeOwned>(
    operation: &'static str,
    response: Response,
    room: Room,
) -> Result<T, Error> {
    let request_id = request_id(&response);
    let body = read_body(operation, response, room, JSON_LIMIT).await?;
    serde_json::from_slice(&body).map_err(|error| match error.classify() {
        Category::Data => Error::Unreadable {
            operation,
            // Without the body itself, which may have a token in it.
            reason: error.to_string(),
            request_id,
        },
        Category::Io | Category::Syntax | Category::Eof => Error::NotJson {
            operation,
            excerpt: excerpt(&body),
            request_id,
        },
    })
}

/// LINE's error body. Some errors leave `details` out; those about tokens have the other two
/// fields. Each is taken as it comes, so that one odd value does not cost the others.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    #[serde(deserialize_with = "lenient")]
    message: Option<String>,
    #[serde(deserialize_with = "readable")]
    details: Vec<Detail>,
    #[serde(deserialize_with = "lenient")]
    error: Option<String>,
    #[serde(deserialize_with = "lenient")]
    error_description: Option<String>,
}

/// Reads an error, whatever its body is: some come from LINE's edge as HTML.
pub(super) async fn error_response(
    operation: &'static str,
    response: Response,
    room: Room,
) -> ErrorResponse {
    let status = response.status().as_u16();
    let request_id = request_id(&response);
    let body = read_body(operation, response, room, JSON_LIMIT).await;
    let body = body.unwrap_or_default();
    let mut body = serde_json::from_slice(&body).unwrap_or_else(|_| ErrorBody {
        message: Some(excerpt(&body)),
        ..ErrorBody::default()
    });
    ErrorResponse {
        operation,
        status,
        details: std::mem::take(&mut body.details),
        message: body.message(),
        request_id,
    }
}

impl ErrorBody {
    fn message(self) -> String {
        let Self {
            message,
            error,
            error_description,
            ..
        } = self;
        match (message, error, error_description) {
            (Some(message), ..) if !message.is_empty() => message,
            (_, Some(error), Some(description)) => format!("{error}: {description}"),
            (_, error, description) => error.or(description).unwrap_or_default(),
        }
    }
}

/// The error of a request without a complete response.
pub(crate) fn no_response(operation: &'static str, source: reqwest::Error) -> Error {
    Error::NoResponse {
        operation,
        // It may hold a user's id.
        source: source.without_url(),
    }
}

/// LINE's id of the request that was taken: of a request that LINE took already, the id of that one.
/// Empty if LINE tells none.
pub(super) fn accepted_request_id(response: &Response) -> String {
    let id = header(response, "x-line-accepted-request-id");
    id.or_else(|| request_id(response)).unwrap_or_default()
}

pub(super) fn request_id(response: &Response) -> Option<String> {
    header(response, "x-line-request-id")
}

fn header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    value.to_str().ok().map(str::to_owned)
}

/// Reads a body of at most `limit` bytes.
async fn read_body(
    operation: &'static str,
    mut response: Response,
    room: Room,
    limit: usize,
) -> Result<Vec<u8>, Error> {
    let request_id = request_id(&response);
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|source| no_response(operation, source))?
    {
        room.take_for_response(chunk.len())?;
        body.extend_from_slice(&chunk);
        if body.len() > limit {
            return Err(Error::Unreadable {
                operation,
                reason: format!("it is longer than {limit} bytes"),
                request_id,
            });
        }
    }
    Ok(body)
}

fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(EXCERPT)]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
