//! Timers, which the test has come by [`Bot::advance`](crate::testing::Bot::advance).

use crate::generated::botbox::line::errors::{CallError, ErrorKind};

use super::world::{Timer, call, call_error, with};

/// A second, in milliseconds: no timer comes earlier.
const SOONEST: i64 = 1000;
/// The most bytes of a payload, as in the host: 4 KiB.
const PAYLOAD_BYTES: usize = 4 << 10;

pub fn run_at(at: i64, payload: &str, _idempotency_key: Option<&str>) -> Result<String, CallError> {
    call("schedule", "run-at")?;
    if payload.len() > PAYLOAD_BYTES {
        let bytes = payload.len();
        let why = format!("the payload has {bytes} bytes; the limit is {PAYLOAD_BYTES}");
        return Err(call_error(ErrorKind::Invalid, why));
    }
    Ok(with(|world| {
        let id = format!("timer-{}", world.number());
        world.timers.push(Timer {
            id: id.clone(),
            at: at.max(world.now + SOONEST),
            payload: payload.to_owned(),
            source: world.event.as_ref().and_then(|event| event.source.clone()),
        });
        id
    }))
}

pub fn cancel(id: &str) -> Result<bool, CallError> {
    call("schedule", "cancel")?;
    Ok(with(|world| {
        let before = world.timers.len();
        world.timers.retain(|timer| timer.id != id);
        world.timers.len() < before
    }))
}
