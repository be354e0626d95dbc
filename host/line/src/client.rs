//! The Messaging API client.
//!
//! [`Platform`] is LINE's side, shared by all channels: where it is, and the connections to it.
//! [`Client`] calls it as one channel, with that channel's access token.

mod content;
mod groups;
mod messages;
mod profiles;
mod rate_limits;
mod request;
mod token;

use std::sync::{Arc, Once};
use std::time::Duration;

pub use content::{CONTENT_LIMIT, Content};
pub use groups::{GroupChat, GroupSummary, UserIds};
pub use messages::{
    NarrowcastFilter, NarrowcastLimit, NarrowcastProgress, NarrowcastTarget, SendOptions,
    SentMessage,
};
pub use profiles::Profile;
use rate_limits::RateLimits;
use token::Token;
pub use token::{
    AssertionKey, BadKey, Issuer, StorageAnswer, StorageError, TokenKind, TokenSource, TokenStatus,
    TokenStorage,
};

/// Where the LINE Platform is, and how long to wait for it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Default `https://api.line.me`.
    pub api_base: String,
    /// Where contents are fetched. Default `https://api-data.line.me`.
    pub data_api_base: String,
    /// Where modules are attached. Default `https://manager.line.biz`.
    pub manager_base: String,
    /// How long one request may take; for contents, how long LINE may be silent. Default 10 s:
    /// LINE documents no limit, and answers in tens of milliseconds.
    pub timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            api_base: String::from("https://api.line.me"),
            data_api_base: String::from("https://api-data.line.me"),
            manager_base: String::from("https://manager.line.biz"),
            timeout: Duration::from_secs(10),
        }
    }
}

/// The LINE Platform, as all channels share it.
#[derive(Debug)]
pub struct Platform {
    http: reqwest::Client,
    settings: Settings,
}

impl Platform {
    /// Prepares the connections.
    ///
    /// # Errors
    ///
    /// When the machine has no usable TLS certificates.
    pub fn new(settings: Settings) -> Result<Arc<Self>, reqwest::Error> {
        static TLS: Once = Once::new();
        // Someone else may have chosen a provider for the process already; theirs will do.
        TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let http = reqwest::Client::builder()
            .user_agent(concat!("botbox/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(settings.timeout)
            .read_timeout(settings.timeout)
            // An access token must not follow a redirect to another host.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Arc::new(Self { http, settings }))
    }
}

/// Calls the Messaging API as one channel. Clones share the token, and keep to LINE's rates
/// together.
#[derive(Clone, Debug)]
pub struct Client {
    connection: Arc<Connection>,
    token: Token,
}

/// The LINE Platform as one channel has it: with rates of its own.
#[derive(Debug)]
struct Connection {
    platform: Arc<Platform>,
    rates: RateLimits,
}

impl Client {
    /// A client for the channel whose token comes from there.
    #[must_use]
    pub fn new(platform: Arc<Platform>, source: TokenSource) -> Self {
        let rates = RateLimits::default();
        let connection = Arc::new(Connection { platform, rates });
        Self {
            token: Token::new(Arc::clone(&connection), source),
            connection,
        }
    }

    /// Has the access token ready before the first call, and the log say early if there can't be
    /// one. It is got in the background, which needs tokio's runtime.
    pub fn prepare_token(&self) {
        self.token.prepare();
    }

    /// What can be told of the access token.
    #[must_use]
    pub fn token_status(&self) -> TokenStatus {
        self.token.status()
    }
}
