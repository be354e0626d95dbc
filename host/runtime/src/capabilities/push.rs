//! `botbox:line/push`: messages that answer no event.

use botbox_line::api::{NarrowcastFilter, NarrowcastLimit, SendOptions, SendRequest};
use botbox_line::message::Message as LineMessage;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::messages::{Message, SentMessage};
use crate::bindings::botbox::line::push::{Host, NarrowcastProgress, NarrowcastTarget};
use crate::convert;
use crate::grants::Capability;
use crate::push_budget::Recipients;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn push_message(
        &mut self,
        to: String,
        messages: Vec<Message>,
        notification_disabled: bool,
        custom_aggregation_unit: Option<String>,
        idempotency_key: Option<String>,
    ) -> Result<Vec<SentMessage>, CallError> {
        let messages = self.check_send(messages)?;
        let options = SendOptions {
            notification_disabled,
            custom_aggregation_units: custom_aggregation_unit.as_slice(),
        };
        let key = idempotency_key.as_deref();
        self.push_to(&to, &messages, options, key).await
    }

    async fn multicast(
        &mut self,
        to: Vec<String>,
        messages: Vec<Message>,
        notification_disabled: bool,
        custom_aggregation_unit: Option<String>,
        idempotency_key: Option<String>,
    ) -> Result<String, CallError> {
        let messages = self.check_send(messages)?;
        let options = SendOptions {
            notification_disabled,
            custom_aggregation_units: custom_aggregation_unit.as_slice(),
        };
        let send = SendRequest::multicast(&to, &messages, options)?;
        let recipients = Recipients::Users(to.len() as u64);
        let key = idempotency_key.as_deref();
        Ok(self.send_once(send, recipients, key).await?.request_id)
    }

    async fn broadcast(
        &mut self,
        messages: Vec<Message>,
        notification_disabled: bool,
        idempotency_key: Option<String>,
    ) -> Result<String, CallError> {
        let messages = self.check_send(messages)?;
        let options = SendOptions::silent(notification_disabled);
        let send = SendRequest::broadcast(&messages, options)?;
        let recipients = Recipients::Unknown("send a narrowcast with `limit.max`");
        let key = idempotency_key.as_deref();
        Ok(self.send_once(send, recipients, key).await?.request_id)
    }

    async fn narrowcast(
        &mut self,
        messages: Vec<Message>,
        target: NarrowcastTarget,
        notification_disabled: bool,
        idempotency_key: Option<String>,
    ) -> Result<String, CallError> {
        let messages = self.check_send(messages)?;
        let target = narrowcast_target(target)?;
        let options = SendOptions::silent(notification_disabled);
        let send = SendRequest::narrowcast(&target, &messages, options)?;
        let max = target.limit.as_ref().and_then(|limit| limit.max);
        let recipients = match max {
            Some(max) => Recipients::Users(max.into()),
            None => Recipients::Unknown("give `limit.max`"),
        };
        let key = idempotency_key.as_deref();
        Ok(self.send_once(send, recipients, key).await?.request_id)
    }

    async fn get_narrowcast_progress(
        &mut self,
        request_id: String,
    ) -> Result<NarrowcastProgress, CallError> {
        self.check_call(Capability::Push)?;
        let progress = self.client().narrowcast_progress(&request_id).await?;
        Ok(NarrowcastProgress {
            phase: progress.phase,
            success_count: progress.success_count,
            failure_count: progress.failure_count,
            target_count: progress.target_count,
            failed_description: progress.failed_description,
            error_code: progress.error_code,
            accepted_time: progress.accepted_time,
            completed_time: progress.completed_time,
        })
    }
}

impl Sandbox {
    /// Checks that messages may be pushed.
    fn check_send(&mut self, messages: Vec<Message>) -> Result<Vec<LineMessage>, CallError> {
        self.check_call(Capability::Push)?;
        self.check_active()?;
        convert::messages(messages)
    }

    /// Pushes messages that are checked.
    pub(super) async fn push_to(
        &mut self,
        to: &str,
        messages: &[LineMessage],
        options: SendOptions<'_>,
        key: Option<&str>,
    ) -> Result<Vec<SentMessage>, CallError> {
        let send = SendRequest::push(to, messages, options)?;
        let accepted = self.send_once(send, Recipients::Chat(to), key).await?;
        Ok(convert::sent(accepted.messages))
    }
}

fn narrowcast_target(
    target: NarrowcastTarget,
) -> Result<botbox_line::api::NarrowcastTarget, CallError> {
    let object =
        |name, json: Option<String>| json.map(|it| convert::json_argument(name, it)).transpose();
    let demographic = object("demographic", target.demographic)?;
    Ok(botbox_line::api::NarrowcastTarget {
        recipient: object("recipient", target.recipient)?,
        filter: demographic.map(|demographic| NarrowcastFilter { demographic }),
        limit: target.limit.map(|limit| NarrowcastLimit {
            max: limit.max,
            up_to_remaining_quota: limit.up_to_remaining_quota,
            forbid_partial_delivery: limit.forbid_partial_delivery,
        }),
    })
}
