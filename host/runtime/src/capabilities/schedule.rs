//! `botbox:line/schedule`: events at times that the plugin chooses.

use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};

use super::errors::call_error;
use super::send::check_idempotency_key;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::bindings::botbox::line::schedule::Host;
use crate::grants::Capability;
use crate::host_event::{HostEvent, Origin, Timer};
use crate::sandbox::Sandbox;

/// How far ahead a timer may be, in milliseconds: a year. A later date belongs in a bucket, where the
/// plugin can list it.
const FURTHEST: i64 = 366 * 24 * 60 * 60 * 1000;

/// How soon a timer comes at the earliest, in milliseconds: a second from now. A bot whose timers set
/// timers must not keep the host busy all the time.
const SOONEST: i64 = 1000;

/// The most bytes of a timer's payload: 4 KiB. It says what to do; data belongs in a bucket.
const PAYLOAD_BYTES: usize = 4 << 10;

impl Host for Sandbox {
    async fn run_at(
        &mut self,
        at: i64,
        payload: String,
        idempotency_key: Option<String>,
    ) -> Result<String, CallError> {
        self.check_call(Capability::Schedule)?;
        check_idempotency_key(idempotency_key.as_deref())?;
        let invalid = |why| call_error(ErrorKind::Invalid, why);
        if payload.len() > PAYLOAD_BYTES {
            let bytes = payload.len();
            return Err(invalid(format!(
                "the payload has {bytes} bytes; the limit is {PAYLOAD_BYTES}"
            )));
        }
        let now = self.clock.now_ms();
        if at > now.saturating_add(FURTHEST) {
            return Err(invalid(format!(
                "{at} is more than a year ahead; set a timer on the way"
            )));
        }
        let digest = digest(at, &payload, idempotency_key.as_deref());
        let id = self.next_timer_id(digest, idempotency_key.is_some());
        let origin = Origin {
            is_active: self.event.is_active,
            json: &self.event.json,
        };
        let timer = HostEvent::Timer {
            timer: Timer { payload },
        };
        let soonest = now.saturating_add(SOONEST);
        let timer = timer
            .into_event(&id, at.max(soonest), origin)
            .map_err(|error| call_error(ErrorKind::Other, error.to_string()))?;
        self.environment.services.run_at(timer).await?;
        Ok(id)
    }

    async fn cancel(&mut self, id: String) -> Result<bool, CallError> {
        self.check_call(Capability::Schedule)?;
        Ok(self.environment.services.cancel_timer(&id).await?)
    }
}

/// Equal for equal timers: those with the same key or, without one, with the same time and payload.
fn digest(at: i64, payload: &str, key: Option<&str>) -> [u8; SHA256_OUTPUT_LEN] {
    let mut digest = Context::new(&SHA256);
    digest.update(b"timer");
    match key {
        Some(key) => {
            digest.update(b"key");
            digest.update(key.as_bytes());
        }
        None => {
            digest.update(&at.to_be_bytes());
            digest.update(payload.as_bytes());
        }
    }
    let mut bytes = [0; SHA256_OUTPUT_LEN];
    bytes.copy_from_slice(digest.finish().as_ref());
    bytes
}
