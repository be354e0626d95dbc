//! Opens what a host serves from.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use botbox_clock::Clock;
use botbox_line::Platform;
use botbox_runtime::{CompilerSettings, Runtime, Settings, SetupError};
use botbox_store::{OpenError, Sqlite, StoreError};

use super::channels::Opener;
use crate::channel::Channel;
use crate::channel::directory::Directory;
use crate::channel::loader::Wanted;
use crate::config::{Config, ConfigError};
use crate::store_state;

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

/// What a host serves from.
pub(super) struct Opened {
    pub(super) store: Arc<Sqlite>,
    pub(super) runtime: Arc<Runtime>,
    pub(super) directory: Arc<Directory>,
    /// What the channels are to run.
    pub(super) wanted: Vec<(Arc<Channel>, Wanted)>,
}

impl Opened {
    /// Opens what a configuration says, of which the channels are taken.
    pub(super) async fn open(
        config: &mut Config,
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
        let channels = std::mem::take(&mut config.channels);
        let opener = Opener {
            config,
            store: &store,
            runtime: &runtime,
            platform: &platform,
            clock,
        };
        let opened = opener.open_all(channels).await;
        let (directory, wanted) = opened.map_err(StartError::State)?;
        Ok(Self {
            directory: Arc::new(directory),
            store,
            runtime,
            wanted,
        })
    }
}
