//! What a request to the admin API says, and how it is answered.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use botbox_store::Revision;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::description::{Answer, Input, Operation};
use super::refusal::Refusal;
use crate::config::document;

/// The largest body of JSON: 2 MiB, axum's default. A deployment with a long configuration has some KiB.
const BODY_LIMIT: usize = 2 << 20;

/// What stands in a path. A path that can't be read is one where nothing is.
pub(super) struct InPath<T>(pub(super) T);

/// The body of a request, which is JSON. An empty one is an empty object.
pub(super) struct Document<T>(pub(super) T);

/// The revision that a request is to change: what `If-Match` says.
pub(super) struct IfMatch(pub(super) Option<Revision>);

/// An answer that is changed by its revision.
pub(super) struct Revised<T> {
    pub(super) revision: Revision,
    pub(super) answer: T,
}

/// The answer to who has made something.
pub(super) struct Created<A>(pub(super) A);

/// The answer to who has done what leaves nothing to tell.
pub(super) struct Done;

/// Does something to its end, though whoever asked for it hangs up meanwhile: what was begun is done whole, and
/// stands in the audit.
pub(super) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The host ends.
            Err(_) => Err(Refusal::Stopped),
        },
    }
}

/// A document that leaves everything out.
pub(super) fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

fn body<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body };
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Refusal::BadRequest(format!("the body is not JSON: {error}")))?;
    document::parsed(&value).map_err(|problems| Refusal::Control(problems.into()))
}

fn expected(headers: &HeaderMap) -> Result<Option<Revision>, Refusal> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let revision = value.to_str().ok().and_then(|it| {
        let it = it.strip_prefix('"')?.strip_suffix('"')?;
        it.parse().ok()
    });
    match (value.as_bytes(), revision) {
        (b"*", _) => Ok(None),
        (_, Some(revision)) => Ok(Some(revision)),
        (_, None) => Err(Refusal::BadRequest(String::from(
            "If-Match: give the `ETag` that was answered, such as \"3\"",
        ))),
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(found)) => Ok(Self(found)),
            Err(rejection) => Err(Refusal::NotFound(format!(
                "there is nothing at this path: {}",
                rejection.body_text()
            ))),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Document<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Bytes::from_request(request, state).await {
            Ok(bytes) => body(&bytes).map(Self),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Refusal::TooLarge(BODY_LIMIT))
            }
            Err(_) => Err(Refusal::BadRequest(String::from("the body broke off"))),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        expected(&parts.headers).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Revised<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.answer).into_response();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", self.revision)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

impl<A: IntoResponse> IntoResponse for Created<A> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, self.0).into_response()
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl<T> Input for InPath<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.refuses(
            StatusCode::NOT_FOUND,
            "It is not there, or is another provider's.",
        );
    }
}

impl<T: JsonSchema> Input for Document<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.json_body::<T>();
        operation.refuses(StatusCode::BAD_REQUEST, "The body is not JSON.");
        operation.refuses(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The body is larger than 2 MiB.",
        );
        operation.refuses(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The body is not valid; `errors` names the keys.",
        );
    }
}

impl Input for IfMatch {
    fn describe(operation: &mut Operation<'_>) {
        let about =
            "The `ETag` that was answered: refuses to change what somebody else has changed since.";
        operation.header("If-Match", about, "^(\\*|\"[0-9]{1,18}\")$");
        operation.refuses(
            StatusCode::BAD_REQUEST,
            "`If-Match` is no `ETag` of the host.",
        );
        operation.refuses(
            StatusCode::PRECONDITION_FAILED,
            "Somebody else has changed it since.",
        );
    }
}

impl<T: JsonSchema> Answer for Revised<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<T>();
        operation.done_has_tag();
    }
}

impl<A: Answer> Answer for Created<A> {
    fn describe(operation: &mut Operation<'_>) {
        A::describe(operation);
        operation.done_is(StatusCode::CREATED);
    }
}

impl Answer for Done {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers(StatusCode::NO_CONTENT, "It is done.", None);
    }
}
