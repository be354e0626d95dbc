//! What all sends but replies share: the event's ledger, and the push budget.

use botbox_line::api::{Accepted, SendRequest};
use botbox_line::error;
use botbox_store::Position;
use uuid::Uuid;

use super::errors::call_error;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::convert::invalid;
use crate::environment::Environment;
use crate::ledger::{Ledger, SENDS, SendRecord, check_key};
use crate::push_budget::Recipients;
use crate::sandbox::Sandbox;
use crate::services::ServiceError;

impl Sandbox {
    /// Makes a send, unless an attempt of the event has made it: then returns what LINE answered.
    pub(super) async fn send_once(
        &mut self,
        send: SendRequest,
        recipients: Recipients<'_>,
        key: Option<&str>,
    ) -> Result<Accepted, CallError> {
        check_idempotency_key(key)?;
        let id = self.next_effect(send.digest(key), key.is_some());
        match self.event.ledger.send(id) {
            Some(SendRecord::Accepted(accepted)) => return Ok(accepted),
            Some(SendRecord::Unknown) => return Err(unknown()),
            None if self.event.ledger.is_full() => return Err(full()),
            None => {}
        }
        let (environment, event) = (&self.environment, &self.event);
        let (ledger, position) = (&event.ledger, event.position);
        let counted = match &environment.push_budget {
            Some(budget) => {
                let recipients = budget.count(&environment.client, recipients).await?;
                budget.take(recipients, id).await?
            }
            None => None,
        };
        let result = environment.send(&send, id, ledger, position).await;
        if let (Err(SendError { is_made: false, .. }), Some(counted)) = (&result, counted) {
            counted.give_back().await;
        }
        result.map_err(|error| error.why)
    }
}

impl Environment {
    /// Makes a send that the event has not made, and notes its outcome in the ledger.
    async fn send(
        &self,
        send: &SendRequest,
        id: Uuid,
        ledger: &Ledger,
        position: Position,
    ) -> Result<Accepted, SendError> {
        let retry_key = send.takes_retry_key().then_some(id);
        if retry_key.is_none() {
            ledger.set_send(id, SendRecord::Unknown);
            if let Err(error) = self.keep(ledger, position).await {
                ledger.forget_send(id);
                return Err(SendError {
                    why: error.into(),
                    is_made: false,
                });
            }
        }
        match self.client.send(send, retry_key).await {
            Ok(accepted) => {
                ledger.count(send.operation());
                ledger.set_send(id, SendRecord::Accepted(accepted.clone()));
                Ok(accepted)
            }
            Err(error) => {
                let is_made = !error.is_refusal();
                if !is_made {
                    ledger.forget_send(id);
                }
                let why = error.into();
                Err(SendError { why, is_made })
            }
        }
    }

    /// Writes the ledger to the journal: an attempt after a crash must know it.
    pub(super) async fn keep(
        &self,
        ledger: &Ledger,
        position: Position,
    ) -> Result<(), ServiceError> {
        let note = ledger.note();
        let kept = self.notes.note(&self.channel, position, note).await;
        kept.map_err(|error| {
            let why = error::with_causes(&error);
            tracing::error!(why, "cannot keep what the plugin is about to send");
            ServiceError::Unavailable
        })
    }
}

/// Why a send failed.
struct SendError {
    why: CallError,
    /// Whether it may have been made all the same.
    is_made: bool,
}

pub(super) fn check_idempotency_key(key: Option<&str>) -> Result<(), CallError> {
    let checked = key.map(check_key).transpose();
    checked.map_err(|what| invalid("idempotency-key", what))?;
    Ok(())
}

fn unknown() -> CallError {
    call_error(
        ErrorKind::Other,
        "an earlier attempt has made this send, and whether it arrived is not known: LINE takes no \
         retry key for it, so it is not made again",
    )
}

fn full() -> CallError {
    let why = format!(
        "the attempts of this event have made {SENDS} different sends, the most that one event may \
         make: split the work over several events"
    );
    call_error(ErrorKind::Other, why)
}
