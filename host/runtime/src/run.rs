//! An attempt from the inside: an instance in its sandbox, and the call of the plugin's handler.

use std::sync::Arc;

use botbox_clock::Clock;
use wasmtime::Engine;

use crate::attempt::{Attempt, AttemptError};
use crate::bindings::botbox::line::events::ReplyState;
use crate::convert;
use crate::cpu::CpuMeter;
use crate::deployment::Deployment;
use crate::environment::Environment;
use crate::governor::Slot;
use crate::grants::Capability;
use crate::instance::Instance;
use crate::ledger::{Ledger, ReplyRecord, is_fresh};
use crate::log::PluginLog;
use crate::outgoing::WebClient;
use crate::sandbox::{CurrentEvent, Sandbox};

/// An attempt that is to be made.
pub(crate) struct Run {
    pub(crate) engine: Engine,
    pub(crate) web: WebClient,
    pub(crate) clock: Clock,
    pub(crate) slot: Slot,
    /// An instance that has handled other events.
    pub(crate) kept: Option<Box<Instance>>,
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
            kept,
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
        let reply = reply_state(&environment, &attempt, &ledger.reply(), &clock);
        let event = CurrentEvent::new(&mut attempt, ledger);
        // Declared before the instance, and so dropped after it: a store drops its sandbox before its
        // instances, and whoever gets the slot next must find their places in the pool free.
        let slot = Arc::new(slot);
        let mut instance = match kept.filter(|kept| kept.fits(&slot)) {
            Some(kept) => kept.begin(event, log, &slot, &meter),
            None => {
                let (environment, slot) = (Arc::clone(&environment), Arc::clone(&slot));
                let sandbox = Sandbox::new(environment, event, log, web, slot, clock.clone());
                Instance::start(&engine, &plugin, sandbox, &meter).await?
            }
        };
        if matches!(extent, Extent::Instantiate) {
            return Ok(());
        }
        let Attempt { event, number, .. } = attempt;
        let event = convert::event(event, reply, number, &environment.beacons);
        instance.handle(&event).await?;
        if let Some(reuse) = environment.limits.reuse
            && let Some(kept) = instance.end(reuse)
            && let Some(slot) = Arc::into_inner(slot)
        {
            slot.keep(kept, clock.instant() + reuse.idle);
        }
        Ok(())
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
