//! What plugins may call: one module for each WIT interface. Each checks its grant, calls the line
//! client, and maps the answer.

mod account_link;
mod audience;
mod beacon;
mod bot_info;
mod config;
mod content;
mod coupon;
mod current_event;
mod followers;
mod group;
mod http;
mod insight;
mod keyvalue;
mod line_api;
mod loading;
mod logging;
mod mark_as_read;
mod media;
mod membership;
mod module;
mod notification;
mod profile;
mod push;
mod quota;
mod reply;
mod rich_menu;
mod room;
mod schedule;
mod send;
mod validate;

pub(crate) use http::Web;
#[allow(unreachable_pub, reason = "the generated bindings re-export them")]
pub use {
    content::ContentStream,
    keyvalue::{Bucket, Cas, KeyValueError},
    media::OpenUpload,
    rich_menu::RichMenuImage,
};

use botbox_line::error;
use wasmtime::component::{HasSelf, Linker};

use crate::bindings::botbox::line;
use crate::bindings::botbox::line::errors::{CallError, ErrorDetail, ErrorKind};
use crate::bindings::botbox::line::messages::SentMessage;
use crate::bindings::wasi;
use crate::grants::Capability;
use crate::limits::{CALLS, CONTENTS, Open};
use crate::sandbox::Sandbox;

/// Offers the capabilities to plugins, and a WASI with nothing in it. Who may call what is checked
/// call by call, so that a plugin learns of a missing grant when it needs it, not by failing to
/// load.
pub(crate) fn add_to_linker(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    type Own = HasSelf<Sandbox>;
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    http::add_to_linker(linker)?;
    line::errors::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::users::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::events::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::messages::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::current_event::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::reply::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::push::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::validate::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::loading::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::mark_as_read::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::notification::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::profile::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::group::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::room::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::followers::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::membership::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::content::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::insight::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::audience::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::coupon::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::module::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::line_api::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::rich_menu::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::bot_info::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::quota::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::beacon::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::schedule::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::keyvalue::store::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::keyvalue::atomics::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::keyvalue::batch::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::config::store::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::media::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    line::account_link::add_to_linker::<_, Own>(linker, |sandbox| sandbox)?;
    wasi::logging::logging::add_to_linker::<_, Own>(linker, |sandbox| sandbox)
}

// Interfaces of types alone.
impl line::errors::Host for Sandbox {}
impl line::events::Host for Sandbox {}
impl line::messages::Host for Sandbox {}
impl line::users::Host for Sandbox {}

impl Sandbox {
    /// Lets a call to LINE pass if the deployment grants it, and the event made not too many yet.
    fn check_call(&mut self, capability: Capability) -> Result<(), CallError> {
        if !self.deployment.grants.allow(capability) {
            let name = capability.name();
            let why = format!("`{name}` is not among the channel's grants");
            return Err(call_error(ErrorKind::Denied, why));
        }
        if !self.calls.take() {
            let why = format!("the event made {CALLS} calls already, the most that one may make");
            return Err(call_error(ErrorKind::RateLimited, why));
        }
        Ok(())
    }

    /// Refuses to send while another service is in charge of the chat.
    fn check_active(&self) -> Result<(), CallError> {
        if self.event.is_active {
            return Ok(());
        }
        Err(call_error(
            ErrorKind::Standby,
            "the chat is in standby: another service is in charge of it",
        ))
    }

    /// Counts a content or an image that the plugin is about to hold, for as long as it has what is
    /// returned.
    fn count_content(&self) -> Result<Open, CallError> {
        self.contents.take(CONTENTS).ok_or_else(|| {
            let why = format!("{CONTENTS} contents are open, the most that may be; drop one first");
            call_error(ErrorKind::Other, why)
        })
    }
}

pub(crate) fn call_error(kind: ErrorKind, message: impl Into<String>) -> CallError {
    CallError {
        kind,
        message: message.into(),
        details: Vec::new(),
        request_id: None,
    }
}

fn sent(messages: impl IntoIterator<Item = botbox_line::client::SentMessage>) -> Vec<SentMessage> {
    let sent = |it: botbox_line::client::SentMessage| SentMessage {
        id: it.id,
        quote_token: it.quote_token,
    };
    messages.into_iter().map(sent).collect()
}

impl From<botbox_line::Error> for CallError {
    fn from(error: botbox_line::Error) -> Self {
        Self {
            kind: match error.kind() {
                error::ErrorKind::Invalid => ErrorKind::Invalid,
                error::ErrorKind::RateLimited => ErrorKind::RateLimited,
                error::ErrorKind::QuotaExceeded => ErrorKind::QuotaExceeded,
                error::ErrorKind::NotFound => ErrorKind::NotFound,
                error::ErrorKind::Expired => ErrorKind::Expired,
                error::ErrorKind::Unavailable => ErrorKind::Unavailable,
                error::ErrorKind::Other => ErrorKind::Other,
            },
            message: error::with_causes(&error),
            request_id: error.request_id().map(str::to_owned),
            details: match error {
                botbox_line::Error::Answer(answer) => answer
                    .details
                    .into_iter()
                    .map(|it| ErrorDetail {
                        message: it.message,
                        property: it.property,
                    })
                    .collect(),
                _ => Vec::new(),
            },
        }
    }
}
