//! How a simulator behaves.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;

use crate::tls::Authority;

/// How a simulator behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens. With port 0 the system chooses a free port.
    pub listen: SocketAddr,
    /// Where LINE's data server (`api-data.line.me`) is, if it has an address of its own: then its operations
    /// are at that address only, as at LINE.
    pub data_listen: Option<SocketAddr>,
    /// Where all of it is by HTTPS as well, if anywhere.
    pub https: Option<Https>,
    /// The names, beside `localhost` and addresses, under which the page and the control API may be asked
    /// for.
    pub hosts: Vec<String>,
    /// How long a reply token is valid after its webhook was sent: one minute at LINE (LINE
    /// reference, "Send reply message").
    pub reply_token_lifetime: Duration,
    /// How long a link token is valid: ten minutes at LINE (LINE documentation, "User account
    /// linking").
    pub link_token_lifetime: Duration,
    /// How long a bot may take to answer a webhook: two seconds at LINE (LINE documentation,
    /// "Check the reason for errors").
    pub webhook_timeout: Duration,
    /// Tells the time of everything that is decided by it. By default it can be moved, over the
    /// control API too.
    pub clock: Clock,
    /// What there is from the start: a document as `GET /simulator/state` answers it. Nothing, by
    /// default.
    pub seed: Option<String>,
}

/// A listener with TLS.
#[derive(Clone, Debug)]
pub struct Https {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What vouches for its certificate.
    pub authority: Arc<Authority>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data_listen: None,
            https: None,
            hosts: Vec::new(),
            reply_token_lifetime: Duration::from_secs(60),
            link_token_lifetime: Duration::from_secs(600),
            webhook_timeout: Duration::from_secs(2),
            clock: Clock::movable(),
            seed: None,
        }
    }
}
