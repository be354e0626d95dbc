//! `wasi:http/outgoing-handler`: requests to the web.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::DynOutputStream;
use wasmtime_wasi::p2::pipe::SinkOutputStream;
use wasmtime_wasi_http::p2::bindings::http::types::{
    self, HostOutgoingBody as _, HostOutgoingRequest as _,
};
use wasmtime_wasi_http::p2::body::HostOutgoingBody;
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;
use wasmtime_wasi_http::{WasiHttpCtxView, WasiHttpView};

use crate::outgoing::hooks::Web;
use crate::outgoing::request_stream::RequestStream;
use crate::sandbox::Sandbox;

/// The longest method and authority: 1 KiB, four times a host name. What else the host keeps of a
/// request that was not sent yet is bounded by `wasi:http` itself.
const NAME: usize = 1 << 10;

/// Offers `wasi:http` to plugins.
pub(super) fn add_to_linker(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    shadow(linker)
}

/// Refuses long names, of which a plugin could make the host keep hundreds, and charges the attempt for what
/// is written into bodies.
fn shadow(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    type Request = Resource<HostOutgoingRequest>;
    type Set = Result<(), ()>;
    linker.allow_shadowing(true);
    let mut types = linker.instance("wasi:http/types@0.2.12")?;
    types.func_wrap(
        "[method]outgoing-request.set-method",
        |mut store: StoreContextMut<'_, Sandbox>, (request, method): (Request, types::Method)| {
            let set: Set = match &method {
                types::Method::Other(name) if name.len() > NAME => Err(()),
                _ => store.data_mut().http().set_method(request, method)?,
            };
            Ok((set,))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-authority",
        |mut store: StoreContextMut<'_, Sandbox>, (request, name): (Request, Option<String>)| {
            let set: Set = match &name {
                Some(name) if name.len() > NAME => Err(()),
                _ => store.data_mut().http().set_authority(request, name)?,
            };
            Ok((set,))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-body.write",
        |mut store: StoreContextMut<'_, Sandbox>, (body,): (Resource<HostOutgoingBody>,)| {
            let sandbox = store.data_mut();
            let stream = sandbox.http().write(body)?;
            if let Ok(stream) = &stream {
                charge(sandbox, stream)?;
            }
            Ok((stream,))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Charges the attempt for what is written to a stream.
fn charge(sandbox: &mut Sandbox, stream: &Resource<DynOutputStream>) -> wasmtime::Result<()> {
    let slot = Arc::clone(&sandbox.slot);
    let stream = sandbox.table.get_mut(stream)?;
    let inner = std::mem::replace(stream, Box::new(SinkOutputStream));
    *stream = Box::new(RequestStream::new(inner, slot));
    Ok(())
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let web = self.web.get_or_insert_with(|| {
            let environment = Arc::clone(&self.environment);
            let client = self.web_client.clone();
            let slot = Arc::clone(&self.slot);
            Web::new(environment, slot, client, self.calls.clone())
        });
        WasiHttpCtxView {
            hooks: &mut web.hooks,
            table: &mut self.table,
            ctx: &mut web.context,
        }
    }
}
