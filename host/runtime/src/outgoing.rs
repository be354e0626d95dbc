//! Requests to the web, on behalf of plugins.
//!
//! A name is connected to only at addresses that were checked, the very ones that it resolved to,
//! so that it can't stand for another one a moment later. Nothing is added to a request that would
//! make it the host's: no proxy, cookie or credential. A redirect is a response like any other;
//! whoever follows it makes another request, which is checked as the first was.

mod addresses;
mod body;
mod error;
pub(crate) mod hooks;
pub(crate) mod request_stream;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Request, Response};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use crate::governor::pool::Pool;
use crate::governor::{Share, Waiter};
use crate::limits::HTTP_HEADER_BYTES;
use error::ResolveError;

/// How long it may take to resolve a name and to connect: 10 s. Far servers need less than one.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// The most names that are resolved at a time, shared between channels. Each takes a thread until it
/// is done, of the 512 that reading files and resolving LINE's names take, too.
const LOOKUPS: u32 = 64;

tokio::task_local! {
    /// Who makes the request of which a name is resolved. The client has no other way to say so; it
    /// resolves in the task of the request, since it keeps no connections for others.
    static ASKS: Share;
}

/// Makes requests to the web. Clones are the same one.
#[derive(Clone)]
pub(crate) struct WebClient {
    http: reqwest::Client,
    lookups: Arc<Pool>,
}

impl WebClient {
    /// Prepares to make requests.
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        botbox_line::tls::prepare();
        let lookups = Pool::new(LOOKUPS, 0, 0);
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIME)
            // A connection is one request's: what one channel did with it, no other meets.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(PublicAddresses {
                lookups: Arc::clone(&lookups),
            }))
            .build()?;
        Ok(Self { http, lookups })
    }

    /// Lets a channel's provider count among those that share the look-ups of names.
    pub(crate) fn admit(&self, share: Share) {
        drop(Waiter::join(&self.lookups, share));
    }

    /// What those who look up names share.
    pub(crate) fn lookups(&self) -> &Pool {
        &self.lookups
    }

    /// Makes a channel's request, and gets the head of its response.
    pub(crate) async fn send(
        &self,
        share: Share,
        request: reqwest::Request,
        options: RequestOptions,
    ) -> Result<Response<reqwest::Body>, Error> {
        let response = ASKS.scope(share, self.http.execute(request));
        // From here, nobody can tell the two apart, so they make one limit.
        let response = match options.first_byte_timeout {
            Some(limit) => {
                let connect = options.connect_timeout.unwrap_or(CONNECT_TIME);
                let limit = limit.saturating_add(connect);
                let response = tokio::time::timeout(limit, response).await;
                response.map_err(|_| Error::ConnectionReadTimeout)?
            }
            None => response.await,
        };
        let response: Response<_> = response.map_err(|failed| error::of(&failed))?.into();
        if size(response.headers()) > HTTP_HEADER_BYTES {
            let limit = u32::try_from(HTTP_HEADER_BYTES).ok();
            return Err(Error::HttpResponseHeaderSectionSize(limit));
        }
        Ok(response)
    }
}

/// The request as the client takes it.
pub(crate) fn request(request: Request<WasiBody>) -> Result<reqwest::Request, Error> {
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, reqwest::Body::default());
    let mut request =
        reqwest::Request::try_from(request).map_err(|_| Error::HttpRequestUriInvalid)?;
    *request.body_mut() = body::of_request(body);
    Ok(request)
}

fn size(headers: &HeaderMap) -> usize {
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    sizes.sum()
}

/// Resolves names as the machine does, and keeps the public addresses.
struct PublicAddresses {
    lookups: Arc<Pool>,
}

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        let lookups = Arc::clone(&self.lookups);
        let share = ASKS.try_with(|share| *share);
        Box::pin(async move {
            let turn = Waiter::one(&lookups, share?).await;
            // To its end, even when nobody waits for it any more: so long it has its thread.
            let lookup = tokio::spawn(async move {
                // The client puts the port in.
                let found = tokio::net::lookup_host((name.as_str(), 0)).await;
                drop(turn);
                found.map(Iterator::collect::<Vec<_>>)
            });
            let mut addresses = lookup.await?.map_err(ResolveError::Failed)?;
            addresses.retain(|address| addresses::is_public(address.ip()));
            if addresses.is_empty() {
                return Err(ResolveError::NotPublic.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
