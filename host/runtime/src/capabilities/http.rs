//! `wasi:http/outgoing-handler`: requests to the web.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::p2::bindings::http::types::{self, HostOutgoingRequest as _};
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;
use wasmtime_wasi_http::{WasiHttpCtxView, WasiHttpView};

use crate::outgoing::hooks::Web;
use crate::sandbox::Sandbox;

/// The longest method and authority: 1 KiB, four times a host name. What else the host keeps of a
/// request that was not sent yet is bounded by `wasi:http` itself.
const NAME: usize = 1 << 10;

/// Offers `wasi:http` to plugins.
pub(super) fn add_to_linker(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    bound_names(linker)
}

/// Refuses names of any length, of which a plugin could have the host keep hundreds.
fn bound_names(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
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
    linker.allow_shadowing(false);
    Ok(())
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let web = self.web.get_or_insert_with(|| {
            let environment = Arc::clone(&self.environment);
            let client = self.web_client.clone();
            Web::new(environment, self.slot.share(), client, self.calls.clone())
        });
        WasiHttpCtxView {
            hooks: &mut web.hooks,
            table: &mut self.table,
            ctx: &mut web.context,
        }
    }
}
