//! Makes the channels of what the configuration says, and what they are to run.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_line::token::TokenSource;
use botbox_line::{Client, Credentials, Platform};
use botbox_runtime::{
    Deployment, Environment, Provider, PushBudget, Runtime, Services, Share, plugin_log_rate,
};
use botbox_store::{Blobs, EventNotes, KeyValue, Registry, Sqlite, StoreError};
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::channel::Channel;
use crate::channel::counters::EventCounters;
use crate::channel::deployed::Deployed;
use crate::channel::directory::{Directory, FailedChannel};
use crate::channel::loader::Wanted;
use crate::channel::stored_token::StoredToken;
use crate::channel::usage::Quota;
use crate::channel::versions::Versions;
use crate::channel::webhook_limits::WebhookLimits;
use crate::config::{
    AccessToken, AccountLink, BeaconVisits, ChannelConfig, Config, UnusableChannel,
};
use crate::services::ChannelServices;
use crate::services::account_link::AccountLinks;
use crate::services::media::{Media, MediaError};
use crate::services::timers::Timers;
use crate::services::visits::Visits;

/// What channels are made with.
pub(super) struct Opener<'a> {
    pub(super) config: &'a Config,
    pub(super) store: &'a Arc<Sqlite>,
    pub(super) runtime: &'a Arc<Runtime>,
    pub(super) platform: &'a Arc<Platform>,
    pub(super) clock: &'a Clock,
}

/// Why a channel can't be used.
enum OpenChannelError {
    State(StoreError),
    Media(MediaError),
}

impl Opener<'_> {
    /// The channels, and what they are to run.
    pub(super) async fn open_all(
        &self,
        channels: Vec<ChannelConfig>,
    ) -> Result<(Directory, Vec<(Arc<Channel>, Wanted)>), StoreError> {
        let mut providers = HashMap::new();
        let open = channels.into_iter().map(|channel| {
            let (id, provider) = (channel.id.clone(), channel.provider.clone());
            let share = providers
                .entry(provider.clone())
                .or_insert_with(|| Provider::new(self.config.provider_weight(&provider)))
                .channel(channel.weight);
            let opened = self.open(share, channel);
            async move { (id, provider, opened.await) }
        });
        let (mut channels, mut failed) = (HashMap::new(), BTreeMap::new());
        for UnusableChannel {
            id,
            provider,
            problems,
        } in &self.config.failed
        {
            let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
            let (provider, why) = (provider.clone(), problems.join("; "));
            tracing::error!(
                channel = id,
                provider,
                why,
                "the channel can't be used: mend it and start again"
            );
            failed.insert(id.clone(), FailedChannel { provider, why });
        }
        let mut wanted = Vec::new();
        // Together, for what they write shares a sync.
        for (id, provider, opened) in join_all(open).await {
            match opened {
                Ok((channel, plugin)) => {
                    let channel = Arc::new(channel);
                    channels.insert(id, Arc::clone(&channel));
                    wanted.push((channel, plugin));
                }
                Err(OpenChannelError::State(error)) => return Err(error),
                Err(OpenChannelError::Media(error)) => {
                    let why = with_causes(&error);
                    tracing::error!(channel = id, provider, why, "the channel can't be used");
                    failed.insert(id, FailedChannel { provider, why });
                }
            }
        }
        Ok((Directory::new(channels, failed), wanted))
    }

    /// A channel, and what it is to run.
    async fn open(
        &self,
        share: Share,
        channel: ChannelConfig,
    ) -> Result<(Channel, Wanted), OpenChannelError> {
        let store: Arc<dyn KeyValue> = Arc::clone(self.store) as _;
        let id: Arc<str> = channel.id.as_str().into();
        let client = self.client(&id, channel.access_token, channel.credentials);
        let visits = self.visits(&id, channel.beacon_visits).await?;
        let services = self.services(&id, channel.account_link, channel.media, &client)?;
        let services = Arc::new(services);
        let opened = Channel {
            id: Arc::clone(&id),
            webhook_limits: WebhookLimits::new(&id),
            versions: Versions::new(
                Arc::clone(self.store) as Arc<dyn Registry>,
                Arc::clone(self.store) as Arc<dyn Blobs>,
                Arc::clone(self.runtime),
                channel.provider.clone(),
            ),
            provider: channel.provider,
            secrets: channel.secrets,
            client: client.clone(),
            deployed: Deployed::new(),
            services: Arc::clone(&services),
            counters: EventCounters::default(),
            quota: Quota::default(),
            turns: Arc::new(Semaphore::new(
                channel.concurrency.min(Semaphore::MAX_PERMITS),
            )),
            share,
            retries: channel.retries,
            backlog: channel.backlog,
            visits,
        };
        let (limits, grants) = (channel.limits, channel.grants.clone());
        let notes: Arc<dyn EventNotes> = Arc::clone(self.store) as _;
        let environment = Environment {
            channel: Arc::clone(&id),
            client,
            grants: channel.grants,
            limits,
            push_budget: channel
                .budget
                .map(|limits| PushBudget::new(limits, Arc::clone(&store), &id, self.clock.clone())),
            log_rate: plugin_log_rate(&id),
            config: channel.config,
            beacons: channel.beacons,
            store,
            notes,
            services: services as Arc<dyn Services>,
        };
        let deploy = move |plugin| Deployment {
            plugin,
            environment: Arc::new(environment),
        };
        let wanted = Wanted {
            file: channel.plugin,
            limits,
            grants,
            deploy: Box::new(deploy),
        };
        Ok((opened, wanted))
    }

    /// What calls LINE as the channel.
    fn client(&self, id: &str, token: AccessToken, credentials: Option<Credentials>) -> Client {
        let token = match token {
            AccessToken::LongLived(token) => TokenSource::LongLived(token),
            AccessToken::Issued(issuer) => TokenSource::Issued {
                issuer,
                storage: Arc::new(StoredToken::new(Arc::clone(self.store) as _, id)),
            },
        };
        let client = Client::new(Arc::clone(self.platform), token);
        match credentials {
            Some(credentials) => client.with_credentials(credentials),
            None => client,
        }
    }

    /// What makes visits of what LINE tells about beacons, where the channel has that on.
    async fn visits(
        &self,
        id: &Arc<str>,
        settings: Option<BeaconVisits>,
    ) -> Result<Option<Visits>, OpenChannelError> {
        let Some(settings) = settings else {
            return Ok(None);
        };
        let visits = Visits::open(
            Arc::clone(self.store) as _,
            Arc::clone(self.store) as _,
            Arc::clone(id),
            settings,
            self.clock.clone(),
        );
        Ok(Some(visits.await.map_err(OpenChannelError::State)?))
    }

    fn services(
        &self,
        id: &Arc<str>,
        account_link: Option<AccountLink>,
        media_bytes: u64,
        client: &Client,
    ) -> Result<ChannelServices, OpenChannelError> {
        let public_url = self.config.public_url.as_deref();
        let account_links = account_link.zip(public_url).map(|(service, url)| {
            AccountLinks::new(
                id,
                service,
                url,
                &self.config.access_base,
                client.clone(),
                Arc::clone(self.store) as _,
                self.clock.clone(),
            )
        });
        let media = public_url.map(|url| {
            let folder = self.config.data.join("media").join(&**id);
            let url = format!("{url}/media/{id}");
            Media::open(folder, url, media_bytes, self.clock.clone())
        });
        let media = media.transpose().map_err(OpenChannelError::Media)?;
        let schedule = Arc::clone(self.store) as _;
        Ok(ChannelServices {
            health: Arc::clone(self.store) as _,
            timers: Timers::new(schedule, Arc::clone(id), self.clock.clone()),
            account_links,
            media: media.map(Arc::new),
        })
    }
}
