//! Opens what a host serves from.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use botbox_clock::Clock;
use botbox_line::Platform;
use botbox_runtime::{CompilerSettings, Runtime, Settings, SetupError};
use botbox_store::{OpenError, Sqlite, StoreError};
use tokio::sync::mpsc;

use crate::channel::deployer::Deployer;
use crate::channel::directory::Directory;
use crate::channel::opener::Opener;
use crate::config::{Config, ConfigError};
use crate::control::{Control, Parts};
use crate::dispatch::{Dispatcher, Retention};
use crate::store_state;
use crate::supervisor::Supervisor;
use crate::vault::Vault;
use crate::vault_key::{KeyError, vault_keys};
use crate::watch::Watch;
use crate::watch::live_events::LiveEvents;
use crate::watch::meter::Meter;
use crate::watch::plugin_logs::PluginLogs;

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
    #[error("cannot read what the store has of channels")]
    State(#[source] StoreError),
    /// The key of the secrets can't be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no room for temporary files.
    #[error("cannot make a folder for temporary files")]
    Folder(#[source] io::Error),
    /// The client for LINE can't be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How many failures may wait to be looked at: 1,024. More would be of the same channels.
const FAILURES: usize = 1_024;

/// What a host serves from. No channel is open yet.
pub(super) struct Opened {
    pub(super) store: Arc<Sqlite>,
    pub(super) directory: Arc<Directory>,
    pub(super) dispatcher: Dispatcher,
    pub(super) supervisor: Arc<Supervisor>,
    pub(super) control: Arc<Control>,
    pub(super) watch: Watch,
    /// The channels whose plugins fail.
    pub(super) failed: mpsc::Receiver<Arc<str>>,
}

impl Opened {
    /// Opens what a configuration says.
    pub(super) fn open(
        config: &Config,
        compiler: PathBuf,
        clock: &Clock,
    ) -> Result<Self, StartError> {
        // Nobody waits yet for what reads and writes files. The store goes first, because it makes
        // the folder one that only its owner reads.
        let store = Arc::new(Sqlite::open_with(&config.data, config.disk, clock.clone())?);
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
        let runtime = Arc::new(Runtime::new(&settings, clock.clone())?);
        let platform = Platform::new(config.line.clone(), clock.clone());
        let platform = platform.map_err(|error| StartError::Client(error.into()))?;
        let (key, previous_keys) = vault_keys(config)?;
        let watch = Watch {
            live_events: LiveEvents::new(clock.now_ms()),
            meter: Arc::new(Meter::new(Arc::clone(&store) as _, clock.clone())),
            logs: Arc::new(PluginLogs::new(
                Arc::clone(&store) as _,
                config.logs,
                clock.clone(),
            )),
        };
        let deployer = Arc::new(Deployer::new(
            Arc::clone(&store),
            Arc::clone(&runtime),
            clock.clone(),
        ));
        let (failures, failed) = mpsc::channel(FAILURES);
        let dispatcher = Dispatcher::new(
            Arc::clone(&deployer),
            Arc::clone(&store) as _,
            Arc::clone(&store) as _,
            watch.clone(),
            Retention {
                handled: config.keep_handled,
                dead: config.keep_dead,
            },
            failures,
            clock.clone(),
        );
        let directory = Arc::<Directory>::default();
        let supervisor = Arc::new(Supervisor::new(
            Arc::clone(&directory),
            dispatcher.clone(),
            clock.clone(),
        ));
        let control = Control::new(Parts {
            store: Arc::clone(&store),
            runtime,
            directory: Arc::clone(&directory),
            supervisor: Arc::clone(&supervisor),
            opener: Opener {
                public_url: config.public_url.clone(),
                access_base: config.access_base.clone(),
                data: config.data.clone(),
                store: Arc::clone(&store),
                platform,
                clock: clock.clone(),
            },
            deployer,
            vault: Vault::new(&key, &previous_keys),
            ceilings: config.ceilings.clone(),
            watch: watch.clone(),
            clock: clock.clone(),
            config_file: config.file().to_owned(),
        });
        Ok(Self {
            store,
            directory,
            dispatcher,
            supervisor,
            control: Arc::new(control),
            watch,
            failed,
        })
    }
}
