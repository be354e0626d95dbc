//! Plugins.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use botbox_store::PluginRecord;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::filter::Parameters;
use super::operator::Operator;
use super::page::limit;
use super::refusal::Refusal;
use crate::control::caller::{Caller, Role};

/// The largest component that is taken: 64 MiB, which is what the compiler takes.
const COMPONENT_LIMIT: usize = 64 << 20;

#[derive(Serialize)]
struct PluginsAnswer {
    /// Those that came last come first.
    plugins: Vec<PluginAnswer>,
    /// What to give as `before`, for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of plugins.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    before: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct PluginAnswer {
    digest: String,
    size: u64,
    /// What was found out about it.
    details: Option<Box<RawValue>>,
    uploaded: i64,
    uploaded_by: String,
}

/// The plugins of all providers are the host's to see.
pub(super) async fn list(
    State(operator): State<Arc<Operator>>,
    caller: Caller,
    Parameters(query): Parameters<PageQuery>,
) -> Result<Response, Refusal> {
    caller.is_host()?;
    let limit = limit(query.limit, 100, 1_000)?;
    let mut plugins = operator.control()?.plugins().await?;
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
    })
    .into_response())
}

/// Who knows a digest has the plugin, or has seen it.
pub(super) async fn show(
    State(operator): State<Arc<Operator>>,
    Path(digest): Path<String>,
    _: Caller,
) -> Result<Response, Refusal> {
    match operator.control()?.plugin(&digest).await? {
        Some(plugin) => Ok(Json(PluginAnswer::from(plugin)).into_response()),
        None => Err(Refusal::NotFound(format!("there is no plugin {digest:?}"))),
    }
}

pub(super) async fn upload(
    State(operator): State<Arc<Operator>>,
    Path(digest): Path<String>,
    caller: Caller,
    body: Body,
) -> Result<Response, Refusal> {
    caller.may(Role::Deploy)?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|it| it.is_ascii_hexdigit());
    if !is_digest || digest.bytes().any(|it| it.is_ascii_uppercase()) {
        let why = "give the SHA-256 of the component as 64 lower-case hexadecimal digits";
        return Err(Refusal::BadRequest(String::from(why)));
    }
    let wasm = read(body).await?;
    // Its provider has turns of the compiler with others.
    let owner = format!("{:?}", caller.provider);
    let control = operator.control()?;
    let added = control.add_plugin(caller.actor(), &owner, &digest, wasm);
    let added = PluginAnswer::from(added.await?);
    Ok((StatusCode::OK, Json(added)).into_response())
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
            let why = format!(
                "the component has more than {} MiB, the limit",
                COMPONENT_LIMIT >> 20
            );
            return Err(Refusal::BadRequest(why));
        }
        wasm.extend_from_slice(&piece);
    }
    Ok(wasm)
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
