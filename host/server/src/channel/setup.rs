//! What a channel's settings make. It is replaced as a whole when they change.

use std::sync::Arc;

use botbox_line::Client;
use botbox_runtime::Beacons;
use secrecy::SecretString;

use crate::services::ChannelServices;
use crate::services::visits::Visits;

/// What a channel's settings make.
pub(crate) struct Setup {
    /// One of them signs webhooks.
    pub(crate) secrets: Vec<SecretString>,
    /// Calls LINE as the channel.
    pub(crate) client: Client,
    /// What its deployments have of the host.
    pub(crate) services: Arc<ChannelServices>,
    /// Of channels that have them on.
    pub(crate) visits: Option<Visits>,
    pub(crate) beacons: Beacons,
    /// Tells whether other settings would make something else.
    pub(crate) fingerprint: [u8; 32],
}
