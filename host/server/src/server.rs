//! A host from its configuration.
//!
//! It listens as soon as the store is open. The channels' plugins come later, one by one, in the
//! background: what arrives before is in the journal. A stop goes the other way: no more events
//! begin, webhooks are taken until the last event has ended, and then nobody listens any more.

mod background;
mod channels;
mod listeners;
mod open;
mod stop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use botbox_clock::Clock;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use self::listeners::Listeners;
use self::open::Opened;
use crate::admin::Operator;
use crate::config::Config;
use crate::dispatch::live_events::LiveEvents;
use crate::dispatch::{Dispatcher, Retention};
use crate::webhook::Webhooks;

pub use self::open::StartError;

/// A running host.
pub struct Server {
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
    dispatcher: Dispatcher,
    live_events: LiveEvents,
    /// Turns true when no more events are to begin.
    stop: watch::Sender<bool>,
    /// Turns true when nobody is to listen any more.
    close: watch::Sender<bool>,
    /// Run the channels' events until the host stops.
    dispatching: Vec<JoinHandle<()>>,
    /// Answer requests until the host closes.
    listening: Vec<JoinHandle<()>>,
    /// Load plugins until the host stops.
    loading: JoinSet<()>,
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
            runtime,
            directory,
            wanted,
        } = Opened::open(&mut config, compiler, &clock).await?;
        // Before anything begins that a failed start would lose.
        let listeners = Listeners::bind(&mut config)?;
        for channel in directory.all() {
            channel.client.prepare_token();
        }
        let live_events = LiveEvents::new();
        let dispatcher = Dispatcher::new(
            Arc::clone(&runtime),
            Arc::clone(&store) as _,
            Arc::clone(&store) as _,
            live_events.clone(),
            Retention {
                handled: config.keep_handled,
                dead: config.keep_dead,
            },
            clock.clone(),
        );
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
            registry: Arc::clone(&store) as _,
            live_events: live_events.clone(),
        };
        let (stop, stopped) = watch::channel(false);
        let (close, closed) = watch::channel(false);
        let dispatch = |channel| dispatcher.clone().run(Arc::clone(channel), stopped.clone());
        Ok(Self {
            address: listeners.address(),
            admin_address: listeners.admin_address(),
            _maintenance: background::maintenance(&directory, &wanted, &store, &clock),
            loading: background::load(&runtime, &store, &directory, wanted),
            dispatching: directory.all().map(dispatch).map(tokio::spawn).collect(),
            listening: listeners.serve(&directory, webhooks, operator, &closed),
            dispatcher,
            live_events,
            stop,
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

    /// How many events run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.dispatcher.running()
    }
}
