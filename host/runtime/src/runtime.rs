//! The runtime: what plugins share, and the way of an attempt through it.

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;

use botbox_clock::Clock;
use botbox_line::webhook::Event;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tracing::{Instrument, Span};
use wasmtime::Engine;
use wasmtime::component::Linker;

use crate::attempt::{Attempt, AttemptError, Attempted};
use crate::capabilities;
use crate::compiler::CompilerSettings;
use crate::cpu::CpuMeter;
use crate::deployment::Deployment;
use crate::governor::compute::Compute;
use crate::governor::pool::Pool;
use crate::governor::{Provider, Share, Slot, Waiter};
use crate::instance::Instance;
use crate::ledger::Ledger;
use crate::limits::{ATTEMPT_BYTES, FIRST_MEMORY};
use crate::log::PluginLog;
use crate::outgoing::WebClient;
use crate::plugins::Plugins;
use crate::run::{Extent, Run};

/// How a runtime is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many events are handled at a time; more wait. Each reserves 8 GiB of address space, and
    /// uses memory only while it runs.
    pub slots: u32,
    /// The memory that events may use at a time, in bytes: what plugins have, and what the host
    /// holds for them. More events wait.
    pub memory: u64,
    /// How many plugins compute at a time.
    pub threads: usize,
    /// Where compiled plugins are kept. Nobody but the host may write there.
    pub artefacts: PathBuf,
    /// How plugins are compiled.
    pub compiler: CompilerSettings,
}

/// Why a runtime can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The engine does not start on this machine.
    #[error(
        "the WebAssembly engine does not start with room for {slots} events at a time: {source:#}"
    )]
    Engine {
        /// How many events were to be handled at a time.
        slots: u32,
        /// What wasmtime says.
        source: wasmtime::Error,
    },
    /// The threads for plugins can't be started.
    #[error("cannot start {count} threads for plugins: lower `runtime.compute_threads`")]
    Threads {
        /// How many were to be started.
        count: usize,
        /// What the system says.
        source: std::io::Error,
    },
    /// The client for plugins' requests to the web can't be set up.
    #[error("cannot set up the HTTP client for plugins: {0}")]
    Web(#[source] reqwest::Error),
    /// The folder of compiled plugins can't be used.
    #[error(transparent)]
    Artefacts(#[from] crate::artefacts::FolderError),
}

/// Loads plugins and runs events in them.
pub struct Runtime {
    engine: Engine,
    plugins: Plugins,
    /// The engine's pool, and the memory for what is in it.
    slots: Arc<Pool>,
    /// Where attempts run.
    compute: Compute,
    /// Makes plugins' requests to the web.
    web: WebClient,
    clock: Clock,
    /// Drops kept instances when their time ends. It ends with the runtime.
    _keeper: JoinSet<()>,
}

impl Runtime {
    /// Starts the engine, in a `tokio` runtime. Plugins have the time of `clock`.
    ///
    /// # Errors
    ///
    /// When the machine has no room for it, or the folder of compiled plugins can't be used.
    pub fn new(settings: &Settings, clock: Clock) -> Result<Self, SetupError> {
        let slots = settings.slots;
        let failed = |source| SetupError::Engine { slots, source };
        let engine = crate::engine::start(slots).map_err(failed)?;
        let mut linker = Linker::new(&engine);
        capabilities::add_to_linker(&mut linker).map_err(failed)?;
        let count = settings.threads;
        let compute = Compute::start(count, &engine, &Handle::current())
            .map_err(|source| SetupError::Threads { count, source })?;
        let slots = Pool::new(slots, settings.memory, ATTEMPT_BYTES + FIRST_MEMORY);
        let mut keeper = JoinSet::new();
        keeper.spawn(Pool::drop_ended(Arc::downgrade(&slots), clock.clone()));
        Ok(Self {
            plugins: Plugins::open(linker, &settings.artefacts, &settings.compiler)?,
            engine,
            web: WebClient::new().map_err(SetupError::Web)?,
            slots,
            compute,
            clock,
            _keeper: keeper,
        })
    }

    /// The plugins that it can run.
    #[must_use]
    pub fn plugins(&self) -> &Plugins {
        &self.plugins
    }

    /// Gives a provider another weight beside other providers: of all that they share from now on.
    pub fn set_provider_weight(&self, provider: Provider) {
        self.slots.set_provider_weight(provider);
        self.compute.set_provider_weight(provider);
        self.web.lookups().set_provider_weight(provider);
    }

    /// Gives a channel another weight beside its provider's other ones: of all that they share from now on.
    pub fn set_channel_weight(&self, share: Share) {
        self.slots.set_channel_weight(share);
        self.compute.set_channel_weight(share);
        self.web.lookups().set_channel_weight(share);
    }

    /// Joins the queue for slots, of which each attempt needs one.
    #[must_use]
    pub fn slots(&self, share: Share) -> Waiter {
        self.web.admit(share);
        Waiter::join(&self.slots, share)
    }

    /// Waits for one slot.
    pub async fn slot(&self, share: Share) -> Slot {
        self.web.admit(share);
        Waiter::one(&self.slots, share).await
    }

    /// Drops the instances that are kept of a channel: another deployment serves it, or none.
    pub fn drop_kept(&self, share: Share) {
        self.slots.drop_kept(share);
    }

    /// Makes an attempt at an event, in a fresh instance of the plugin or in a kept one of the same deployment.
    /// Whatever it does, it costs its own event only.
    ///
    /// # Panics
    ///
    /// When the host panics in the attempt.
    pub async fn handle(&self, slot: Slot, deployment: &Deployment, attempt: Attempt) -> Attempted {
        self.run(slot, deployment, attempt, Extent::Handle).await
    }

    /// Instantiates a deployment's plugin as for this event, and drops it. It is granted nothing meanwhile.
    ///
    /// # Errors
    ///
    /// When no event could be handled, because the plugin fails as it starts.
    ///
    /// # Panics
    ///
    /// When the host panics in the attempt.
    pub async fn try_out(
        &self,
        slot: Slot,
        deployment: &Deployment,
        event: Event,
    ) -> Result<(), AttemptError> {
        let attempt = Attempt {
            event,
            number: 1,
            arrived: self.clock.instant(),
            position: 0,
            note: None,
        };
        let deployment = Deployment {
            plugin: deployment.plugin.clone(),
            environment: Arc::new(deployment.environment.without_grants()),
        };
        let run = self.run(slot, &deployment, attempt, Extent::Instantiate);
        run.await.result
    }

    async fn run(
        &self,
        slot: Slot,
        deployment: &Deployment,
        attempt: Attempt,
        extent: Extent,
    ) -> Attempted {
        let environment = &deployment.environment;
        let log = PluginLog::new(&environment.log_rate, self.clock.clone());
        let ledger = Ledger::of(attempt.note.as_deref(), attempt.number);
        let limit = environment.limits.deadline;
        let meter = CpuMeter::default();
        let (share, used) = (slot.share(), meter.clone());
        let reuse = environment.limits.reuse;
        let kept = reuse.and_then(|_| slot.take_kept(|it| Instance::is_of(it, environment)));
        slot.make_room();
        let run = Run {
            engine: self.engine.clone(),
            web: self.web.clone(),
            clock: self.clock.clone(),
            slot,
            kept: kept.and_then(|kept| kept.downcast().ok()),
            deployment: deployment.clone(),
            attempt,
            meter: meter.clone(),
            log: log.clone(),
            ledger: ledger.clone(),
            extent,
        };
        let run = run.attempt().instrument(Span::current());
        let mut task = self.compute.spawn(share, meter, run);
        let result = match tokio::time::timeout(limit, &mut task).await {
            Ok(result) => Some(result),
            // It is over when it is cut off: until then it may write its record.
            Err(_) => task.cancel().await,
        };
        let result = match result {
            Some(Ok(result)) => result,
            Some(Err(panic)) => resume_unwind(panic),
            None => Err(AttemptError::Deadline { limit }),
        };
        if result.as_ref().is_err_and(AttemptError::is_trap) {
            ledger.add_trap();
        }
        Attempted {
            note: result.is_err().then(|| ledger.note()),
            traps: ledger.traps(),
            sends: ledger.sent(),
            made: ledger.made(),
            cpu: used.used(),
            result,
            log: log.take(),
        }
    }
}
