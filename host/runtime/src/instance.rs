//! An instance of a plugin in its store, for one event or, where the deployment says so, for several.
//!
//! An instance that has handled an event well may be kept for the next one of the same deployment. It is given up
//! when anything speaks against it: after any failure, when it was refused memory, when it holds something that
//! was of the event, or when it has taken half of the memory that there was for it to take. A plugin that never
//! frees anything, as one in Go does, so gets another instance before it runs out of memory.

use std::sync::Arc;

use botbox_line::TRACE_TARGET;
use tracing::{Instrument, trace_span};
use wasmtime::{Engine, Store};

use crate::attempt::AttemptError;
use crate::bindings::Bot;
use crate::bindings::botbox::line::events::Event;
use crate::bindings::exports::botbox::line::handler::Failure;
use crate::cpu::CpuMeter;
use crate::environment::Environment;
use crate::governor::{Content, Slot};
use crate::limits::{HOST_CALL_FUEL, RESOURCES, Reuse};
use crate::log::PluginLog;
use crate::one_line::{LINE_LIMIT, one_line};
use crate::plugin::Plugin;
use crate::sandbox::{CurrentEvent, Sandbox};
use crate::trap;

/// An instance of a plugin.
pub(crate) struct Instance {
    store: Store<Sandbox>,
    bot: Bot,
    /// How many events it has handled.
    events: u32,
    /// How many bytes of memory it began with.
    start: usize,
}

impl Instance {
    /// Starts an instance of a plugin, for the event of its sandbox.
    pub(crate) async fn start(
        engine: &Engine,
        plugin: &Plugin,
        sandbox: Sandbox,
        meter: &CpuMeter,
    ) -> Result<Self, AttemptError> {
        let mut store = Store::new(engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.limiter);
        store.set_hostcall_fuel(HOST_CALL_FUEL);
        store.set_max_component_handles(RESOURCES);
        let cpu = store.data().environment.limits.cpu;
        meter.guard(&mut store, cpu);
        let bot = plugin.pre().instantiate_async(&mut store);
        let bot = bot.instrument(trace_span!(target: TRACE_TARGET, "instantiate"));
        match bot.await {
            Ok(bot) => Ok(Self {
                bot,
                events: 0,
                start: store.data().limiter.memory(),
                store,
            }),
            Err(error) => Err(trap::attempt_error(&error, store.data())),
        }
    }

    /// Whether an instance of this deployment was kept.
    pub(crate) fn is_of(content: &Content, environment: &Arc<Environment>) -> bool {
        let kept: Option<&Self> = content.downcast_ref();
        kept.is_some_and(|it| Arc::ptr_eq(&it.store.data().environment, environment))
    }

    /// Has it handle another event, in a slot in which it [fits](Self::fits).
    pub(crate) fn begin(
        mut self,
        event: CurrentEvent,
        log: PluginLog,
        slot: &Arc<Slot>,
        meter: &CpuMeter,
    ) -> Self {
        self.store.data_mut().begin(event, log, Arc::clone(slot));
        let cpu = self.store.data().environment.limits.cpu;
        meter.guard(&mut self.store, cpu);
        self
    }

    /// Takes what it has taken so far of another slot, if there is room.
    pub(crate) fn fits(&self, slot: &Slot) -> bool {
        slot.take(self.store.data().limiter.taken())
    }

    /// Calls the plugin's handler.
    pub(crate) async fn handle(&mut self, event: &Event) -> Result<(), AttemptError> {
        self.events += 1;
        let handler = self.bot.botbox_line_handler();
        let call = handler.call_handle(&mut self.store, event);
        let call = call.instrument(trace_span!(target: TRACE_TARGET, "guest"));
        match call.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Failure::Retry(why))) => Err(AttemptError::Retry(one_line(&why, LINE_LIMIT))),
            Ok(Err(Failure::Reject(why))) => Err(AttemptError::Reject(one_line(&why, LINE_LIMIT))),
            Err(error) => Err(trap::attempt_error(&error, self.store.data())),
        }
    }

    /// Ends the event that it has handled, and returns it if it may handle another one.
    pub(crate) fn end(mut self, reuse: Reuse) -> Option<Content> {
        if let Some(why) = self.why_not_kept(reuse) {
            tracing::debug!(why, "the instance is not kept");
            return None;
        }
        self.store.data_mut().end();
        Some(Box::new(self))
    }

    /// What speaks against another event.
    fn why_not_kept(&mut self, reuse: Reuse) -> Option<&'static str> {
        let sandbox = self.store.data_mut();
        if self.events >= reuse.events {
            Some("it has handled as many events as it may")
        } else if sandbox.limiter.has_refused() {
            Some("it was refused memory")
        } else if !sandbox.limiter.has_room(self.start) {
            Some("it has taken half of the memory that there was to take")
        } else if !sandbox.holds_nothing() {
            Some("it holds something by a handle: close contents, buckets and responses")
        } else {
            None
        }
    }
}
