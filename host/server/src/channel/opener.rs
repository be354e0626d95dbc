//! Opens channels: makes of a channel's settings what it works with.

use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_line::token::TokenSource;
use botbox_line::{Client, Credentials, Platform};
use botbox_runtime::{Recordings, Share, plugin_log_rate};
use botbox_store::{ChannelRecord, Sqlite, StoreError};
use tokio::sync::{Mutex, watch};
use tokio_util::task::TaskTracker;

use super::Channel;
use super::counters::EventCounters;
use super::setup::Setup;
use super::stored_token::StoredToken;
use super::traffic::{State, Traffic};
use super::usage::Quota;
use super::webhook_limits::WebhookLimits;
use crate::config::{AccessToken, AccountLink, BeaconVisits, ChannelSettings, DeploymentSettings};
use crate::services::ChannelServices;
use crate::services::account_link::AccountLinks;
use crate::services::media::{Media, MediaError};
use crate::services::timers::Timers;
use crate::services::visits::Visits;

/// What channels are made with.
pub(crate) struct Opener {
    pub(crate) public_url: Option<String>,
    pub(crate) access_base: String,
    /// The folder of everything that the host keeps.
    pub(crate) data: PathBuf,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) platform: Arc<Platform>,
    pub(crate) clock: Clock,
}

/// Why a channel can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenChannelError {
    #[error("cannot read what the store has for the channel: {}", with_causes(.0))]
    State(#[from] StoreError),
    #[error("{}", with_causes(.0))]
    Media(#[from] MediaError),
}

/// What the store and the operator know a channel by.
#[derive(Clone, Copy)]
struct Names<'a> {
    id: &'a str,
    key: &'a str,
}

impl Opener {
    /// Opens a channel, within the limits of what is to serve first.
    pub(crate) async fn open(
        &self,
        record: &ChannelRecord,
        provider: &str,
        share: Share,
        settings: ChannelSettings,
        first: &DeploymentSettings,
        state: State,
    ) -> Result<Channel, OpenChannelError> {
        let key = record.key();
        let names = Names {
            id: &record.name,
            key: &key,
        };
        let setup = self.set_up(names, settings, self.media(names)?).await?;
        if let Some(media) = &setup.services.media {
            media.set_limit(first.media);
        }
        Ok(Channel {
            id: record.name.as_str().into(),
            webhook_limits: WebhookLimits::new(&record.name),
            log_rate: plugin_log_rate(&record.name),
            recordings: Recordings::default(),
            key: key.as_str().into(),
            record: record.id,
            provider: provider.into(),
            owner: record.provider,
            setup: RwLock::new(Arc::new(setup)),
            traffic: Traffic::new(state),
            changing: Mutex::default(),
            counters: EventCounters::default(),
            quota: Quota::default(),
            concurrency: watch::Sender::new(first.concurrency),
            share,
            backlog: RwLock::new(first.backlog),
            kept: Mutex::default(),
            running: TaskTracker::new(),
        })
    }

    /// What new settings of a channel make.
    pub(crate) async fn set_up_again(
        &self,
        channel: &Channel,
        settings: ChannelSettings,
    ) -> Result<Setup, OpenChannelError> {
        let names = Names {
            id: &channel.id,
            key: &channel.key,
        };
        let media = channel.setup().services.media.clone();
        Ok(self.set_up(names, settings, media).await?)
    }

    async fn set_up(
        &self,
        names: Names<'_>,
        settings: ChannelSettings,
        media: Option<Arc<Media>>,
    ) -> Result<Setup, StoreError> {
        let client = self.client(names.key, settings.access_token, settings.credentials);
        let visits = self.visits(names.key, settings.beacon_visits).await?;
        let services = self.services(names, settings.account_link, media, &client);
        Ok(Setup {
            secrets: settings.secrets,
            client,
            services: Arc::new(services),
            visits,
            beacons: settings.beacons,
            fingerprint: settings.fingerprint,
        })
    }

    /// What calls LINE as the channel.
    fn client(&self, key: &str, token: AccessToken, credentials: Option<Credentials>) -> Client {
        let token = match token {
            AccessToken::LongLived(token) => TokenSource::LongLived(token),
            AccessToken::Issued(issuer) => TokenSource::Issued {
                issuer,
                storage: Arc::new(StoredToken::new(Arc::clone(&self.store) as _, key)),
            },
        };
        let client = Client::new(Arc::clone(&self.platform), token);
        match credentials {
            Some(credentials) => client.with_credentials(credentials),
            None => client,
        }
    }

    /// What makes visits of what LINE tells about beacons, where the channel has that on.
    async fn visits(
        &self,
        key: &str,
        settings: Option<BeaconVisits>,
    ) -> Result<Option<Visits>, StoreError> {
        let Some(settings) = settings else {
            return Ok(None);
        };
        let visits = Visits::open(
            Arc::clone(&self.store) as _,
            Arc::clone(&self.store) as _,
            key.into(),
            settings,
            self.clock.clone(),
        );
        Ok(Some(visits.await?))
    }

    fn services(
        &self,
        names: Names<'_>,
        account_link: Option<AccountLink>,
        media: Option<Arc<Media>>,
        client: &Client,
    ) -> ChannelServices {
        let public_url = self.public_url.as_deref();
        let account_links = account_link.zip(public_url).map(|(service, url)| {
            AccountLinks::new(
                names.key,
                service,
                format!("{url}/link/{}", names.id),
                &self.access_base,
                client.clone(),
                Arc::clone(&self.store) as _,
                self.clock.clone(),
            )
        });
        let schedule = Arc::clone(&self.store) as _;
        ChannelServices {
            health: Arc::clone(&self.store) as _,
            timers: Timers::new(schedule, names.key.into(), self.clock.clone()),
            account_links: account_links.map(Arc::new),
            media,
        }
    }

    /// The media that a channel publishes. There is nowhere to publish them without a public URL.
    fn media(&self, names: Names<'_>) -> Result<Option<Arc<Media>>, MediaError> {
        let Some(url) = &self.public_url else {
            return Ok(None);
        };
        let folder = self.media_folder(names.key);
        let url = format!("{url}/media/{}", names.id);
        let media = Media::open(folder, url, self.clock.clone())?;
        Ok(Some(Arc::new(media)))
    }

    /// Where the media of a channel are.
    pub(crate) fn media_folder(&self, key: &str) -> PathBuf {
        self.data.join("media").join(key)
    }
}
