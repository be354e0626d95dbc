//! An attempt from the inside: a sandbox, an instance in it, and the call of the plugin's handler.

use std::sync::Arc;

use botbox_clock::Clock;
use botbox_line::TRACE_TARGET;
use tracing::{Instrument, trace_span};
use wasmtime::{Engine, Store};

use crate::attempt::{Attempt, AttemptError};
use crate::bindings::botbox::line::events::ReplyState;
use crate::bindings::exports::botbox::line::handler::Failure;
use crate::convert;
use crate::cpu::CpuMeter;
use crate::deployment::Deployment;
use crate::environment::Environment;
use crate::governor::Slot;
use crate::grants::Capability;
use crate::ledger::{Ledger, ReplyRecord, is_fresh};
use crate::limits::{HOST_CALL_FUEL, RESOURCES};
use crate::log::PluginLog;
use crate::one_line::{LINE_LIMIT, one_line};
use crate::outgoing::WebClient;
use crate::sandbox::{CurrentEvent, Sandbox};
use crate::trap;

/// An attempt that is to be made.
pub(crate) struct Run {
    pub(crate) engine: Engine,
    pub(crate) web: WebClient,
    pub(crate) clock: Clock,
    pub(crate) slot: Slot,
    pub(crate) deployment: Deployment,
    pub(crate) attempt: Attempt,
    pub(crate) meter: CpuMeter,
    pub(crate) log: PluginLog,
    pub(crate) ledger: Ledger,
    pub(crate) extent: Extent,
}

/// How far a run goes.
#[derive(Clone, Copy)]
pub(crate) enum Extent {
    /// The plugin is instantiated, and handles the event.
    Handle,
    /// It is only instantiated, to see that it can be.
    Instantiate,
}

impl Run {
    /// Makes the attempt. Whatever it held is free when this returns, or is dropped.
    pub(crate) async fn attempt(self) -> Result<(), AttemptError> {
        let Self {
            engine,
            web,
            clock,
            slot,
            deployment,
            mut attempt,
            meter,
            log,
            ledger,
            extent,
        } = self;
        let Deployment {
            plugin,
            environment,
        } = deployment;
        let limits = environment.limits;
        let reply = reply_state(&environment, &attempt, &ledger.reply(), &clock);
        let event = CurrentEvent::new(&mut attempt, ledger);
        // Declared before the store, and so dropped after it: a store drops its sandbox before its
        // instances, and whoever gets the slot next must find their places in the pool free.
        let slot = Arc::new(slot);
        let sandbox = Sandbox::new(
            Arc::clone(&environment),
            event,
            log,
            web,
            Arc::clone(&slot),
            clock,
        );
        let mut store = Store::new(&engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.limiter);
        store.set_hostcall_fuel(HOST_CALL_FUEL);
        store.set_max_component_handles(RESOURCES);
        meter.guard(&mut store, limits.cpu);
        let Attempt { event, number, .. } = attempt;
        let outcome = async {
            let bot = plugin.pre();
            let instantiate = trace_span!(target: TRACE_TARGET, "instantiate");
            let bot = bot.instantiate_async(&mut store);
            let bot = bot.instrument(instantiate).await?;
            if matches!(extent, Extent::Instantiate) {
                return Ok(Ok(()));
            }
            let event = convert::event(event, reply, number, &environment.beacons);
            bot.botbox_line_handler()
                .call_handle(&mut store, &event)
                .instrument(trace_span!(target: TRACE_TARGET, "guest"))
                .await
        };
        match outcome.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Failure::Retry(why))) => Err(AttemptError::Retry(one_line(&why, LINE_LIMIT))),
            Ok(Err(Failure::Reject(why))) => Err(AttemptError::Reject(one_line(&why, LINE_LIMIT))),
            Err(error) => Err(trap::attempt_error(&error, store.data(), &limits)),
        }
    }
}

/// Whether the plugin can reply.
fn reply_state(
    environment: &Environment,
    attempt: &Attempt,
    record: &ReplyRecord,
    clock: &Clock,
) -> ReplyState {
    let event = &attempt.event;
    let age = clock.instant() - attempt.arrived;
    let can_reply = event.reply_token.is_some()
        && event.is_active()
        && environment.grants.allow(Capability::Reply);
    match record {
        _ if !can_reply => ReplyState::None,
        ReplyRecord::Sent(_) | ReplyRecord::Unknown => ReplyState::Spent,
        ReplyRecord::Refused => ReplyState::Expired,
        ReplyRecord::Unsent if is_fresh(event.timestamp, age, clock.now_ms()) => ReplyState::Open,
        ReplyRecord::Unsent => ReplyState::Expired,
    }
}
