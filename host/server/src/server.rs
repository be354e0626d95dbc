//! A host from its configuration.
//!
//! It listens as soon as the store is open. The channels' plugins come later, one by one, in the
//! background: what arrives before is in the journal. A stop goes the other way: no more events
//! begin, webhooks are taken until the last event has ended, and then nobody listens any more.

mod background;
mod idle;
mod listeners;
mod open;
mod stop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use botbox_clock::Clock;
use botbox_line::Client;
use botbox_store::EventInspection;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use self::listeners::Listeners;
use self::open::Opened;
use crate::admin::{Operator, Streams};
use crate::channel::directory::Directory;
use crate::config::Config;
use crate::control::Control;
use crate::control::configuration::Configured;
use crate::dispatch::Dispatcher;
use crate::supervisor::Supervisor;
use crate::watch::Watch;
use crate::webhook::Webhooks;

pub use self::open::StartError;
pub use crate::control::error::ReloadError;

/// A running host.
pub struct Server {
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
    dispatcher: Dispatcher,
    supervisor: Arc<Supervisor>,
    control: Arc<Control>,
    watch: Watch,
    directory: Arc<Directory>,
    journal: Arc<dyn EventInspection>,
    clock: Clock,
    /// Turns true when nobody is to listen any more.
    close: watch::Sender<bool>,
    /// Answer requests until the host closes.
    listening: Vec<JoinHandle<()>>,
    /// Ends when it is dropped.
    _maintenance: JoinSet<()>,
}

impl Server {
    /// Takes webhooks, and loads the channels' plugins in the background. A channel whose plugin can't
    /// be used is marked, and the others serve. `compiler` is the program that compiles plugins; all
    /// that expires or is due goes by `clock`.
    ///
    /// # Errors
    ///
    /// When the data folder can't be used or an address can't be listened on, with the key to look at.
    pub async fn start(
        mut config: Config,
        compiler: PathBuf,
        clock: Clock,
    ) -> Result<Self, StartError> {
        let Opened {
            store,
            directory,
            dispatcher,
            supervisor,
            control,
            watch,
            failed,
        } = Opened::open(&config, compiler, &clock)?;
        // Before anything begins that a failed start would lose.
        let listeners = Listeners::bind(&mut config)?;
        let configured = Configured {
            channels: std::mem::take(&mut config.channels),
            unusable: std::mem::take(&mut config.failed),
            weights: std::mem::take(&mut config.provider_weights),
        };
        let opened = control.open_configured(configured).await;
        opened.map_err(StartError::State)?;
        control.load_tokens().await.map_err(StartError::State)?;
        let opened = control.open_registered().await;
        opened.map_err(StartError::State)?;
        tokio::spawn(Arc::clone(&control).finish_purges());
        let webhooks = Arc::new(Webhooks::new(
            Arc::clone(&directory),
            dispatcher.clone(),
            Arc::clone(&store) as _,
        ));
        let operator = Operator {
            directory: Arc::clone(&directory),
            webhooks: Arc::clone(webhooks.counters()),
            journal: Arc::clone(&store) as _,
            health: Arc::clone(&store) as _,
            streams: Streams::default(),
            store: Arc::clone(&store),
            watch: watch.clone(),
            clock: clock.clone(),
            started: Instant::now(),
            channel_labels: config.telemetry.channel_labels,
            control: Some(Arc::clone(&control)),
        };
        let (close, closed) = watch::channel(false);
        Ok(Self {
            address: listeners.address(),
            admin_address: listeners.admin_address(),
            _maintenance: background::maintenance(
                &directory, &control, failed, &store, &watch, &clock,
            ),
            listening: listeners.serve(&directory, webhooks, operator, &closed),
            journal: Arc::clone(&store) as _,
            directory,
            clock,
            dispatcher,
            supervisor,
            control,
            watch,
            close,
        })
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

    /// Reads the configuration file again, and applies what has changed of channels: as a whole, or
    /// not at all. Returns what that is, a line each. What is not of channels needs a new start.
    ///
    /// # Errors
    ///
    /// When something is wrong with the file, or with what it refers to. The host goes on as before.
    pub async fn reload(&self) -> Result<Vec<String>, ReloadError> {
        self.control.reload().await
    }

    /// Reads the plugin of a channel of the configuration file again, and has the channel serve it at
    /// once: the next event runs on it. Returns the number of the deployment that serves.
    ///
    /// # Errors
    ///
    /// When there is no such channel, or its plugin can't be used: then the channel serves what it served
    /// before.
    pub async fn redeploy(&self, channel: &str) -> Result<i64, ReloadError> {
        self.control.redeploy(channel).await
    }

    /// What makes a channel's calls of LINE, if the channel can be used.
    #[must_use]
    pub fn line_client(&self, channel: &str) -> Option<Client> {
        Some(self.directory.get(channel)?.setup().client.clone())
    }

    /// How many events run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.dispatcher.running()
    }
}
