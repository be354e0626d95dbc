//! `wasi:http/outgoing-handler`: requests to the web.

use std::sync::Arc;

use http::{Method, Request, Response, header};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi_http::p2::bindings::http::types::{self, HostOutgoingRequest as _};
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpCtx,
    WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

use crate::governor::Share;
use crate::limits::{Calls, HTTP_HEADER_BYTES, HTTP_REQUESTS, Open, OpenCount};
use crate::log::LINE_COST;
use crate::one_line::one_line;
use crate::outgoing::{self, WebClient};
use crate::runtime::Deployment;
use crate::sandbox::Sandbox;

/// The longest origin that is logged whole, in bytes: a host's name has 253.
const LOGGED_ORIGIN: usize = 300;

/// What the plugin may write into a request's body before the host takes it. It is small, because a
/// plugin can begin many bodies.
const CHUNK: usize = 16 << 10;

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

/// One attempt's side of the web.
pub(crate) struct Web {
    context: WasiHttpCtx,
    door: Door,
}

/// Lets requests out, if they may.
struct Door {
    deployment: Arc<Deployment>,
    share: Share,
    client: WebClient,
    calls: Calls,
    /// Requests that were not answered to their end.
    open: OpenCount,
    /// The origins that were denied, each of which is logged once.
    denied: Vec<String>,
}

impl Web {
    pub(crate) fn new(
        deployment: Arc<Deployment>,
        share: Share,
        client: WebClient,
        calls: Calls,
    ) -> Self {
        let mut context = WasiHttpCtx::new();
        context.set_field_size_limit(HTTP_HEADER_BYTES);
        Self {
            context,
            door: Door {
                deployment,
                share,
                client,
                calls,
                open: OpenCount::default(),
                denied: Vec::new(),
            },
        }
    }
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let web = self.web.get_or_insert_with(|| {
            let deployment = Arc::clone(&self.deployment);
            let client = self.web_client.clone();
            Web::new(deployment, self.slot.share(), client, self.calls.clone())
        });
        WasiHttpCtxView {
            hooks: &mut web.door,
            table: &mut self.table,
            ctx: &mut web.context,
        }
    }
}

/// The answer to a request that was let out, and what is left to do for it, which is nothing.
type Answer = Result<
    (
        Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

impl WasiHttpHooks for Door {
    /// Those of a connection, which are the host's to decide, and `host`, which is the URL's.
    fn forbidden_header_filter(&mut self) -> ForbiddenHeaderFilter {
        Arc::new(|name| {
            [header::EXPECT, header::TE, header::TRAILER].contains(name)
                || DEFAULT_FORBIDDEN_HEADERS.contains(name)
        })
    }

    /// The client does, of the URL that was checked.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        CHUNK
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Answer> + Send> {
        let checked = self.check(request);
        let (client, share) = (self.client.clone(), self.share);
        Box::new(async move {
            let (request, open) = checked?;
            let options = options.unwrap_or_default();
            let response = client.send(share, request, options, open).await?;
            Ok((response, Box::new(async { Ok(()) }) as _))
        })
    }
}

impl Door {
    /// Lets a request out if the deployment grants it, and there were and are not too many.
    fn check(&mut self, request: Request<WasiBody>) -> Result<(reqwest::Request, Open), Error> {
        if !self.calls.take() {
            return Err(Error::ConnectionLimitReached);
        }
        let open = self.open.take(HTTP_REQUESTS);
        let open = open.ok_or(Error::ConnectionLimitReached)?;
        // They make a tunnel, and an echo of what the host sent.
        if [Method::CONNECT, Method::TRACE].contains(request.method()) {
            return Err(Error::HttpRequestMethodInvalid);
        }
        let request = outgoing::request(request)?;
        let url = request.url();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::HttpRequestUriInvalid);
        }
        if !self.deployment.grants.allow_http(url) {
            self.log_denial(url.origin().ascii_serialization());
            return Err(Error::HttpRequestDenied);
        }
        Ok((request, open))
    }

    /// There are no more of them than calls of an event.
    fn log_denial(&mut self, origin: String) {
        if self.denied.contains(&origin) {
            return;
        }
        let shown = one_line(&origin, LOGGED_ORIGIN);
        self.denied.push(origin);
        if self.deployment.log_rate.passes(shown.len() + LINE_COST) {
            tracing::warn!(
                origin = shown,
                "denied a request to the web: list the origin in the channel's grant `http` if the \
                 plugin may go there"
            );
        }
    }
}
