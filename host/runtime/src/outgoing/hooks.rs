//! An attempt's requests to the web: which may go out, and how many.

use std::sync::Arc;

use botbox_line::TRACE_TARGET;
use http::{Method, Request, Response, header};
use tracing::field::{Empty, display};
use tracing::{Instrument, trace_span};
use wasmtime_wasi_http::{
    DEFAULT_FORBIDDEN_HEADERS, Error, ForbiddenHeaderFilter, RequestOptions, WasiBody, WasiHttpCtx,
    WasiHttpHooks,
};

use super::WebClient;
use super::body::ResponseBody;
use crate::counts::{Calls, Open, OpenCount};
use crate::environment::Environment;
use crate::governor::Slot;
use crate::limits::{HTTP_HEADER_BYTES, HTTP_REQUESTS};
use crate::log::LINE_COST;
use crate::one_line::one_line;

/// The longest origin that is logged whole, in bytes: a host's name has 253.
const LOGGED_ORIGIN: usize = 300;

/// What the plugin may write into a request's body before the host takes it. It is small, because a
/// plugin can begin many bodies.
const CHUNK: usize = 16 << 10;

/// One attempt's side of the web.
pub(crate) struct Web {
    pub(crate) context: WasiHttpCtx,
    pub(crate) hooks: Hooks,
}

/// Lets requests out that may go, and no others.
pub(crate) struct Hooks {
    environment: Arc<Environment>,
    slot: Arc<Slot>,
    client: WebClient,
    calls: Calls,
    /// Requests whose responses have not ended.
    open: OpenCount,
    /// The origins that were denied, each of which is logged once.
    denied: Vec<String>,
}

impl Web {
    pub(crate) fn new(
        environment: Arc<Environment>,
        slot: Arc<Slot>,
        client: WebClient,
        calls: Calls,
    ) -> Self {
        let mut context = WasiHttpCtx::new();
        context.set_field_size_limit(HTTP_HEADER_BYTES);
        Self {
            context,
            hooks: Hooks {
                environment,
                slot,
                client,
                calls,
                open: OpenCount::default(),
                denied: Vec::new(),
            },
        }
    }
}

/// The response to a request that was let out, and what is left to do for it, which is nothing.
type Sent = Result<
    (
        Response<WasiBody>,
        Box<dyn Future<Output = Result<(), Error>> + Send>,
    ),
    Error,
>;

impl WasiHttpHooks for Hooks {
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
    ) -> Box<dyn Future<Output = Sent> + Send> {
        // Of the URL, there is no more than where it leads: the rest is the user's.
        let span = trace_span!(
            target: TRACE_TARGET,
            "HTTP",
            host = request.uri().host().map(|it| one_line(it, LOGGED_ORIGIN)),
            status = Empty,
            error = Empty
        );
        let checked = span.in_scope(|| self.check(request));
        let client = self.client.clone();
        let (share, slot) = (self.slot.share(), Arc::downgrade(&self.slot));
        Box::new(async move {
            let sent = async {
                let (request, open) = checked?;
                let options = options.unwrap_or_default();
                let silence = options.between_bytes_timeout;
                let response = client.send(share, request, options).await?;
                span.record("status", response.status().as_u16());
                Ok::<_, Error>(response.map(|body| {
                    let body = ResponseBody::new(body, silence, open, slot, span.clone());
                    WasiBody::new(body)
                }))
            };
            let response = sent.instrument(span.clone()).await;
            let response = response.inspect_err(|error| {
                span.record("error", display(error));
            })?;
            Ok((response, Box::new(async { Ok(()) }) as _))
        })
    }
}

impl Hooks {
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
        let request = super::request(request)?;
        let url = request.url();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::HttpRequestUriInvalid);
        }
        if !self.environment.grants.allow_http(url) {
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
        if self.environment.log_rate.passes(shown.len() + LINE_COST) {
            tracing::warn!(
                origin = shown,
                "denied a request to the web: list the origin in the channel's grant `http` if the \
                 plugin may go there"
            );
        }
    }
}
