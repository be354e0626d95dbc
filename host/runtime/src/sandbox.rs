//! What one attempt's instance can reach: the data of its store.
//!
//! An instance that handles several events has a sandbox for each. What it takes along is what a program has for
//! as long as it runs: its memory, and WASI's clocks, random numbers, stdin, stdout and stderr.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use botbox_clock::Clock;
use botbox_line::Client;
use botbox_line::webhook::{EventJson, ReplyToken};
use botbox_store::Position;
use uuid::Uuid;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::attempt::Attempt;
use crate::call_memory::CallMemory;
use crate::counts::{Calls, OpenCount};
use crate::environment::Environment;
use crate::governor::Slot;
use crate::host_event::event_id;
use crate::ledger::{EffectIds, EventName, Ledger};
use crate::limiter::Limiter;
use crate::limits::RESOURCES;
use crate::log::PluginLog;
use crate::outgoing::WebClient;
use crate::outgoing::hooks::Web;
use crate::stdio::{Stdin, Stdio};
use crate::wasi_clock::{MonotonicClock, WallClock};

/// The most random bytes of one call: nobody needs more than a key, and the host makes them.
const RANDOM_BYTES: u64 = 64 << 10;

/// One attempt's own world. Nothing of it outlives the event.
pub(crate) struct Sandbox {
    pub(crate) environment: Arc<Environment>,
    pub(crate) event: CurrentEvent,
    pub(crate) log: PluginLog,
    pub(crate) clock: Clock,
    pub(crate) limiter: Limiter,
    /// Has what the attempt takes of the host's memory.
    pub(crate) slot: Arc<Slot>,
    /// Has what its call to LINE takes of that.
    pub(crate) call_memory: Arc<CallMemory>,
    /// Calls LINE as the channel.
    client: Client,
    pub(crate) table: ResourceTable,
    /// Calls to LINE and requests to the web so far.
    pub(crate) calls: Calls,
    /// Contents and images.
    pub(crate) contents: OpenCount,
    pub(crate) web_client: WebClient,
    /// Made when the plugin first uses HTTP.
    pub(crate) web: Option<Web>,
    /// Values to compare with.
    pub(crate) cas_values: OpenCount,
    pub(crate) uploads: OpenCount,
    /// Made when the plugin first uses WASI: most Rust plugins never do.
    wasi: Option<Wasi>,
}

/// WASI, for as long as the instance lives.
struct Wasi {
    context: WasiCtx,
    stdout: Stdio,
    stderr: Stdio,
    /// Their streams, and stdin's, that the plugin holds.
    open: Arc<OpenCount>,
}

/// What the host keeps of the event while the plugin handles it.
pub(crate) struct CurrentEvent {
    id: String,
    pub(crate) timestamp: i64,
    /// The user, group or room where it happened, where LINE tells.
    pub(crate) chat: Option<String>,
    /// Whether the bot may send: not in standby.
    pub(crate) is_active: bool,
    /// When it arrived, by the sandbox's clock.
    pub(crate) arrived: Instant,
    /// Its place in the journal.
    pub(crate) position: Position,
    /// To reply with, if it came with one.
    pub(crate) reply_token: Option<ReplyToken>,
    /// What its attempts have sent.
    pub(crate) ledger: Ledger,
    /// Whether this attempt has replied.
    pub(crate) has_replied: bool,
    /// Calls of the store so far.
    pub(crate) store_calls: u32,
    /// The ids of what this attempt does.
    effects: EffectIds,
    pub(crate) json: EventJson,
}

impl Sandbox {
    pub(crate) fn new(
        environment: Arc<Environment>,
        event: CurrentEvent,
        log: PluginLog,
        web_client: WebClient,
        slot: Arc<Slot>,
        clock: Clock,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        let call_memory = CallMemory::of(&slot);
        let client = environment
            .client
            .with_memory(Arc::clone(&call_memory) as _);
        // While somebody records what the event does.
        let client = match environment.recordings.recorder(&event.id) {
            Some(recorder) => client.recorded_by(recorder),
            None => client,
        };
        Self {
            limiter: Limiter::new(&environment.limits, Arc::clone(&slot)),
            slot,
            client,
            call_memory,
            environment,
            event,
            log,
            clock,
            table,
            calls: Calls::default(),
            contents: OpenCount::default(),
            web_client,
            web: None,
            cas_values: OpenCount::default(),
            uploads: OpenCount::default(),
            wasi: None,
        }
    }

    /// Has the instance handle another event, whose slot has what the instance has taken so far.
    pub(crate) fn begin(&mut self, event: CurrentEvent, log: PluginLog, slot: Arc<Slot>) {
        let limiter = self.limiter.next(Arc::clone(&slot));
        let environment = Arc::clone(&self.environment);
        let (web, clock) = (self.web_client.clone(), self.clock.clone());
        let next = Self::new(environment, event, log, web, slot, clock);
        let last = mem::replace(self, next);
        self.limiter = limiter;
        self.table = last.table;
        self.wasi = last.wasi;
        if let Some(wasi) = &self.wasi {
            wasi.stdout.set_log(self.log.clone());
            wasi.stderr.set_log(self.log.clone());
        }
    }

    /// Ends the event: all that was of it is dropped. Until it begins another one, the instance has none.
    pub(crate) fn end(&mut self) {
        let log = PluginLog::new(&self.environment.log_rate, self.clock.clone());
        self.begin(CurrentEvent::none(&self.clock), log, Slot::vacant());
    }

    /// Whether the plugin holds nothing by a handle but stdin, stdout and stderr. A C library keeps pollables of
    /// those; of whatever else there is one, that is in the table as well.
    pub(crate) fn holds_nothing(&mut self) -> bool {
        let stdio = self.wasi.as_ref().map_or(0, |wasi| wasi.open.count());
        let held = self.table.iter_mut().filter(|it| !it.is::<DynPollable>());
        held.count() == stdio
    }

    /// Calls LINE as the channel.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The id of the next effect with this digest: the same one when the event is run again.
    pub(crate) fn next_effect(&mut self, digest: [u8; 32], keyed: bool) -> Uuid {
        let CurrentEvent { id, effects, .. } = &mut self.event;
        let event = EventName {
            channel: &self.environment.channel,
            id,
        };
        effects.next(&event, digest, keyed)
    }

    /// The id of the next timer with this digest: the same one when the event is run again, so that it
    /// makes no second timer.
    pub(crate) fn next_timer_id(&mut self, digest: [u8; 32], keyed: bool) -> String {
        let id = self.next_effect(digest, keyed);
        event_id(self.event.timestamp, &id.to_string())
    }
}

impl CurrentEvent {
    /// What an instance has that handles no event.
    fn none(clock: &Clock) -> Self {
        Self {
            id: String::new(),
            timestamp: 0,
            chat: None,
            is_active: false,
            arrived: clock.instant(),
            position: 0,
            reply_token: None,
            ledger: Ledger::of(None, 1),
            has_replied: false,
            store_calls: 0,
            effects: EffectIds::default(),
            json: EventJson::default(),
        }
    }

    /// Takes the reply token out of the event, which is about to go to the plugin.
    pub(crate) fn new(attempt: &mut Attempt, ledger: Ledger) -> Self {
        let event = &mut attempt.event;
        Self {
            id: event.id.clone(),
            timestamp: event.timestamp,
            chat: event.chat().map(str::to_owned),
            is_active: event.is_active(),
            arrived: attempt.arrived,
            position: attempt.position,
            reply_token: event.reply_token.take(),
            ledger,
            has_replied: false,
            store_calls: 0,
            effects: EffectIds::default(),
            json: event.json.clone(),
        }
    }
}

impl WasiView for Sandbox {
    /// A closed WASI: clocks, random numbers, and stdout and stderr to the log. Its files,
    /// sockets, arguments and environment are there, because ordinary toolchains import them, and
    /// empty or refused.
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let (log, clock) = (&self.log, &self.clock);
        let wasi = self.wasi.get_or_insert_with(|| Wasi::new(log, clock));
        let (ctx, table) = (&mut wasi.context, &mut self.table);
        WasiCtxView { ctx, table }
    }
}

impl Wasi {
    fn new(log: &PluginLog, clock: &Clock) -> Self {
        let open = Arc::default();
        let [stdout, stderr] =
            ["stdout", "stderr"].map(|name| Stdio::new(name, log.clone(), &open));
        let context = WasiCtxBuilder::new()
            .wall_clock(WallClock(clock.clone()))
            .monotonic_clock(MonotonicClock::new(clock.clone()))
            .stdin(Stdin(Arc::clone(&open)))
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .max_random_size(RANDOM_BYTES)
            .build();
        Self {
            context,
            stdout,
            stderr,
            open,
        }
    }
}
