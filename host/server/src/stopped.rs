//! The operator's side of a host that does not run: the admin API over its data folder.
//!
//! What an operator does to the journal is the same whether the host runs or not. So it is the same
//! API, for this process alone: at an address of this machine, for whoever has a token that nobody
//! else knows. It needs no secret of the configuration.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use botbox_clock::Clock;
use botbox_store::{OpenError, Sqlite, StoreError, Tenants};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::admin::{self, Operator, Streams};
use crate::channel::directory::{Directory, FailedChannel, Listed};
use crate::config::{Config, ConfigError, LogRetention};
use crate::random::{NoRandom, random};
use crate::store_state::tell_recovery;
use crate::watch::Watch;
use crate::watch::live_events::LiveEvents;
use crate::watch::meter::Meter;
use crate::watch::plugin_logs::PluginLogs;

/// Why a stopped host can't be looked at.
#[derive(Debug, thiserror::Error)]
pub enum StoppedError {
    /// The configuration does not tell where its data are.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is nothing.
    #[error(
        "there is no data folder {}: no host has run with this configuration",
        .0.display()
    )]
    NoData(PathBuf),
    /// The host runs.
    #[error(
        "a host runs with the data folder {}: leave --config out, and it is asked by its admin API",
        .0.display()
    )]
    Runs(PathBuf),
    /// The data folder can't be used.
    #[error(transparent)]
    Store(OpenError),
    /// The channels of the admin API can't be read.
    #[error("cannot read which channels there are")]
    Registry(#[source] StoreError),
    /// This machine gives no address.
    #[error("cannot listen on an address of this machine")]
    Listen(#[source] io::Error),
    /// This machine gives no random numbers.
    #[error("cannot make a token")]
    Token(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A host that does not run, and will not while this is there.
pub struct StoppedHost {
    address: SocketAddr,
    token: String,
    serving: AbortHandle,
}

impl StoppedHost {
    /// Opens the data folder of the host that a configuration file is of.
    ///
    /// # Errors
    ///
    /// When there is none, or a host runs with it.
    pub async fn open(config: &Path) -> Result<Self, StoppedError> {
        let outline = Config::outline(config)?;
        let data = outline.data;
        // It would be made.
        if !data.is_dir() {
            return Err(StoppedError::NoData(data));
        }
        let store = Sqlite::open(&data, Clock::system()).map_err(|error| match error {
            OpenError::InUse(folder) => StoppedError::Runs(folder),
            error => StoppedError::Store(error),
        })?;
        // It is told once, to whoever opens the folder first.
        tell_recovery(store.recovery());
        let store = Arc::new(store);
        let directory = Directory::default();
        let registered = registered(&store).await.map_err(StoppedError::Registry)?;
        for (id, provider) in outline.channels.into_iter().chain(registered) {
            let failed = FailedChannel {
                provider: provider.into(),
                why: "the host does not run".into(),
            };
            directory.set(&id, Listed::Failed(failed));
        }
        let operator = Operator {
            directory: Arc::new(directory),
            webhooks: Arc::default(),
            journal: Arc::clone(&store) as _,
            health: Arc::clone(&store) as _,
            streams: Streams::default(),
            watch: Watch {
                live_events: LiveEvents::new(0),
                meter: Arc::new(Meter::new(Arc::clone(&store) as _, Clock::system())),
                logs: Arc::new(PluginLogs::new(
                    Arc::clone(&store) as _,
                    LogRetention::default(),
                    Clock::system(),
                )),
            },
            store,
            clock: Clock::system(),
            started: Instant::now(),
            channel_labels: true,
            control: None,
        };
        let token = random().map_err(|error: NoRandom| StoppedError::Token(error.into()))?;
        let routes = admin::routes(Arc::new(operator), SecretString::from(token.as_str()));
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(StoppedError::Listen)?;
        let address = listener.local_addr().map_err(StoppedError::Listen)?;
        let serve = async move { axum::serve(listener, routes).await };
        Ok(Self {
            address,
            token,
            serving: tokio::spawn(serve).abort_handle(),
        })
    }

    /// Where its admin API is, for this process.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token of the admin API.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// The channels that the registry has, with their providers.
async fn registered(store: &Sqlite) -> Result<Vec<(String, String)>, StoreError> {
    let providers = store.providers().await?.into_iter();
    let names: HashMap<_, _> = providers.map(|it| (it.id, it.name)).collect();
    let channels = store.channels().await?.into_iter();
    let channels = channels.filter_map(|it| Some((it.name, names.get(&it.provider)?.clone())));
    Ok(channels.collect())
}

impl Drop for StoppedHost {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
