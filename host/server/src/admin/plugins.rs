//! Plugins.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use botbox_store::PluginRecord;
use futures_util::StreamExt;
use serde::Serialize;
use serde_json::value::RawValue;

use super::operator::Operator;
use super::refusal::Refusal;
use crate::control::caller::{Caller, Role};

/// The largest component that is taken: 64 MiB, which is what the compiler takes.
const COMPONENT_LIMIT: usize = 64 << 20;

#[derive(Serialize)]
struct PluginsAnswer {
    /// Those that came last come first.
    plugins: Vec<PluginAnswer>,
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
) -> Result<Response, Refusal> {
    caller.is_host()?;
    let plugins = operator.control()?.plugins().await?.into_iter();
    let plugins = plugins.map(PluginAnswer::from).collect();
    Ok(Json(PluginsAnswer { plugins }).into_response())
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
