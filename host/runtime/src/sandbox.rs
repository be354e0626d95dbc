//! What one attempt's instance can reach: the data of its store.

use std::sync::Arc;

use botbox_line::Client;
use botbox_line::webhook::{Event, EventJson, ReplyToken};
use uuid::Uuid;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::limits::{Grants, Limiter, Limits, RESOURCES};
use crate::log::{PluginLog, Stdio};

/// The most random bytes of one call: nobody needs more than a key, and the host makes them.
const RANDOM_BYTES: u64 = 64 << 10;

/// One attempt's own world. It is dropped with the instance: nothing outlives the event.
pub(crate) struct Sandbox {
    pub(crate) client: Client,
    pub(crate) grants: Grants,
    pub(crate) event: CurrentEvent,
    pub(crate) log: PluginLog,
    pub(crate) limiter: Limiter,
    pub(crate) table: ResourceTable,
    /// Each open content has a clone.
    pub(crate) contents: Arc<()>,
    /// Made when the plugin first uses WASI: most Rust plugins never do.
    wasi: Option<WasiCtx>,
}

/// What the host keeps of the event while the plugin handles it.
pub(crate) struct CurrentEvent {
    channel: Arc<str>,
    id: String,
    /// Whether the bot may send: not in standby.
    pub(crate) is_active: bool,
    /// What is left to reply with.
    pub(crate) reply: ReplyState,
    /// Calls to LINE so far.
    pub(crate) calls: u32,
    /// Pushes so far, to give each a retry key of its own.
    pushes: u32,
    pub(crate) json: EventJson,
}

/// Whether the event can be replied to.
pub(crate) enum ReplyState {
    /// It came without a reply token.
    None,
    /// With this token.
    Open(ReplyToken),
    /// The token was used in this attempt, or LINE said that it is used or expired.
    Spent,
}

impl Sandbox {
    pub(crate) fn new(
        event: CurrentEvent,
        client: Client,
        grants: Grants,
        limits: &Limits,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        Self {
            client,
            grants,
            event,
            log: PluginLog::default(),
            limiter: Limiter::new(limits),
            table,
            contents: Arc::default(),
            wasi: None,
        }
    }
}

impl CurrentEvent {
    /// Takes the reply token out of `event`, which is about to go to the plugin.
    pub(crate) fn new(channel: Arc<str>, event: &mut Event) -> Self {
        Self {
            channel,
            id: event.id.clone(),
            is_active: event.is_active(),
            reply: match event.reply_token.take() {
                Some(token) => ReplyState::Open(token),
                None => ReplyState::None,
            },
            calls: 0,
            pushes: 0,
            json: event.json.clone(),
        }
    }

    /// The retry key of the next push: the same one when the event is run again, so that LINE
    /// takes the push once. Another recipient is another push, in case that the event took another
    /// turn.
    pub(crate) fn next_retry_key(&mut self, to: &str) -> Uuid {
        self.pushes += 1;
        let Self { channel, id, .. } = self;
        let name = format!("botbox:push:{channel}:{id}:{}:{to}", self.pushes);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
    }
}

impl WasiView for Sandbox {
    /// A closed WASI: clocks, random numbers, and stdout and stderr to the log. Its files,
    /// sockets, arguments and environment are there, because ordinary toolchains import them, and
    /// empty or refused.
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let log = &self.log;
        let ctx = self.wasi.get_or_insert_with(|| {
            let stdio = |name| Stdio {
                log: log.clone(),
                name,
            };
            WasiCtxBuilder::new()
                .stdout(stdio("stdout"))
                .stderr(stdio("stderr"))
                .allow_tcp(false)
                .allow_udp(false)
                .allow_ip_name_lookup(false)
                .max_random_size(RANDOM_BYTES)
                .build()
        });
        let table = &mut self.table;
        WasiCtxView { ctx, table }
    }
}
