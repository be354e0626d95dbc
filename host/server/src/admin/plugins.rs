//! Plugins.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::Json;
use botbox_store::{Deployments, PluginRecord};
use futures_util::StreamExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::access::{Deploy, May, Read};
use super::description::{Input, Operation};
use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use super::request::InPath;
use crate::channel::plugin_details::PluginDetails;

/// The largest component that is taken: 64 MiB, which is what the compiler takes.
const COMPONENT_LIMIT: usize = 64 << 20;

/// A page of plugins.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plugins")]
pub(super) struct PluginsAnswer {
    /// Those that came last come first.
    plugins: Vec<PluginAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of plugins.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// The `next` of the page before.
    #[schemars(regex(pattern = "^[0-9]{1,15}-.{1,64}$"))]
    before: Option<String>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// The body of an upload, which is read when everything else is right.
pub(super) struct Component(Body);

/// A component that the host has.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plugin")]
pub(super) struct PluginAnswer {
    digest: String,
    size: u64,
    /// What was found out about it.
    #[schemars(with = "Option<PluginDetails>")]
    details: Option<Box<RawValue>>,
    /// When it was uploaded last, or deployed, by whose things the token sees.
    uploaded: i64,
    /// Who uploaded it first. Empty: it came with a deployment.
    uploaded_by: String,
}

pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    Parameters(query): Parameters<PageQuery>,
) -> Result<Json<PluginsAnswer>, Refusal> {
    let limit = limit(query.limit, 100, 1_000)?;
    let mut plugins = operator.store.plugins(caller.viewer()).await?;
    if let Some(before) = query.before.as_deref() {
        let before = place(before)?;
        plugins.retain(|it| (Reverse(it.uploaded), it.digest.as_str()) > before);
    }
    let has_more = plugins.len() > limit;
    plugins.truncate(limit);
    let last = plugins.last().filter(|_| has_more);
    Ok(Json(PluginsAnswer {
        next: last.map(|it| format!("{}-{}", it.uploaded, it.digest)),
        plugins: plugins.into_iter().map(PluginAnswer::from).collect(),
    }))
}

pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Read>,
    InPath(digest): InPath<String>,
) -> Result<Json<PluginAnswer>, Refusal> {
    let found = operator.store.plugin(caller.viewer(), &digest);
    match found.await? {
        Some(plugin) => Ok(Json(PluginAnswer::from(plugin))),
        None => Err(Refusal::NotFound(format!("there is no plugin {digest:?}"))),
    }
}

pub(super) async fn upload(
    State(operator): State<Arc<Operator>>,
    May(caller, _): May<Deploy>,
    InPath(digest): InPath<String>,
    Component(body): Component,
) -> Result<Json<PluginAnswer>, Refusal> {
    let is_digest = digest.len() == 64 && digest.bytes().all(|it| it.is_ascii_hexdigit());
    if !is_digest || digest.bytes().any(|it| it.is_ascii_uppercase()) {
        let why = "give the SHA-256 of the component as 64 lower-case hexadecimal digits";
        return Err(Refusal::BadRequest(String::from(why)));
    }
    let control = operator.control()?;
    let _upload = control.begin_upload(&caller)?;
    let wasm = read(body).await?;
    let added = control.add_plugin(&caller, &digest, wasm);
    Ok(Json(PluginAnswer::from(added.await?)))
}

/// The place of a plugin among all: when it came last, and its digest. So it has one though it comes again.
fn place(cursor: &str) -> Result<(Reverse<i64>, &str), Refusal> {
    let place = cursor.split_once('-');
    let place =
        place.and_then(|(uploaded, digest)| Some((Reverse(uploaded.parse().ok()?), digest)));
    place.ok_or_else(|| {
        Refusal::BadRequest(String::from("before: give the `next` that was answered"))
    })
}

async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut pieces = body.into_data_stream();
    let mut wasm = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece
            .map_err(|_| Refusal::BadRequest(String::from("the upload broke off; try again")))?;
        if wasm.len() + piece.len() > COMPONENT_LIMIT {
            return Err(Refusal::TooLarge(COMPONENT_LIMIT));
        }
        wasm.extend_from_slice(&piece);
    }
    Ok(wasm)
}

impl<S: Send + Sync> FromRequest<S> for Component {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        Ok(Self(request.into_body()))
    }
}

impl Input for Component {
    fn describe(operation: &mut Operation<'_>) {
        operation.bytes_body("A component of 64 MiB at most.");
        let bad = "The digest is none, or the upload broke off.";
        operation.refuses(StatusCode::BAD_REQUEST, bad);
        let large = "The component is larger than 64 MiB.";
        operation.refuses(StatusCode::PAYLOAD_TOO_LARGE, large);
        let invalid = "The bytes are no plugin for this host, or have another digest.";
        operation.refuses(StatusCode::UNPROCESSABLE_ENTITY, invalid);
    }
}

impl From<PluginRecord> for PluginAnswer {
    fn from(plugin: PluginRecord) -> Self {
        Self {
            digest: plugin.digest,
            size: plugin.size,
            details: RawValue::from_string(plugin.details).ok(),
            uploaded: plugin.uploaded,
            uploaded_by: plugin.uploaded_by,
        }
    }
}
