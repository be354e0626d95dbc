//! A stand-in for the LINE Platform, for development and tests: it needs no credentials and no
//! internet.
//!
//! One listener plays three parts: LINE's API (`api.line.me`), LINE's data API
//! (`api-data.line.me`), and under `/simulator` a control API through which users are made to act.
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
mod settings;
mod state;
mod validation;
mod webhook;
mod webhook_json;
mod world;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::connection::{AbortHandle, AbortableListener};
pub use crate::settings::Settings;
use crate::state::State;
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
    /// The HTTP client for webhooks cannot be made.
    #[error("cannot make the HTTP client for webhooks: {0}")]
    Client(#[source] reqwest::Error),
}

/// A running simulator. It serves until it is stopped or dropped.
pub struct Simulator {
    url: String,
    shared: Shared,
    /// Dropping it ends the server.
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
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
        let address = settings.listen;
        let listen_error = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen_error)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen_error)?);

        let (stop, stopped) = watch::channel(());
        let courier = Courier::new(settings.webhook_timeout).map_err(Error::Client)?;
        let shared = Shared::new(settings, courier, stopped);
        if let Some(seed) = seed {
            restore(&shared, &seed)?;
        }
        let server = tokio::spawn(serve(listener, shared.clone()));
        Ok(Self {
            url,
            shared,
            stop,
            server,
        })
    }

    /// `http://ADDRESS:PORT`: the base of LINE's API, of LINE's data API and of the control API
    /// at once.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
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
    pub async fn stop(self) {
        drop(self.stop);
        let abort = self.server.abort_handle();
        if tokio::time::timeout(STOP_PATIENCE, self.server)
            .await
            .is_err()
        {
            abort.abort();
        }
    }
}

/// Gives the simulator its first state.
fn restore(shared: &Shared, seed: &str) -> Result<(), Error> {
    let state: State = serde_json::from_str(seed).map_err(|e| Error::Seed(e.to_string()))?;
    let lifetime = shared.settings.reply_token_lifetime;
    let restored = state.restore(&mut shared.world(), lifetime);
    restored.map_err(|e| Error::Seed(e.to_string()))
}

async fn serve(listener: TcpListener, shared: Shared) {
    let app: Router = platform::routes()
        .merge(page::routes(&shared))
        .nest("/simulator", control::routes(&shared))
        .with_state(shared.clone());
    let app = app.into_make_service_with_connect_info::<AbortHandle>();
    let served = axum::serve(AbortableListener(listener), app)
        .with_graceful_shutdown(async move { shared.until_stopped().await })
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the simulator stopped serving");
    }
}
