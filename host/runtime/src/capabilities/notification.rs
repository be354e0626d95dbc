//! `botbox:line/notification`: messages to phone numbers.

use botbox_line::api::{Counted, SendOptions, SendRequest};

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::messages::Message;
use crate::bindings::botbox::line::notification::Host;
use crate::bindings::botbox::line::quota::DailyCount;
use crate::convert;
use crate::grants::Capability;
use crate::push_budget::Recipients;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn push_messages_by_phone(
        &mut self,
        to: String,
        messages: Vec<Message>,
        notification_disabled: bool,
        delivery_tag: Option<String>,
        idempotency_key: Option<String>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Notification)?;
        self.check_active()?;
        let messages = convert::messages(messages)?;
        let options = SendOptions::silent(notification_disabled);
        let tag = delivery_tag.as_deref();
        let send = SendRequest::to_phone(&to, &messages, options, tag)?;
        self.notify(send, idempotency_key).await
    }

    async fn push_templated_messages_by_phone(
        &mut self,
        to: String,
        template_key: String,
        body: String,
        delivery_tag: Option<String>,
        idempotency_key: Option<String>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Notification)?;
        self.check_active()?;
        let body = convert::json_argument("body", body)?;
        let tag = delivery_tag.as_deref();
        let send = SendRequest::templated_to_phone(&to, &template_key, &body, tag)?;
        self.notify(send, idempotency_key).await
    }

    async fn get_pnp_message_statistics(&mut self, date: String) -> Result<DailyCount, CallError> {
        self.daily_count(Capability::Notification, Counted::Notifications, &date)
            .await
    }

    async fn get_templated_pnp_message_statistics(
        &mut self,
        date: String,
    ) -> Result<DailyCount, CallError> {
        self.daily_count(
            Capability::Notification,
            Counted::TemplatedNotifications,
            &date,
        )
        .await
    }
}

impl Sandbox {
    async fn notify(&mut self, send: SendRequest, key: Option<String>) -> Result<(), CallError> {
        let recipients = Recipients::Users(1);
        self.send_once(send, recipients, key.as_deref()).await?;
        Ok(())
    }
}
