//! A stand-in for the LINE Platform, for development and tests: it needs no credentials and no
//! internet.
//!
//! One listener plays three parts: LINE's API (`api.line.me`), LINE's data API
//! (`api-data.line.me`), and under `/simulator` a control API through which users are made to act. The data
//! API can have an address of its own, and all of it HTTPS, for clients that insist on LINE's names.
//! What they do reaches the bots as signed webhooks. At `/` is a page that shows all of it in a
//! browser. It never accepts what LINE is known to refuse, calls nothing but the webhooks that it was
//! told, and keeps nothing on disk: who wants to keep its state asks for it, as a document.
//!
//! The "LINE reference" that the comments cite is the Messaging API reference at
//! <https://developers.line.biz/en/reference/messaging-api/>.

mod answer;
mod bots;
mod clock;
mod connection;
mod contents;
mod control;
mod delivery;
mod events;
mod faults;
mod form;
mod ids;
mod link_tokens;
mod live;
mod merge;
mod origin;
mod page;
mod pictures;
mod platform;
mod recent;
mod servers;
mod settings;
mod state;
mod tls;
mod validation;
mod webhook;
mod webhook_json;
mod world;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection::{AbortHandle, AbortableListener, TlsListener};
use crate::servers::Servers;
pub use crate::settings::{Https, Settings};
use crate::state::State;
pub use crate::tls::{Authority, TlsError};
use crate::webhook::Courier;
use crate::world::Shared;

/// How long [`Simulator::stop`] waits for requests that are being answered.
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// Why a simulator could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; choose another address")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The seed is no state.
    #[error(
        "the seed is no state of the simulator: {0}; compare it with the answer of GET /simulator/state"
    )]
    Seed(String),
    /// There is no certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The HTTP client for webhooks cannot be made.
    #[error("cannot make the HTTP client for webhooks: {0}")]
    Client(#[source] reqwest::Error),
}

/// A running simulator. It serves until it is stopped or dropped.
pub struct Simulator {
    url: String,
    data_url: String,
    https_url: Option<String>,
    shared: Shared,
    /// Dropping it ends the servers.
    stop: watch::Sender<()>,
    /// One for each listener.
    servers: JoinSet<()>,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut simulator = formatter.debug_struct("Simulator");
        simulator.field("url", &self.url).finish_non_exhaustive()
    }
}

impl Simulator {
    /// Starts a simulator, which knows what the seed says.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the seed is no state.
    pub async fn start(mut settings: Settings) -> Result<Self, Error> {
        let seed = settings.seed.take();
        let (listener, url) = bind(settings.listen).await?;
        let data = match settings.data_listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let https = match &settings.https {
            Some(Https { listen, authority }) => Some((
                bind(*listen).await?,
                authority.acceptor(settings.clock.now())?,
            )),
            None => None,
        };

        let (stop, stopped) = watch::channel(());
        let courier = Courier::new(settings.webhook_timeout).map_err(Error::Client)?;
        let shared = Shared::new(settings, courier, stopped);
        if let Some(seed) = seed {
            restore(&shared, &seed)?;
        }
        let others = if data.is_some() {
            Servers::AllButData
        } else {
            Servers::All
        };
        let whole = || {
            platform::routes()
                .merge(page::routes(&shared))
                .nest("/simulator", control::routes(&shared))
        };
        let mut servers = JoinSet::new();
        servers.spawn(serve(
            AbortableListener(listener),
            whole().layer(Extension(others)),
            shared.clone(),
        ));
        let mut data_url = format!("http://{url}");
        if let Some((listener, url)) = data {
            data_url = format!("http://{url}");
            let app = platform::routes().layer(Extension(Servers::Data));
            servers.spawn(serve(AbortableListener(listener), app, shared.clone()));
        }
        let mut https_url = None;
        if let Some(((listener, url), acceptor)) = https {
            https_url = Some(format!("https://{url}"));
            let app = whole().layer(Extension(Servers::All));
            servers.spawn(serve(
                TlsListener::new(listener, acceptor),
                app,
                shared.clone(),
            ));
        }
        Ok(Self {
            url: format!("http://{url}"),
            data_url,
            https_url,
            shared,
            stop,
            servers,
        })
    }

    /// `http://ADDRESS:PORT`: the base of LINE's API and of the control API, and of LINE's data API unless that
    /// has an address of its own.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `http://ADDRESS:PORT`: the base of LINE's data API.
    #[must_use]
    pub fn data_url(&self) -> &str {
        &self.data_url
    }

    /// `https://ADDRESS:PORT`: the same as [`Simulator::url`] by HTTPS.
    #[must_use]
    pub fn https_url(&self) -> Option<&str> {
        self.https_url.as_deref()
    }

    /// Waits until no call is being answered, no webhook delivered, and none due by the clock.
    pub async fn idle(&self) {
        self.shared.idle().await;
    }

    /// What people set up and said, as `GET /simulator/state` answers it: the seed of another simulator.
    #[must_use]
    pub fn state(&self) -> String {
        // Texts and numbers can't fail to be JSON.
        serde_json::to_string_pretty(&State::of(&self.shared.world())).unwrap_or_default()
    }

    /// Stops serving. Requests that are being answered get a second to finish.
    pub async fn stop(mut self) {
        drop(self.stop);
        let all = async { while self.servers.join_next().await.is_some() {} };
        // Who has not finished is aborted with the set.
        let _ = tokio::time::timeout(STOP_PATIENCE, all).await;
    }
}

/// A listener, and its `ADDRESS:PORT`.
async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let error = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(error)?;
    let bound = listener.local_addr().map_err(error)?;
    Ok((listener, bound))
}

/// Gives the simulator its first state.
fn restore(shared: &Shared, seed: &str) -> Result<(), Error> {
    let state: State = serde_json::from_str(seed).map_err(|e| Error::Seed(e.to_string()))?;
    let lifetime = shared.settings.reply_token_lifetime;
    let restored = state.restore(&mut shared.world(), lifetime);
    restored.map_err(|e| Error::Seed(e.to_string()))
}

async fn serve<L>(listener: L, app: Router<Shared>, shared: Shared)
where
    L: Listener<Addr = AbortHandle>,
    AbortHandle: for<'a> Connected<IncomingStream<'a, L>>,
{
    let app = app.with_state(shared.clone());
    let app = app.into_make_service_with_connect_info::<AbortHandle>();
    let served = axum::serve(listener, app)
        .with_graceful_shutdown(async move { shared.until_stopped().await })
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the simulator stopped serving");
    }
}
