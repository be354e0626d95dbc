//! A host from its configuration.
//!
//! It listens as soon as the store is open. The channels' plugins come later, one by one, in the
//! background: what arrives before is in the journal. A stop goes the other way: no more events
//! begin, webhooks are taken until the last event has ended, and then nobody listens any more.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_line::token::TokenSource;
use botbox_line::{Client, Platform};
use botbox_runtime::{
    Capability, CompilerSettings, Deployment, Environment, Provider, PushBudget, Runtime, Services,
    Settings, SetupError, Share, plugin_log_rate,
};
use botbox_store::{
    Blobs, EventNotes, EventRetention, KeyValue, OpenError, Registry, STEP_EVENTS, Sqlite,
    StoreError,
};
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use crate::admin::{self, Operator};
use crate::channel::Channel;
use crate::channel::counters::EventCounters;
use crate::channel::deployed::{Deployed, State};
use crate::channel::directory::{Directory, FailedChannel};
use crate::channel::ingress::Ingress;
use crate::channel::loader::{Loader, Wanted};
use crate::channel::quota;
use crate::channel::stored_token::StoredToken;
use crate::channel::usage::Quota;
use crate::channel::versions::Versions;
use crate::config::{AccessToken, ChannelConfig, Config, ConfigError, UnusableChannel};
use crate::dispatch::live_events::LiveEvents;
use crate::dispatch::{Dispatcher, Keep};
use crate::http;
use crate::pages;
use crate::services::ChannelServices;
use crate::services::account_link::AccountLinks;
use crate::services::media::sweep::sweep as sweep_media;
use crate::services::media::{Media, MediaError};
use crate::services::timers::Timers;
use crate::services::visits::Visits;
use crate::store_state;
use crate::webhook::{self, Webhooks};

/// How long a stopping host waits for its events: 25 s, because container managers kill after 30.
const STOP_TIME: Duration = Duration::from_secs(25);

/// How long a host goes on listening after its last event, for requests that are on their way: 4 s.
/// LINE gives up after 2, and container managers kill 5 s after [`STOP_TIME`].
const CLOSE_TIME: Duration = Duration::from_secs(4);

/// The most connections for webhooks: 2,048, half of the 4,096 descriptors that a process may have at
/// most on the stricter systems; the host's calls to LINE and the web need the others. When there are
/// as many, those that keep the host waiting make room.
const CONNECTIONS: usize = 2_048;

/// The most connections of operators: 64. Who does not know the token keeps none from them.
const ADMIN_CONNECTIONS: usize = 64;

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
    /// There is no room for temporary files.
    #[error("cannot make a folder for temporary files")]
    Folder(#[source] io::Error),
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
    /// No more events begin.
    stop: watch::Sender<bool>,
    /// Nobody listens any more.
    close: watch::Sender<bool>,
    /// Look for events until the host stops.
    lookers: Vec<JoinHandle<()>>,
    /// Answer requests until the host closes.
    listeners: Vec<JoinHandle<()>>,
    /// Load plugins, until the host stops.
    loaders: JoinSet<()>,
    /// Ended when dropped.
    _watches: JoinSet<()>,
}

impl Server {
    /// Takes webhooks, and loads the channels' plugins in the background. A channel whose plugin can't
    /// be used is marked, and the others serve.
    ///
    /// # Errors
    ///
    /// When the data folder can't be used or an address can't be listened on, with the key to look at.
    pub async fn start(mut config: Config, compiler: PathBuf) -> Result<Self, StartError> {
        // Nobody waits yet for what reads and writes files. The store goes first, because it makes
        // the folder one that only its owner reads.
        let store = Arc::new(Sqlite::open_with(
            &config.data,
            config.disk,
            Clock::system(),
        )?);
        store_state::tell_recovery(store.recovery());
        let settings = Settings {
            slots: config.slots,
            memory: config.memory,
            threads: config.compute_threads,
            artefacts: config.data.join("artefacts"),
            compiler: CompilerSettings {
                program: compiler,
                limits: config.compile_limits,
                processes: config.compile_processes,
            },
        };
        let runtime = Arc::new(Runtime::new(&settings, Clock::system())?);
        let platform = Platform::new(config.line.clone(), Clock::system())
            .map_err(|error| StartError::Client(error.into()))?;
        let (directory, wanted) = open_channels(&mut config, &runtime, &platform, &store).await?;
        let directory = Arc::new(directory);
        let live_events = LiveEvents::new();
        let keep = Keep {
            handled: config.keep_handled,
            dead: config.keep_dead,
        };
        let dispatcher = Dispatcher::new(
            Arc::clone(&runtime),
            Arc::clone(&store) as _,
            Arc::clone(&store) as _,
            live_events.clone(),
            keep,
            config.slots,
        );
        let webhooks = Arc::new(Webhooks::new(
            Arc::clone(&directory),
            dispatcher.clone(),
            Arc::clone(&store) as _,
        ));

        // Both, before either takes anything that a failed start would lose.
        let listener = listen(&config, "server.listen", config.listen).await?;
        let admin = match config.admin.take() {
            Some(admin) => Some((listen(&config, "admin.listen", admin.listen).await?, admin)),
            None => None,
        };

        for channel in directory.all() {
            channel.client.prepare_token();
        }
        let (stop, stopped) = watch::channel(false);
        let (close, closed) = watch::channel(false);
        let mut server = Self {
            address: address(&listener, config.listen),
            admin_address: None,
            _watches: watches(&directory, &wanted, &store),
            lookers: Vec::new(),
            listeners: Vec::new(),
            loaders: load(&runtime, &store, &directory, wanted),
            dispatcher: dispatcher.clone(),
            live_events: live_events.clone(),
            stop,
            close,
        };
        if let Some((listener, admin)) = admin {
            server.admin_address = Some(address(&listener, admin.listen));
            let operator = Operator {
                directory: Arc::clone(&directory),
                webhooks: Arc::clone(webhooks.counters()),
                journal: Arc::clone(&store) as _,
                health: Arc::clone(&store) as _,
                registry: store,
                live_events,
            };
            let routes = admin::routes(Arc::new(operator), admin.token);
            let serve = http::serve(listener, routes, ADMIN_CONNECTIONS, closed.clone());
            server.listeners.push(tokio::spawn(serve));
        }
        for channel in directory.all() {
            let run = dispatcher.clone().run(Arc::clone(channel), stopped.clone());
            server.lookers.push(tokio::spawn(run));
        }
        let routes = pages::account_link::routes(Arc::clone(&directory))
            .merge(pages::media::routes(directory))
            .merge(webhook::routes(webhooks));
        let serve = http::serve(listener, routes, CONNECTIONS, closed);
        server.listeners.push(tokio::spawn(serve));
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

    /// Begins no more events, lets those that run finish for up to 25 s, and takes webhooks meanwhile.
    /// Returns how many did not finish. They and those that wait are run at the next start.
    pub async fn stop(mut self) -> usize {
        self.stop.send_replace(true);
        self.loaders.abort_all();
        let finish = async {
            // A task ends at once or with a panic; either way it begins no more events.
            join_all(self.lookers).await;
            self.dispatcher.finish().await;
        };
        let cut_off = match timeout(STOP_TIME, finish).await {
            Ok(()) => 0,
            Err(_) => self.dispatcher.running(),
        };
        self.close.send_replace(true);
        self.live_events.close();
        // A listener ends when its last request is answered.
        drop(timeout(CLOSE_TIME, join_all(self.listeners)).await);
        cut_off
    }
}

/// What goes on as long as the host runs.
fn watches(
    directory: &Directory,
    wanted: &[(Arc<Channel>, Wanted)],
    store: &Arc<Sqlite>,
) -> JoinSet<()> {
    let looks = Arc::new(Semaphore::new(quota::LOOKS));
    let may_push = wanted
        .iter()
        .filter(|(_, it)| it.grants.allow(Capability::Push));
    let watches = may_push.map(|(it, _)| quota::watch(Arc::clone(it), Arc::clone(&looks)));
    let mut watches: JoinSet<_> = watches.collect();
    let media = directory.all().filter_map(|it| it.services.media.clone());
    watches.spawn(sweep_media(media.collect()));
    watches.spawn(sweep(Arc::clone(store) as _));
    watches.spawn(store_state::warn(Arc::clone(store) as _));
    watches
}

/// Loads the channels' plugins. When all are there or were tried, what nobody needs of those that are
/// compiled goes.
fn load(
    runtime: &Arc<Runtime>,
    store: &Arc<Sqlite>,
    directory: &Arc<Directory>,
    wanted: Vec<(Arc<Channel>, Wanted)>,
) -> JoinSet<()> {
    let loader = Arc::new(Loader::new(Arc::clone(runtime)));
    let mut loaders = JoinSet::new();
    for (channel, wanted) in wanted {
        let loader = Arc::clone(&loader);
        loaders.spawn(async move { loader.run(&channel, wanted).await });
    }
    let registry: Arc<dyn Registry> = Arc::clone(store) as _;
    loaders.spawn(tidy(Arc::clone(runtime), registry, Arc::clone(directory)));
    loaders
}

/// Waits until each channel's plugin is there or was tried, and then removes compiled plugins that no
/// version of a channel needs.
async fn tidy(runtime: Arc<Runtime>, registry: Arc<dyn Registry>, directory: Arc<Directory>) {
    let (mut ready, mut failed) = (0, directory.failed().len());
    for channel in directory.all() {
        channel.deployed.tried().await;
        match channel.deployed.state() {
            State::Ready(_) => ready += 1,
            State::Loading | State::Failed(_) => failed += 1,
        }
    }
    tracing::info!(
        ready,
        failed,
        "all channels are loaded, but those that failed"
    );
    let mut needed = HashSet::new();
    for channel in directory.ids() {
        match registry.versions(channel).await {
            Ok(versions) => needed.extend(versions.into_iter().map(|it| it.digest)),
            Err(error) => {
                let why = with_causes(&error);
                tracing::warn!(
                    why,
                    "cannot tell which compiled plugins are needed: all are kept"
                );
                return;
            }
        }
    }
    match runtime.plugins().retain(needed).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "removed compiled plugins that nobody needs"),
        Err(error) => tracing::warn!(%error, "cannot remove compiled plugins that nobody needs"),
    }
}

/// Rids the journal of what need not be kept any longer, in small steps, so that nobody waits for
/// them.
async fn sweep(journal: Arc<dyn EventRetention>) {
    loop {
        match journal.sweep().await {
            Ok(STEP_EVENTS) => continue,
            Ok(_) => {}
            Err(error) => {
                let why = with_causes(&error);
                tracing::error!(why, "cannot remove old events");
            }
        }
        tokio::time::sleep(SWEEP_INTERVAL).await;
    }
}

/// The channels of a configuration, and what they are to run.
async fn open_channels(
    config: &mut Config,
    runtime: &Arc<Runtime>,
    platform: &Arc<Platform>,
    store: &Arc<Sqlite>,
) -> Result<(Directory, Vec<(Arc<Channel>, Wanted)>), StartError> {
    let channels = std::mem::take(&mut config.channels);
    let mut providers = HashMap::new();
    let open = channels.into_iter().map(|channel| {
        let (id, provider) = (channel.id.clone(), channel.provider.clone());
        let share = providers
            .entry(provider.clone())
            .or_insert_with(|| Provider::new(config.provider_weight(&provider)))
            .channel(channel.weight);
        let opened = open_channel(config, runtime, platform, store, share, channel);
        async move { (id, provider, opened.await) }
    });
    let (mut channels, mut failed) = (HashMap::new(), BTreeMap::new());
    for UnusableChannel {
        id,
        provider,
        problems,
    } in &config.failed
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
            Err(OpenChannelError::State(error)) => return Err(StartError::State(error)),
            Err(OpenChannelError::Media(error)) => {
                let why = with_causes(&error);
                tracing::error!(channel = id, provider, why, "the channel can't be used");
                failed.insert(id, FailedChannel { provider, why });
            }
        }
    }
    Ok((Directory::new(channels, failed), wanted))
}

/// Why a channel can't be used.
enum OpenChannelError {
    State(StoreError),
    Media(MediaError),
}

/// A channel, and what it is to run.
async fn open_channel(
    config: &Config,
    runtime: &Arc<Runtime>,
    platform: &Arc<Platform>,
    sqlite: &Arc<Sqlite>,
    share: Share,
    channel: ChannelConfig,
) -> Result<(Channel, Wanted), OpenChannelError> {
    let store: Arc<dyn KeyValue> = Arc::clone(sqlite) as _;
    let notes: Arc<dyn EventNotes> = Arc::clone(sqlite) as _;
    let versions = Versions::new(
        Arc::clone(sqlite) as Arc<dyn Registry>,
        Arc::clone(sqlite) as Arc<dyn Blobs>,
        Arc::clone(runtime),
        channel.provider.clone(),
    );
    let token = match channel.access_token {
        AccessToken::LongLived(token) => TokenSource::LongLived(token),
        AccessToken::Issued(issuer) => TokenSource::Issued {
            issuer,
            storage: Arc::new(StoredToken::new(Arc::clone(&store), &channel.id)),
        },
    };
    let client = Client::new(Arc::clone(platform), token);
    let client = match channel.credentials {
        Some(credentials) => client.with_credentials(credentials),
        None => client,
    };
    let id: Arc<str> = channel.id.as_str().into();
    let timers = Timers::new(Arc::clone(sqlite) as _, Arc::clone(&id));
    let visits = match channel.beacon_visits {
        Some(settings) => {
            let (store, id) = (Arc::clone(&store), Arc::clone(&id));
            let visits = Visits::open(Arc::clone(sqlite) as _, store, id, settings).await;
            Some(visits.map_err(OpenChannelError::State)?)
        }
        None => None,
    };
    let public_url = config.public_url.as_deref();
    let account_links = channel.account_link.zip(public_url).map(|(service, url)| {
        let store = Arc::clone(&store);
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
        health: Arc::clone(sqlite) as _,
        timers,
        account_links,
        media: media
            .transpose()
            .map_err(OpenChannelError::Media)?
            .map(Arc::new),
    });
    let opened = Channel {
        id: Arc::clone(&id),
        ingress: Ingress::new(&id),
        provider: channel.provider,
        secrets: channel.secrets,
        client: client.clone(),
        deployed: Deployed::new(),
        versions,
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
    let environment = Environment {
        channel: Arc::clone(&id),
        client,
        grants: channel.grants,
        limits,
        push_budget: channel
            .budget
            .map(|limits| PushBudget::new(limits, Arc::clone(&store), &id, Clock::system())),
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
