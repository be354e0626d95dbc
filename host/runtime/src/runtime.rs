//! The runtime: loads plugins and runs events in them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use botbox_line::Client;
use botbox_line::webhook::Event;
use botbox_store::{EventNotes, KeyValue, Position};
use tokio::runtime::Handle;
use tracing::{Instrument, Span};
use wasmtime::component::Linker;
use wasmtime::{Engine, Store, Trap};
use wasmtime_wasi::I32Exit;

use crate::artefacts::Artefacts;
use crate::beacons::Beacons;
use crate::bindings::botbox::line::events::ReplyState;
use crate::bindings::exports::botbox::line::handler::Failure;
use crate::capabilities;
use crate::clock;
use crate::compiler::{Compiler, CompilerSettings, Turn};
use crate::convert;
use crate::cpu::{CpuExhausted, CpuMeter};
use crate::governor::compute::Compute;
use crate::governor::pool::Pool;
use crate::governor::{Ask, Share, Slot};
use crate::grants::{Capability, Grants};
use crate::ledger::{Ledger, ReplyRecord, is_fresh};
use crate::limits::{
    ATTEMPT_BYTES, FIRST_MEMORY, HOST_CALL_BYTES, HOST_CALL_FUEL, Limits, RESOURCES, Refusal,
};
use crate::log::PluginLog;
use crate::one_line::{LINE_LIMIT, one_line};
use crate::outgoing::WebClient;
use crate::plugin::{self, LoadError, LoadedPlugin, Plugin};
use crate::push_budget::PushBudget;
use crate::sandbox::{CurrentEvent, Sandbox};
use crate::services::Services;
use botbox_line::log_rate::LogRate;

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

/// What a channel runs, and how.
pub struct Deployment {
    /// The channel's id.
    pub channel: Arc<str>,
    /// The plugin.
    pub plugin: Plugin,
    /// Calls LINE as the channel.
    pub client: Client,
    /// What the plugin may call.
    pub grants: Grants,
    /// What handling one event may use.
    pub limits: Limits,
    /// How many its pushes may reach, if the operator limits that.
    pub push_budget: Option<PushBudget>,
    /// How much of the plugin's log gets into the host's.
    pub log_rate: Arc<LogRate>,
    /// What the plugin finds in `wasi:config`.
    pub config: BTreeMap<String, String>,
    /// The channel's beacons.
    pub beacons: Beacons,
    /// What the plugin remembers.
    pub store: Arc<dyn KeyValue>,
    /// Where attempts note what they are about to send.
    pub notes: Arc<dyn EventNotes>,
    /// What the server does for it.
    pub services: Arc<dyn Services>,
}

/// One attempt at an event.
pub struct Attempt {
    /// The event.
    pub event: Event,
    /// The version of the plugin that makes it.
    pub plugin: Plugin,
    /// 1, or more when attempts have failed.
    pub number: u32,
    /// When the event arrived.
    pub arrived: Instant,
    /// The event's place in the journal.
    pub position: Position,
    /// What an earlier attempt has left for this one.
    pub note: Option<String>,
}

/// What came of an attempt.
pub struct Attempted {
    /// Whether the event is handled.
    pub result: Result<(), AttemptError>,
    /// For the next attempt, when this one failed.
    pub note: Option<String>,
    /// How many attempts at the event have trapped.
    pub traps: u32,
    /// What the plugin logged, a line each.
    pub log: String,
}

/// Why an attempt failed. What the plugin says is one line of bounded length.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// The plugin asks for another try.
    #[error("the plugin asks to retry: {0}")]
    Retry(String),
    /// The plugin can't handle the event.
    #[error("the plugin rejects the event: {0}")]
    Reject(String),
    /// The plugin crashed.
    #[error("the plugin trapped: {0}")]
    Trap(String),
    /// The plugin handed too much to the host in one call.
    #[error(
        "the plugin handed more than {} MiB to the host in one call, the limit: split it over \
         several calls",
        limit >> 20
    )]
    HostCall {
        /// The limit in bytes.
        limit: usize,
    },
    /// The plugin crashed after it was refused memory.
    #[error("the plugin ran out of memory: the limit is {} MiB", limit >> 20)]
    Memory {
        /// The limit in bytes.
        limit: usize,
    },
    /// The plugin crashed after the host had no memory for it.
    #[error(
        "the host had no memory left for the plugin: all events together may use {} MiB; raise \
         `runtime.memory_mib`, or lower the `memory_mib` or `concurrency` of channels",
        limit >> 20
    )]
    HostMemory {
        /// The limit for all events, in bytes.
        limit: u64,
    },
    /// The plugin computed for too long.
    #[error("the plugin used more than {} ms of processor time", .limit.as_millis())]
    Cpu {
        /// The limit.
        limit: std::time::Duration,
    },
    /// The plugin took too long by the clock.
    #[error("the plugin took longer than {} ms", .limit.as_millis())]
    Deadline {
        /// The limit.
        limit: std::time::Duration,
    },
}

impl AttemptError {
    /// Whether another attempt would be as vain.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Reject(_) | Self::HostCall { .. })
    }

    /// Whether it is a mistake of the plugin, as a rule, which another attempt seldom mends. One that
    /// took too long is none: it may have waited for others.
    #[must_use]
    pub fn is_trap(&self) -> bool {
        matches!(self, Self::Trap(_) | Self::Memory { .. } | Self::Cpu { .. })
    }
}

/// Loads plugins and runs events in them.
pub struct Runtime {
    engine: Engine,
    linker: Linker<Sandbox>,
    artefacts: Arc<Artefacts>,
    compiler: Compiler,
    /// The engine's pool, and the memory for what is in it.
    slots: Arc<Pool>,
    /// Where attempts run.
    compute: Compute,
    /// Makes plugins' requests to the web.
    web: WebClient,
    /// By digest, so that channels share what they run alike.
    plugins: Mutex<HashMap<String, LoadedPlugin>>,
}

impl Runtime {
    /// Starts the engine, in a `tokio` runtime.
    ///
    /// # Errors
    ///
    /// When the machine has no room for it, or the folder of compiled plugins can't be used.
    pub fn new(settings: &Settings) -> Result<Self, SetupError> {
        let slots = settings.slots;
        let failed = |source| SetupError::Engine { slots, source };
        let engine = crate::engine::start(slots).map_err(failed)?;
        let mut linker = Linker::new(&engine);
        capabilities::add_to_linker(&mut linker).map_err(failed)?;
        let count = settings.threads;
        let compute = Compute::start(count, &engine, &Handle::current())
            .map_err(|source| SetupError::Threads { count, source })?;
        Ok(Self {
            artefacts: Arc::new(Artefacts::open(&settings.artefacts, &engine)?),
            compiler: Compiler::new(&settings.compiler),
            engine,
            linker,
            web: WebClient::new().map_err(SetupError::Web)?,
            slots: Pool::new(slots, settings.memory, ATTEMPT_BYTES + FIRST_MEMORY),
            compute,
            plugins: Mutex::default(),
        })
    }

    /// Makes a plugin of a component of an owner, compiling it unless that was done before.
    ///
    /// # Errors
    ///
    /// When the bytes are not a component that this host can run.
    pub async fn load(&self, owner: &str, wasm: &[u8]) -> Result<Plugin, LoadError> {
        match self.find(wasm).await? {
            Some(plugin) => Ok(plugin),
            None => self.compile(self.compiler_turn(owner).await, wasm).await,
        }
    }

    /// The plugin of a component that is compiled already.
    ///
    /// # Errors
    ///
    /// When the bytes are not a component that this host can run.
    pub async fn find(&self, wasm: &[u8]) -> Result<Option<Plugin>, LoadError> {
        plugin::check_kind(wasm)?;
        self.find_version(plugin::digest(wasm)).await
    }

    /// Waits until a component of an owner may be compiled. Of several that are compiled at a time, an
    /// owner has all but one at most.
    pub async fn compiler_turn(&self, owner: &str) -> Turn {
        self.compiler.turn(owner).await
    }

    /// Makes a plugin of a component, compiling it unless somebody else has done that meanwhile.
    ///
    /// # Errors
    ///
    /// When the bytes are not a component that this host can run.
    pub async fn compile(&self, turn: Turn, wasm: &[u8]) -> Result<Plugin, LoadError> {
        plugin::check_kind(wasm)?;
        let digest = plugin::digest(wasm);
        if let Some(plugin) = self.find_version(digest.clone()).await? {
            return Ok(plugin);
        }
        let file = self.artefacts.begin().map_err(LoadError::NotKept)?;
        let output = file.as_file().try_clone().map_err(LoadError::NotKept)?;
        self.compiler.compile(turn, wasm, output).await?;
        let (artefacts, name) = (Arc::clone(&self.artefacts), digest.clone());
        blocking(move || artefacts.keep(&name, file).map_err(LoadError::NotKept)).await?;
        let plugin = self.find_version(digest).await?;
        plugin.ok_or_else(|| LoadError::CompilerEnded(String::from("what it wrote is not whole")))
    }

    /// Removes all compiled plugins but those of these components. Nothing may be compiled meanwhile.
    /// Returns how many files were removed.
    ///
    /// # Errors
    ///
    /// When the folder can't be read or written.
    pub async fn retain_compiled(&self, digests: HashSet<String>) -> io::Result<usize> {
        let artefacts = Arc::clone(&self.artefacts);
        let retained = tokio::task::spawn_blocking(move || artefacts.retain(&digests));
        retained.await.unwrap_or_else(|panic| Err(panic.into()))
    }

    /// The plugin of this digest, if it is loaded, or compiled.
    async fn find_version(&self, digest: String) -> Result<Option<Plugin>, LoadError> {
        if let Some(plugin) = self.loaded(&digest) {
            return Ok(Some(plugin));
        }
        let (engine, linker) = (self.engine.clone(), self.linker.clone());
        let artefacts = Arc::clone(&self.artefacts);
        let load = move || {
            let found = artefacts.find(&engine, &digest);
            let component = found.map_err(LoadError::Unusable)?;
            component
                .map(|component| Plugin::new(&linker, &component, digest))
                .transpose()
        };
        let plugin = blocking(load).await?;
        Ok(plugin.map(|plugin| self.share(plugin)))
    }

    fn loaded(&self, digest: &str) -> Option<Plugin> {
        self.plugins().get(digest).and_then(LoadedPlugin::get)
    }

    /// Has others find a plugin. Who loaded it at the same time gets the same.
    fn share(&self, plugin: Plugin) -> Plugin {
        let mut plugins = self.plugins();
        plugins.retain(|_, plugin| plugin.get().is_some());
        if let Some(other) = plugins.get(plugin.digest()).and_then(LoadedPlugin::get) {
            return other;
        }
        plugins.insert(plugin.digest().to_owned(), LoadedPlugin::new(&plugin));
        plugin
    }

    fn plugins(&self) -> MutexGuard<'_, HashMap<String, LoadedPlugin>> {
        self.plugins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the queue for slots, of which each attempt needs one.
    #[must_use]
    pub fn slots(&self, share: Share) -> Ask {
        self.web.admit(share);
        self.slots.ask(share)
    }

    /// Makes an attempt at an event, in a fresh instance of the plugin. Whatever it does, it costs
    /// its own event only.
    ///
    /// # Panics
    ///
    /// When the host panics in the attempt.
    pub async fn handle(
        &self,
        slot: Slot,
        deployment: &Arc<Deployment>,
        attempt: Attempt,
    ) -> Attempted {
        let log = PluginLog::new(&deployment.log_rate);
        let ledger = Ledger::of(attempt.note.as_deref(), attempt.number);
        let limit = deployment.limits.deadline;
        let meter = CpuMeter::default();
        let share = slot.share();
        let run = Run {
            engine: self.engine.clone(),
            web: self.web.clone(),
            slot: Arc::new(slot),
            deployment: Arc::clone(deployment),
            attempt,
            meter: meter.clone(),
            log: log.clone(),
            ledger: ledger.clone(),
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
            result,
            log: log.take(),
        }
    }
}

/// An attempt, as the task that it is.
struct Run {
    engine: Engine,
    web: WebClient,
    slot: Arc<Slot>,
    deployment: Arc<Deployment>,
    attempt: Attempt,
    meter: CpuMeter,
    log: PluginLog,
    ledger: Ledger,
}

impl Run {
    async fn attempt(self) -> Result<(), AttemptError> {
        let Self {
            engine,
            web,
            slot,
            deployment,
            mut attempt,
            meter,
            log,
            ledger,
        } = self;
        let limits = deployment.limits;
        let reply = reply_state(&deployment, &attempt, &ledger.reply());
        let current = CurrentEvent::new(&mut attempt, ledger);
        let sandbox = Sandbox::new(
            Arc::clone(&deployment),
            current,
            log,
            web,
            Arc::clone(&slot),
        );
        let mut store = Store::new(&engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.limiter);
        store.set_hostcall_fuel(HOST_CALL_FUEL);
        store.set_max_component_handles(RESOURCES);
        meter.guard(&mut store, limits.cpu);
        let Attempt {
            event,
            plugin,
            number,
            ..
        } = attempt;
        let outcome = async {
            let bot = plugin.pre();
            let bot = bot.instantiate_async(&mut store).await?;
            let event = convert::event(event, reply, number, &deployment.beacons);
            bot.botbox_line_handler()
                .call_handle(&mut store, &event)
                .await
        };
        match outcome.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Failure::Retry(why))) => Err(AttemptError::Retry(one_line(&why, LINE_LIMIT))),
            Ok(Err(Failure::Reject(why))) => Err(AttemptError::Reject(one_line(&why, LINE_LIMIT))),
            Err(error) => Err(why_ended(&error, store.data(), &limits)),
        }
    }
}

/// Does what reads and writes files, or takes its time.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LoadError> + Send + 'static,
) -> Result<T, LoadError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(LoadError::Unusable(panic.into())))
}

/// What the plugin is told about replying.
fn reply_state(deployment: &Deployment, attempt: &Attempt, record: &ReplyRecord) -> ReplyState {
    let event = &attempt.event;
    let can_reply = event.reply_token.is_some()
        && event.is_active()
        && deployment.grants.allow(Capability::Reply);
    match record {
        _ if !can_reply => ReplyState::None,
        ReplyRecord::Sent(_) | ReplyRecord::Unknown => ReplyState::Spent,
        ReplyRecord::Refused => ReplyState::Expired,
        ReplyRecord::Unsent
            if is_fresh(event.timestamp, attempt.arrived.elapsed(), clock::now()) =>
        {
            ReplyState::Open
        }
        ReplyRecord::Unsent => ReplyState::Expired,
    }
}

/// What ended an instance.
fn why_ended(error: &wasmtime::Error, sandbox: &Sandbox, limits: &Limits) -> AttemptError {
    if error.is::<CpuExhausted>() {
        return AttemptError::Cpu { limit: limits.cpu };
    }
    if is_too_much(error) {
        let limit = HOST_CALL_BYTES;
        return AttemptError::HostCall { limit };
    }
    match sandbox.limiter.refusal {
        Some(Refusal::Own) => {
            let limit = limits.memory;
            return AttemptError::Memory { limit };
        }
        Some(Refusal::Host { limit }) => return AttemptError::HostMemory { limit },
        None => {}
    }
    // The names in the backtrace are the plugin's.
    let backtrace = one_line(&format!("{error:#}"), LINE_LIMIT);
    tracing::debug!(backtrace, "where the plugin ended");
    let what = match (error.downcast_ref(), error.downcast_ref()) {
        (Some(I32Exit(code)), _) => format!("it exited with code {code}"),
        (_, Some(trap)) => what_trapped(*trap),
        (None, None) => one_line(&error.root_cause().to_string(), LINE_LIMIT),
    };
    AttemptError::Trap(match sandbox.log.last_words() {
        Some(words) => format!("{words} ({what})"),
        None => what,
    })
}

/// A trap in plain words.
fn what_trapped(trap: Trap) -> String {
    let what = match trap {
        Trap::UnreachableCodeReached => {
            "it reached code that must not be reached, as an abort does"
        }
        Trap::StackOverflow => "its calls went deeper than its stack: look for endless recursion",
        // The stack of most languages is at the beginning of the memory.
        Trap::MemoryOutOfBounds => {
            "it used memory that it does not have: look for a wrong index, and for endless recursion"
        }
        Trap::HeapMisaligned => "it used memory at an address that is not aligned",
        Trap::TableOutOfBounds => "it used a table's element that is not there",
        Trap::IndirectCallToNull => "it called a function pointer that is null",
        Trap::BadSignature => "it called a function pointer with the wrong type",
        Trap::IntegerDivisionByZero => "it divided an integer by zero",
        Trap::IntegerOverflow => "a division of integers overflowed",
        Trap::BadConversionToInteger => "it made an integer of a number that is none",
        other => return other.to_string(),
    };
    String::from(what)
}

/// Whether a call handed too much to the host. wasmtime has no type for it.
fn is_too_much(error: &wasmtime::Error) -> bool {
    let cause = error.root_cause().to_string();
    cause.contains("fuel allocated for hostcalls has been exhausted")
}
