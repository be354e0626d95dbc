//! What operators are told of what happens: live events, what channels use, and the logs of their plugins.

pub(crate) mod live_events;
pub(crate) mod meter;
pub(crate) mod plugin_logs;

use std::sync::Arc;

use botbox_clock::Clock;
use botbox_store::Traffic;

use self::live_events::{LiveEvent, LiveEvents, What};
use self::meter::Meter;
use self::plugin_logs::PluginLogs;
use crate::channel::Channel;

/// Who is told what becomes of events. Clones are the same.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) live_events: LiveEvents,
    pub(crate) meter: Arc<Meter>,
    pub(crate) logs: Arc<PluginLogs>,
}

/// Something that happens to a channel now.
pub(crate) fn live_event(channel: &Channel, clock: &Clock, what: What) -> LiveEvent {
    LiveEvent {
        time: clock.now_ms(),
        owner: channel.owner,
        provider: Arc::clone(&channel.provider),
        channel: Arc::clone(&channel.id),
        what,
    }
}

/// That other deployments of a channel serve.
pub(crate) fn switch_event(channel: &Channel, switch: &Traffic, clock: &Clock) -> LiveEvent {
    let what = What::Switch {
        stable: switch.stable,
        canary: switch.canary.map(|it| it.deployment),
        percent: switch.canary.map(|it| it.percent),
        by: switch.by.clone(),
        reason: switch.reason.clone(),
    };
    live_event(channel, clock, what)
}
