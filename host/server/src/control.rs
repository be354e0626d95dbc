//! The control plane: what changes while the host runs. Providers, channels and their secrets, plugins,
//! deployments and traffic come and go here; the registry in the store has each change before it is
//! confirmed, so that a new start serves what was confirmed last.

pub(crate) mod access;
mod backup;
pub(crate) mod caller;
mod channels;
pub(crate) mod configuration;
pub(crate) mod deployments;
pub(crate) mod error;
mod guard;
mod name_locks;
mod names;
mod plugin_retention;
mod plugins;
pub(crate) mod providers;
mod purge;
mod registered;
mod reload;
pub(crate) mod traffic;
pub(crate) mod uploads;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use botbox_clock::Clock;
use botbox_runtime::Runtime;
use botbox_store::Sqlite;
use tokio::sync::{Mutex, RwLock};
use tokio::task::{AbortHandle, JoinSet};

use self::caller::Tokens;
use self::name_locks::NameLocks;
use self::uploads::Uploads;
use crate::channel::configured::{ConfiguredDeployer, FileLoader, Wanted};
use crate::channel::deployer::Deployer;
use crate::channel::directory::Directory;
use crate::channel::opener::Opener;
use crate::channel::shares::Shares;
use crate::config::ceilings::Ceilings;
use crate::supervisor::Supervisor;
use crate::vault::Vault;
use crate::watch::Watch;
use crate::watch::live_events::LiveEvents;
use crate::watch::plugin_logs::PluginLogs;

/// Changes what the host serves.
pub(crate) struct Control {
    store: Arc<Sqlite>,
    runtime: Arc<Runtime>,
    directory: Arc<Directory>,
    supervisor: Arc<Supervisor>,
    opener: Opener,
    deployer: Arc<Deployer>,
    files: Arc<ConfiguredDeployer>,
    shares: Shares,
    vault: Vault,
    tokens: Tokens,
    live_events: LiveEvents,
    logs: Arc<PluginLogs>,
    clock: Clock,
    /// What all deployments may have at most.
    ceilings: Ceilings,
    uploads: Uploads,
    /// Held for reading while a plugin comes in, and for writing while what nobody needs goes.
    plugins: Arc<RwLock<()>>,
    /// Held while a channel is made, changed or deleted.
    channel_locks: NameLocks,
    /// Held while what belonged to a channel is deleted.
    purge_locks: NameLocks,
    /// Held while the configuration file is applied.
    reloading: Mutex<()>,
    /// The configuration file.
    config_file: PathBuf,
    /// What the channels of the file are to run, and what loads it.
    configured: std::sync::Mutex<HashMap<String, (Wanted, Option<AbortHandle>)>>,
    /// Loads plugins in the background, until the host stops.
    loading: Mutex<JoinSet<()>>,
}

/// What the control plane works with.
pub(crate) struct Parts {
    pub(crate) store: Arc<Sqlite>,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) supervisor: Arc<Supervisor>,
    pub(crate) opener: Opener,
    pub(crate) deployer: Arc<Deployer>,
    pub(crate) vault: Vault,
    pub(crate) ceilings: Ceilings,
    pub(crate) watch: Watch,
    pub(crate) clock: Clock,
    /// The configuration file.
    pub(crate) config_file: PathBuf,
}

impl Control {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts {
            store,
            runtime,
            directory,
            supervisor,
            opener,
            deployer,
            vault,
            ceilings,
            watch,
            clock,
            config_file,
        } = parts;
        let plugins = Arc::default();
        let files = ConfiguredDeployer {
            loader: Arc::new(FileLoader::new(Arc::clone(&runtime))),
            deployer: Arc::clone(&deployer),
            store: Arc::clone(&store),
            plugins: Arc::clone(&plugins),
            live_events: watch.live_events.clone(),
            clock: clock.clone(),
        };
        Self {
            store,
            runtime,
            directory,
            supervisor,
            opener,
            deployer,
            files: Arc::new(files),
            shares: Shares::default(),
            vault,
            tokens: Tokens::default(),
            live_events: watch.live_events,
            logs: watch.logs,
            clock,
            ceilings,
            uploads: Uploads::default(),
            plugins,
            channel_locks: NameLocks::default(),
            purge_locks: NameLocks::default(),
            reloading: Mutex::default(),
            config_file,
            configured: std::sync::Mutex::default(),
            loading: Mutex::default(),
        }
    }

    /// What all deployments may have at most.
    pub(crate) fn ceilings(&self) -> &Ceilings {
        &self.ceilings
    }

    /// Where the Internet reaches the host, if that is known.
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.opener.public_url.as_deref()
    }

    /// The folder of all that the host keeps.
    pub(crate) fn data(&self) -> &Path {
        &self.opener.data
    }

    /// Loads no more plugins.
    pub(crate) async fn stop_loading(&self) {
        self.loading.lock().await.abort_all();
    }
}
