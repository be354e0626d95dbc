//! `botbox:line/push`: messages unasked.

use botbox_line::Error as LineError;
use botbox_line::client::{NarrowcastFilter, NarrowcastLimit, SendOptions};
use botbox_line::message::Message as LineMessage;
use uuid::Uuid;

use super::sent;
use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::messages::{Message, SentMessage};
use crate::bindings::botbox::line::push::{Host, NarrowcastProgress, NarrowcastTarget};
use crate::convert;
use crate::grants::Capability;
use crate::push_budget::Recipients;
use crate::runtime::Deployment;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn push_message(
        &mut self,
        to: String,
        messages: Vec<Message>,
        notification_disabled: bool,
        custom_aggregation_unit: Option<String>,
    ) -> Result<Vec<SentMessage>, CallError> {
        let messages = self.check_send(messages)?;
        let options = SendOptions {
            notification_disabled,
            custom_aggregation_units: custom_aggregation_unit.as_slice(),
        };
        self.push_to(&to, &messages, options).await
    }

    async fn multicast(
        &mut self,
        to: Vec<String>,
        messages: Vec<Message>,
        notification_disabled: bool,
        custom_aggregation_unit: Option<String>,
    ) -> Result<String, CallError> {
        let messages = self.check_send(messages)?;
        let options = SendOptions {
            notification_disabled,
            custom_aggregation_units: custom_aggregation_unit.as_slice(),
        };
        let retry_key = self.next_retry_key(&to.join(","));
        let recipients = Recipients::Users(to.len() as u64);
        let send = self.client().multicast(&to, &messages, options, retry_key);
        self.deployment
            .within_budget(recipients, Some(retry_key), send)
            .await
    }

    async fn broadcast(
        &mut self,
        messages: Vec<Message>,
        notification_disabled: bool,
    ) -> Result<String, CallError> {
        let messages = self.check_send(messages)?;
        let options = SendOptions::silent(notification_disabled);
        let retry_key = self.next_retry_key("all");
        let recipients = Recipients::Unknown("send a narrowcast with `limit.max`");
        let send = self.client().broadcast(&messages, options, retry_key);
        self.deployment
            .within_budget(recipients, Some(retry_key), send)
            .await
    }

    async fn narrowcast(
        &mut self,
        messages: Vec<Message>,
        target: NarrowcastTarget,
        notification_disabled: bool,
    ) -> Result<String, CallError> {
        let messages = self.check_send(messages)?;
        let retry_key = self.next_retry_key(&format!("{target:?}"));
        let target = narrowcast_target(target)?;
        let options = SendOptions::silent(notification_disabled);
        let max = target.limit.as_ref().and_then(|limit| limit.max);
        let recipients = match max {
            Some(max) => Recipients::Users(max.into()),
            None => Recipients::Unknown("give `limit.max`"),
        };
        let send = self
            .client()
            .narrowcast(&target, &messages, options, retry_key);
        self.deployment
            .within_budget(recipients, Some(retry_key), send)
            .await
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
    /// Lets messages go out unasked, if they may.
    fn check_send(&mut self, messages: Vec<Message>) -> Result<Vec<LineMessage>, CallError> {
        self.check_call(Capability::Push)?;
        self.check_active()?;
        convert::messages(messages)
    }

    /// Pushes messages that may go out.
    pub(super) async fn push_to(
        &mut self,
        to: &str,
        messages: &[LineMessage],
        options: SendOptions<'_>,
    ) -> Result<Vec<SentMessage>, CallError> {
        let retry_key = self.next_retry_key(to);
        let send = self.client().push_message(to, messages, options, retry_key);
        let send = self
            .deployment
            .within_budget(Recipients::Chat(to), Some(retry_key), send);
        Ok(sent(send.await?))
    }
}

impl Deployment {
    /// Makes a send if the operator's budget has room for its recipients, and counts them.
    pub(super) async fn within_budget<T>(
        &self,
        recipients: Recipients<'_>,
        retry_key: Option<Uuid>,
        send: impl Future<Output = Result<T, LineError>>,
    ) -> Result<T, CallError> {
        let Some(budget) = &self.push_budget else {
            return Ok(send.await?);
        };
        let recipients = budget.count(&self.client, recipients).await?;
        let counted = budget.take(recipients, retry_key).await?;
        let result = send.await;
        if let (Err(error), Some(counted)) = (&result, counted)
            && was_refused(error)
        {
            counted.give_back().await;
        }
        Ok(result?)
    }
}

/// Whether nothing was sent, for certain.
fn was_refused(error: &LineError) -> bool {
    let is_refusal = matches!(error, LineError::Answer(answer) if answer.status < 500);
    is_refusal || error.is_unsent()
}

fn narrowcast_target(
    target: NarrowcastTarget,
) -> Result<botbox_line::client::NarrowcastTarget, CallError> {
    let object =
        |name, json: Option<String>| json.map(|it| convert::json_argument(name, it)).transpose();
    let demographic = object("demographic", target.demographic)?;
    Ok(botbox_line::client::NarrowcastTarget {
        recipient: object("recipient", target.recipient)?,
        filter: demographic.map(|demographic| NarrowcastFilter { demographic }),
        limit: target.limit.map(|limit| NarrowcastLimit {
            max: limit.max,
            up_to_remaining_quota: limit.up_to_remaining_quota,
            forbid_partial_delivery: limit.forbid_partial_delivery,
        }),
    })
}
