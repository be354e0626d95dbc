//! Module channels.

use botbox_sdk::module::{
    Attachment, acquire_chat_control, attach_module, detach_module, get_modules,
    release_chat_control,
};

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["get-modules"] => shown(get_modules(None, None)),
        ["get-modules", limit] => shown(get_modules(limit.parse().ok(), None)),
        ["get-modules", limit, start] => shown(get_modules(limit.parse().ok(), Some(start))),
        ["acquire-chat-control", chat] => shown(acquire_chat_control(None, chat, false, None)),
        ["acquire-chat-control", chat, ttl] => {
            shown(acquire_chat_control(None, chat, true, ttl.parse().ok()))
        }
        ["acquire-chat-control-of", bot, chat] => {
            shown(acquire_chat_control(Some(bot), chat, true, None))
        }
        ["release-chat-control", chat] => shown(release_chat_control(None, chat)),
        ["release-chat-control-of", bot, chat] => shown(release_chat_control(Some(bot), chat)),
        ["detach-module", bot] => shown(detach_module(bot)),
        ["attach-module", code, redirect_uri] => shown(attach_module(&Attachment {
            code: code.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            code_verifier: Some(String::from("a verifier")),
            region: None,
            basic_search_id: None,
            scope: Some(String::from("message:send")),
            brand_type: None,
        })),
        _ => None,
    }
}
