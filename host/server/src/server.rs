//! A host from its configuration.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use botbox_line::Client;
use botbox_line::client::{Platform, TokenSource};
use botbox_runtime::{
    Capability, Deployment, PushBudget, Runtime, Services, Settings, SetupError, Share,
};
use botbox_store::{
    Blobs, Journal, KeyValue, OpenError, Registry, STEP_EVENTS, Sqlite, StoreError,
};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::admin::{self, Operator};
use crate::channel::Channel;
use crate::channel::counters::EventCounters;
use crate::channel::directory::Directory;
use crate::channel::stored_token::StoredToken;
use crate::channel::usage::Quota;
use crate::channel::versions::Versions;
use crate::config::{AccessToken, ChannelConfig, Config, ConfigError};
use crate::dispatch::live_events::LiveEvents;
use crate::dispatch::{Dispatcher, Keep};
use crate::http;
use crate::services::account_link::{self, AccountLinks};
use crate::services::media::{self, Media, MediaError};
use crate::services::timers::Timers;
use crate::services::visits::Visits;
use crate::services::{ChannelServices, quota};
use crate::webhook::{self, Webhooks};

/// How long a stopping host waits for its events: 25 s, because container managers kill after 30.
const STOP_TIME: Duration = Duration::from_secs(25);

/// The most connections for webhooks. LINE needs few; the host's calls to LINE need descriptors,
/// too.
const CONNECTIONS: usize = 512;

/// The most connections of operators.
const ADMIN_CONNECTIONS: usize = 16;

/// How often the journal is rid of what need not be kept any longer.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// Why a host can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The runtime can't be set up.
    #[error(transparent)]
    Runtime(#[from] SetupError),
    /// The data folder can't be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// What the store has for a channel can't be read.
    #[error("cannot read what the store has for a channel")]
    State(#[source] StoreError),
    /// A channel's folder of media can't be used.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The client for LINE can't be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A running host.
pub struct Server {
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
    dispatcher: Dispatcher,
    live_events: LiveEvents,
    stop: watch::Sender<bool>,
    /// What ends when the host stops.
    tasks: Vec<JoinHandle<()>>,
    /// Ended when dropped.
    _watches: JoinSet<()>,
}

impl Server {
    /// Loads all plugins, then takes webhooks.
    ///
    /// # Errors
    ///
    /// When a plugin can't be used or an address can't be listened on, with the key to look at.
    pub async fn start(mut config: Config) -> Result<Self, StartError> {
        // Nobody waits yet for what reads and writes files. The store goes first, because it makes
        // the folder one that only its owner reads.
        let store = Arc::new(Sqlite::open(&config.data)?);
        let journal: Arc<dyn Journal> = Arc::clone(&store) as _;
        let runtime = Arc::new(Runtime::new(&Settings {
            slots: config.slots,
            artefacts: config.data.join("artefacts"),
        })?);
        let platform =
            Platform::new(config.line.clone()).map_err(|error| StartError::Client(error.into()))?;
        let mut channels = HashMap::new();
        for (index, channel) in std::mem::take(&mut config.channels).into_iter().enumerate() {
            let channel =
                open_channel(&config, &runtime, &platform, &store, index, channel).await?;
            channels.insert(channel.id.to_string(), Arc::new(channel));
        }
        let live_events = LiveEvents::new();
        let keep = Keep {
            handled: config.keep_handled,
            dead: config.keep_dead,
        };
        let dispatcher = Dispatcher::new(
            runtime,
            Arc::clone(&journal),
            live_events.clone(),
            keep,
            config.slots,
        );
        let directory = Arc::new(Directory::new(channels));
        let webhooks = Arc::new(Webhooks {
            directory: Arc::clone(&directory),
            dispatcher: dispatcher.clone(),
            journal: Arc::clone(&journal),
            counters: Arc::default(),
        });

        // Both, before either takes anything that a failed start would lose.
        let listener = listen(&config, "server.listen", config.listen).await?;
        let admin = match config.admin.take() {
            Some(admin) => Some((listen(&config, "admin.listen", admin.listen).await?, admin)),
            None => None,
        };

        for channel in directory.all() {
            channel.deployment.client.prepare_token();
        }
        let looks = Arc::new(Semaphore::new(quota::LOOKS));
        let may_push = |it: &&Arc<Channel>| it.deployment.grants.allow(Capability::Push);
        let watches = directory.all().filter(may_push);
        let watches = watches.map(|it| quota::watch(Arc::clone(it), Arc::clone(&looks)));
        let mut watches: JoinSet<_> = watches.collect();
        let services = directory.all().map(|it| Arc::clone(&it.services));
        watches.spawn(media::sweep(services.collect()));
        watches.spawn(sweep(Arc::clone(&journal)));
        let (stop, stopped) = watch::channel(false);
        let mut server = Self {
            address: address(&listener, config.listen),
            admin_address: None,
            _watches: watches,
            tasks: Vec::new(),
            dispatcher: dispatcher.clone(),
            live_events: live_events.clone(),
            stop,
        };
        if let Some((listener, admin)) = admin {
            server.admin_address = Some(address(&listener, admin.listen));
            let operator = Operator {
                directory: Arc::clone(&directory),
                webhooks: Arc::clone(&webhooks.counters),
                journal,
                registry: store,
                live_events,
            };
            let routes = admin::routes(Arc::new(operator), admin.token);
            let serve = http::serve(listener, routes, ADMIN_CONNECTIONS, stopped.clone());
            server.tasks.push(tokio::spawn(serve));
        }
        for channel in directory.all() {
            let run = dispatcher.clone().run(Arc::clone(channel), stopped.clone());
            server.tasks.push(tokio::spawn(run));
        }
        let routes = account_link::routes(Arc::clone(&directory))
            .merge(media::routes(directory))
            .merge(webhook::routes(webhooks));
        let serve = http::serve(listener, routes, CONNECTIONS, stopped);
        server.tasks.push(tokio::spawn(serve));
        Ok(server)
    }

    /// Where webhooks come in.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the operator looks in.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// How many events run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.dispatcher.running()
    }

    /// Takes no more webhooks, starts no more events, and lets those that run finish for up to 25 s.
    /// Returns how many did not. They and those that wait are run at the next start.
    pub async fn stop(self) -> usize {
        self.stop.send_replace(true);
        self.live_events.close();
        let finish = async {
            for task in self.tasks {
                // A listener ends when its last request is answered; a panic ends it too.
                drop(task.await);
            }
            self.dispatcher.finish().await;
        };
        match tokio::time::timeout(STOP_TIME, finish).await {
            Ok(()) => 0,
            Err(_) => self.dispatcher.running(),
        }
    }
}

/// Rids the journal of what need not be kept any longer, in small steps, so that nobody waits for
/// them.
async fn sweep(journal: Arc<dyn Journal>) {
    loop {
        match journal.sweep().await {
            Ok(STEP_EVENTS) => continue,
            Ok(_) => {}
            Err(error) => {
                let why = botbox_line::error::with_causes(&error);
                tracing::error!(why, "cannot remove old events");
            }
        }
        tokio::time::sleep(SWEEP_INTERVAL).await;
    }
}

async fn open_channel(
    config: &Config,
    runtime: &Arc<Runtime>,
    platform: &Arc<Platform>,
    sqlite: &Arc<Sqlite>,
    index: usize,
    channel: ChannelConfig,
) -> Result<Channel, StartError> {
    let path = channel.plugin.display().to_string();
    let error = |problem: String| config.error(format!("channels[{index}].plugin"), problem);
    let wasm = tokio::fs::read(&channel.plugin).await.map(Arc::new);
    let wasm = wasm.map_err(|problem| {
        error(format!(
            "cannot read {path}: {problem}; build the plugin, or correct the path"
        ))
    })?;
    let plugin = runtime
        .load(Arc::clone(&wasm))
        .await
        .map_err(|problem| error(format!("{path} is not a plugin for this host: {problem}")))?;
    tracing::info!(
        channel = channel.id,
        provider = channel.provider,
        plugin = path,
        digest = plugin.digest(),
        grants = %channel.grants,
        "channel ready"
    );
    let store: &Arc<dyn KeyValue> = &(Arc::clone(sqlite) as _);
    let journal: &Arc<dyn Journal> = &(Arc::clone(sqlite) as _);
    let versions = Versions::new(
        Arc::clone(sqlite) as Arc<dyn Registry>,
        Arc::clone(sqlite) as Arc<dyn Blobs>,
        Arc::clone(runtime),
    );
    let deployed = versions
        .deploy(&channel.id, &plugin, Arc::unwrap_or_clone(wasm))
        .await;
    deployed.map_err(StartError::State)?;
    let token = match channel.access_token {
        AccessToken::LongLived(token) => TokenSource::LongLived(token),
        AccessToken::Issued(issuer) => TokenSource::Issued {
            issuer,
            storage: Arc::new(StoredToken::new(Arc::clone(store), &channel.id)),
        },
    };
    let client = Client::new(Arc::clone(platform), token);
    let client = match channel.credentials {
        Some(credentials) => client.with_credentials(credentials),
        None => client,
    };
    let id: Arc<str> = channel.id.as_str().into();
    let timers = Timers {
        journal: Arc::clone(journal),
        channel: Arc::clone(&id),
    };
    let visits = match channel.beacon_visits {
        Some(settings) => {
            let (journal, store, id) = (Arc::clone(journal), Arc::clone(store), Arc::clone(&id));
            let visits = Visits::open(journal, store, id, settings).await;
            Some(visits.map_err(StartError::State)?)
        }
        None => None,
    };
    let public_url = config.public_url.as_deref();
    let account_links = channel.account_link.zip(public_url).map(|(service, url)| {
        let store = Arc::clone(store);
        AccountLinks::new(
            &id,
            service,
            url,
            &config.access_base,
            client.clone(),
            store,
        )
    });
    let media = public_url.map(|url| {
        let folder = config.data.join("media").join(&*id);
        Media::open(folder, format!("{url}/media/{id}"), channel.media)
    });
    let services = Arc::new(ChannelServices {
        timers,
        account_links,
        media: media.transpose()?,
    });
    let deployment = Arc::new(Deployment {
        channel: Arc::clone(&id),
        plugin,
        client,
        grants: channel.grants,
        limits: channel.limits,
        push_budget: channel
            .budget
            .map(|limits| PushBudget::new(limits, Arc::clone(store), &id)),
        config: channel.config,
        beacons: channel.beacons,
        store: Arc::clone(store),
        journal: Arc::clone(journal),
        services: Arc::clone(&services) as Arc<dyn Services>,
    });
    Ok(Channel {
        id,
        provider: channel.provider,
        secrets: channel.secrets,
        deployment,
        versions,
        services,
        counters: EventCounters::default(),
        quota: Quota::default(),
        turns: Arc::new(Semaphore::new(
            channel.concurrency.min(Semaphore::MAX_PERMITS),
        )),
        share: Share::new(channel.weight),
        retries: channel.retries,
        backlog: channel.backlog,
        visits,
    })
}

async fn listen(
    config: &Config,
    key: &str,
    address: SocketAddr,
) -> Result<TcpListener, ConfigError> {
    TcpListener::bind(address).await.map_err(|problem| {
        let problem = format!("cannot listen on {address}: {problem}; choose another address");
        config.error(key, problem)
    })
}

/// Differs from the wished address when that has the port 0.
fn address(listener: &TcpListener, wished: SocketAddr) -> SocketAddr {
    listener.local_addr().unwrap_or(wished)
}
