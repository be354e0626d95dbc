//! The Messaging API client.
//!
//! [`Platform`] is LINE's side, shared by all channels: where it is, and the connections to it.
//! [`Client`] calls it as one channel, with that channel's access token.

mod account_link;
mod api;
mod audiences;
mod bots;
mod chats;
mod content;
mod coupons;
mod credentials;
mod groups;
mod insights;
mod memberships;
mod messages;
mod modules;
mod multipart;
mod profiles;
mod quota;
mod rate_limits;
mod request;
mod rich_menu_aliases;
mod rich_menu_links;
mod rich_menus;
mod send;
mod token;
mod validation;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderName;
use tokio::sync::{Notify, Semaphore};

pub use api::{API_ANSWER_LIMIT, API_METHODS, ApiAnswer, ApiRequest, check_api_segments};
pub use audiences::{
    AudienceData, AudienceFilter, AudienceGroup, AudienceGroupJob, AudienceGroups, AudienceOwner,
    NewAudience,
};
pub use bots::BotInfo;
pub use content::{CONTENT_LIMIT, Content};
pub use coupons::{
    AcquisitionCondition, CouponDetail, CouponTitle, Coupons, NewCoupon, PriceInfo, Reward,
};
pub use credentials::Credentials;
pub use groups::{GroupChat, GroupSummary, UserIds};
pub use insights::{
    Demographics, FollowerCount, MessageDeliveries, MessageInteractions, MessageStatistics,
    RichMenuBounds, RichMenuClicks, RichMenuInsight, RichMenuMetrics, Share, StatisticsOverview,
    UrlClicks,
};
pub use memberships::{Member, Membership, MembershipPlan, Subscription};
pub use messages::{
    NarrowcastFilter, NarrowcastLimit, NarrowcastProgress, NarrowcastTarget, SendOptions,
    SentMessage,
};
pub use modules::{Attached, Attachment, ModuleBot, ModuleBots};
pub use profiles::Profile;
pub use quota::{AggregationUnits, Counted, DailyCount};
use rate_limits::RateLimits;
pub use rich_menus::RICH_MENU_IMAGE_LIMIT;
pub use send::{Accepted, SendRequest};
use token::Token;
pub use token::{
    AssertionKey, BadKey, Issuer, StorageAnswer, StorageError, TokenKind, TokenSource, TokenStatus,
    TokenStorage,
};
pub use validation::MessageUse;

use crate::log_rate::LogRate;

/// How many channels get a token at a time: 8. All of a host's do at its start, and LINE takes 370
/// requests for one kind in a second; at some hundredths of a second each, 8 at a time are as many.
const TOKEN_TURNS: usize = 8;

/// How many failed calls of a channel are logged within [`FAILURES_WINDOW`]: 50, five in a second. A
/// plugin can make them fail as fast as it likes.
const LOGGED_FAILURES: usize = 50;

const FAILURES_WINDOW: Duration = Duration::from_secs(10);

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

/// The LINE Platform, as all channels share it.
#[derive(Debug)]
pub struct Platform {
    /// Each of its requests has a time limit of its own.
    http: reqwest::Client,
    /// Has one for each piece of an answer.
    streams: reqwest::Client,
    settings: Settings,
    /// One permit for each token that is got at a time.
    token_turns: Semaphore,
}

impl Platform {
    /// Prepares the connections.
    ///
    /// # Errors
    ///
    /// When the machine has no usable TLS certificates.
    pub fn new(settings: Settings) -> Result<Arc<Self>, reqwest::Error> {
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
            token_turns: Semaphore::new(TOKEN_TURNS),
        }))
    }
}

/// Calls the Messaging API as one channel. Clones share the token, and keep to LINE's rates
/// together.
#[derive(Clone, Debug)]
pub struct Client {
    connection: Arc<Connection>,
    token: Token,
    credentials: Option<Arc<Credentials>>,
}

/// The LINE Platform as one channel has it: with rates of its own.
#[derive(Debug)]
struct Connection {
    platform: Arc<Platform>,
    rates: RateLimits,
    /// Told when LINE refuses a send for the month's quota.
    quota_spent: Notify,
    /// How often it is logged that a call failed.
    failures: Arc<LogRate>,
}

impl Client {
    /// A client for the channel whose token comes from there.
    #[must_use]
    pub fn new(platform: Arc<Platform>, source: TokenSource) -> Self {
        let rates = RateLimits::default();
        let connection = Arc::new(Connection {
            platform,
            rates,
            quota_spent: Notify::new(),
            failures: LogRate::new(LOGGED_FAILURES, FAILURES_WINDOW, |more| {
                tracing::warn!(
                    more,
                    "more calls of the channel to LINE failed in {} s",
                    FAILURES_WINDOW.as_secs()
                );
            }),
        });
        Self {
            token: Token::new(Arc::clone(&connection), source),
            connection,
            credentials: None,
        }
    }

    /// The client with the channel's id and secrets, by which it attaches itself as a module.
    #[must_use]
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// Has the access token ready before the first call, and the log say early if there can't be
    /// one. It is got in the background, which needs tokio's runtime.
    pub fn prepare_token(&self) {
        self.token.prepare();
    }

    /// Waits until LINE refuses a send because the month's messages are used up. For one who waits
    /// at a time.
    pub async fn quota_spent(&self) {
        self.connection.quota_spent.notified().await;
    }

    /// What can be told of the access token.
    #[must_use]
    pub fn token_status(&self) -> TokenStatus {
        self.token.status()
    }
}
