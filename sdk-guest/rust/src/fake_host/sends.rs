//! What a bot sends.

use crate::generated::botbox::line::errors::{CallError, ErrorKind};
use crate::generated::botbox::line::messages::{Message, SentMessage};

use super::world::{Sent, call, call_active, call_error, with};

pub mod reply {
    use super::*;
    use crate::generated::botbox::line::events::{ReplyState, Source};

    pub use crate::generated::botbox::line::reply::{Delivery, Via};

    pub fn reply_message(
        messages: &[Message],
        _notification_disabled: bool,
    ) -> Result<Vec<SentMessage>, CallError> {
        call_active("reply", "reply-message")?;
        check(messages)?;
        reply(messages)
    }

    pub fn reply_or_push(
        messages: &[Message],
        _notification_disabled: bool,
        _idempotency_key: Option<&str>,
    ) -> Result<Delivery, CallError> {
        call_active("reply", "reply-or-push")?;
        check(messages)?;
        let error = match reply(messages) {
            Ok(messages) => {
                let via = Via::Reply;
                return Ok(Delivery { via, messages });
            }
            Err(error) => error,
        };
        let Some(to) = chat() else {
            return Err(error);
        };
        call("push", "push-message")?;
        let messages = deliver(Sent::Push {
            to,
            messages: messages.to_vec(),
        });
        let via = Via::Push;
        Ok(Delivery { via, messages })
    }

    /// Replies, if the event can be replied to.
    fn reply(messages: &[Message]) -> Result<Vec<SentMessage>, CallError> {
        let expired = |why: &str| Err(call_error(ErrorKind::Expired, why));
        let (state, has_replied) = with(|world| {
            let state = world.event.as_ref().map(|event| event.reply);
            (state, world.has_replied)
        });
        match state {
            Some(ReplyState::Open) if has_replied => expired("the event's reply token is used"),
            Some(ReplyState::Open) => {
                with(|world| world.has_replied = true);
                Ok(deliver(Sent::Reply(messages.to_vec())))
            }
            // An earlier attempt's reply stands.
            Some(ReplyState::Spent) => Ok(Vec::new()),
            Some(ReplyState::Expired) => expired("the event's reply token is expired"),
            Some(ReplyState::None) | None => expired("the event came without a reply token"),
        }
    }

    fn chat() -> Option<String> {
        with(|world| match world.event.as_ref()?.source.as_ref()? {
            Source::User(user) => user.user_id.clone(),
            Source::Group(group) => Some(group.group_id.clone()),
            Source::Room(room) => Some(room.room_id.clone()),
            Source::Unknown(_) => None,
        })
    }
}

pub mod push {
    use super::*;

    pub use crate::generated::botbox::line::push::{
        NarrowcastLimit, NarrowcastProgress, NarrowcastTarget,
    };

    pub fn push_message(
        to: &str,
        messages: &[Message],
        _notification_disabled: bool,
        _custom_aggregation_unit: Option<&str>,
        _idempotency_key: Option<&str>,
    ) -> Result<Vec<SentMessage>, CallError> {
        call_active("push", "push-message")?;
        check(messages)?;
        Ok(deliver(Sent::Push {
            to: to.to_owned(),
            messages: messages.to_vec(),
        }))
    }

    pub fn multicast(
        to: &[String],
        messages: &[Message],
        _notification_disabled: bool,
        _custom_aggregation_unit: Option<&str>,
        _idempotency_key: Option<&str>,
    ) -> Result<String, CallError> {
        call_active("push", "multicast")?;
        check(messages)?;
        deliver(Sent::Multicast {
            to: to.to_vec(),
            messages: messages.to_vec(),
        });
        Ok(request_id())
    }

    pub fn broadcast(
        messages: &[Message],
        _notification_disabled: bool,
        _idempotency_key: Option<&str>,
    ) -> Result<String, CallError> {
        call_active("push", "broadcast")?;
        check(messages)?;
        deliver(Sent::Broadcast(messages.to_vec()));
        Ok(request_id())
    }

    pub fn narrowcast(
        messages: &[Message],
        target: &NarrowcastTarget,
        _notification_disabled: bool,
        _idempotency_key: Option<&str>,
    ) -> Result<String, CallError> {
        call_active("push", "narrowcast")?;
        check(messages)?;
        deliver(Sent::Narrowcast {
            target: target.clone(),
            messages: messages.to_vec(),
        });
        Ok(request_id())
    }

    pub fn get_narrowcast_progress(_request_id: &str) -> Result<NarrowcastProgress, CallError> {
        call("push", "get-narrowcast-progress")?;
        crate::fake_host::canned::answer("get-narrowcast-progress")
    }
}

pub mod validate {
    use super::*;

    pub fn validate_reply(messages: &[Message]) -> Result<(), CallError> {
        call("validate", "validate-reply")?;
        check(messages)
    }

    pub fn validate_push(messages: &[Message]) -> Result<(), CallError> {
        call("validate", "validate-push")?;
        check(messages)
    }

    pub fn validate_multicast(messages: &[Message]) -> Result<(), CallError> {
        call("validate", "validate-multicast")?;
        check(messages)
    }

    pub fn validate_narrowcast(messages: &[Message]) -> Result<(), CallError> {
        call("validate", "validate-narrowcast")?;
        check(messages)
    }

    pub fn validate_broadcast(messages: &[Message]) -> Result<(), CallError> {
        call("validate", "validate-broadcast")?;
        check(messages)
    }
}

pub mod loading {
    use super::*;

    pub fn show_loading_animation(user_id: &str, loading_seconds: u32) -> Result<(), CallError> {
        call_active("loading", "show-loading-animation")?;
        if !(5..=60).contains(&loading_seconds) || !loading_seconds.is_multiple_of(5) {
            let why = "the loading animation is shown for a multiple of 5 from 5 to 60 seconds";
            return Err(call_error(ErrorKind::Invalid, why));
        }
        with(|world| world.loading.push((user_id.to_owned(), loading_seconds)));
        Ok(())
    }
}

pub mod mark_as_read {
    use super::*;

    pub fn mark_messages_as_read_by_token(_mark_as_read_token: &str) -> Result<(), CallError> {
        call("mark-as-read", "mark-messages-as-read-by-token")
    }

    pub fn mark_messages_as_read(_user_id: &str) -> Result<(), CallError> {
        call("mark-as-read", "mark-messages-as-read")
    }
}

pub mod notification {
    use super::*;
    use crate::generated::botbox::line::quota::DailyCount;

    pub fn push_messages_by_phone(
        to: &str,
        messages: &[Message],
        _notification_disabled: bool,
        _delivery_tag: Option<&str>,
        _idempotency_key: Option<&str>,
    ) -> Result<(), CallError> {
        call_active("notification", "push-messages-by-phone")?;
        check(messages)?;
        deliver(Sent::Notification {
            to: to.to_owned(),
            messages: messages.to_vec(),
        });
        Ok(())
    }

    pub fn push_templated_messages_by_phone(
        _to: &str,
        _template_key: &str,
        _body: &str,
        _delivery_tag: Option<&str>,
        _idempotency_key: Option<&str>,
    ) -> Result<(), CallError> {
        call_active("notification", "push-templated-messages-by-phone")
    }

    pub fn get_pnp_message_statistics(_date: &str) -> Result<DailyCount, CallError> {
        call("notification", "get-pnp-message-statistics")?;
        crate::fake_host::canned::answer("get-pnp-message-statistics")
    }

    pub fn get_templated_pnp_message_statistics(_date: &str) -> Result<DailyCount, CallError> {
        call("notification", "get-templated-pnp-message-statistics")?;
        crate::fake_host::canned::answer("get-templated-pnp-message-statistics")
    }
}

fn check(messages: &[Message]) -> Result<(), CallError> {
    if (1..=5).contains(&messages.len()) {
        return Ok(());
    }
    let why = format!("a request has 1 to 5 messages, not {}", messages.len());
    Err(call_error(ErrorKind::Invalid, why))
}

fn deliver(sent: Sent) -> Vec<SentMessage> {
    with(|world| {
        let messages = match &sent {
            Sent::Reply(messages) | Sent::Broadcast(messages) => messages,
            Sent::Push { messages, .. }
            | Sent::Multicast { messages, .. }
            | Sent::Narrowcast { messages, .. }
            | Sent::Notification { messages, .. } => messages,
        };
        let count = messages.len();
        world.sent.push(sent);
        let numbers = (0..count).map(|_| world.number());
        let sent = numbers.map(|number| SentMessage {
            id: format!("sent-{number}"),
            quote_token: Some(format!("quote-{number}")),
        });
        sent.collect()
    })
}

fn request_id() -> String {
    with(|world| format!("request-{}", world.number()))
}
