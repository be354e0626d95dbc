//! The LINE Platform, as all channels share it: where it is, and the connections to it.

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use reqwest::header::HeaderName;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::operation::Server;

/// How many channels get a token at a time: 8. All of a host's do at its start, and LINE takes 370
/// requests for one kind in a second; at some hundredths of a second each, 8 at a time are as many.
const TOKEN_TURNS: usize = 8;

/// Where the LINE Platform is, and how long to wait for it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Default `https://api.line.me`.
    pub api_base: String,
    /// Where contents are fetched. Default `https://api-data.line.me`.
    pub data_api_base: String,
    /// Where modules are attached. Default `https://manager.line.biz`.
    pub manager_base: String,
    /// How long one request may take; for contents, how long LINE may be silent; for uploads of
    /// user ids, a third of how long they may take. Default 10 s: LINE documents no limit, and
    /// answers in tens of milliseconds.
    pub timeout: Duration,
    /// The header by which a module channel says for which bot it calls. LINE tells its name to
    /// Marketplace partners only. Default: not known.
    pub module_bot_header: Option<HeaderName>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            api_base: String::from("https://api.line.me"),
            data_api_base: String::from("https://api-data.line.me"),
            manager_base: String::from("https://manager.line.biz"),
            timeout: Duration::from_secs(10),
            module_bot_header: None,
        }
    }
}

impl Settings {
    /// Where one of LINE's servers is.
    pub(super) fn base(&self, server: Server) -> &str {
        match server {
            Server::Api => &self.api_base,
            Server::DataApi => &self.data_api_base,
            Server::Manager => &self.manager_base,
        }
    }
}

/// The LINE Platform, as all channels share it.
#[derive(Debug)]
pub struct Platform {
    /// Each of its requests has a time limit of its own.
    pub(super) http: reqwest::Client,
    /// Has one for each piece of a response.
    pub(super) streams: reqwest::Client,
    pub(crate) settings: Settings,
    /// By which tokens expire, and LINE's rates and contents are waited for.
    pub(crate) clock: Clock,
    /// One permit for each token that is got at a time.
    token_turns: Semaphore,
}

impl Platform {
    /// Prepares the connections. The clock must be the one by which LINE's tokens expire: the machine's,
    /// or that of the simulator.
    ///
    /// # Errors
    ///
    /// When the machine has no usable TLS certificates.
    pub fn new(settings: Settings, clock: Clock) -> Result<Arc<Self>, reqwest::Error> {
        crate::tls::prepare();
        let http = || {
            reqwest::Client::builder()
                .user_agent(concat!("botbox/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(settings.timeout)
                // An access token must not follow a redirect to another host.
                .redirect(reqwest::redirect::Policy::none())
        };
        Ok(Arc::new(Self {
            http: http().build()?,
            streams: http().read_timeout(settings.timeout).build()?,
            settings,
            clock,
            token_turns: Semaphore::new(TOKEN_TURNS),
        }))
    }

    /// Waits until a channel may get a token, which lasts until what is returned is dropped.
    pub(crate) async fn token_turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.token_turns.acquire().await.ok()
    }
}
