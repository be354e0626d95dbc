//! What bots do in chats besides sending messages.

use serde_json::{Map, Value};

use super::check::{Check, Path, Shape, optional, required, text};
use super::detail::{Detail, Invalid};
use super::dialect::Dialect;
use crate::ids;

/// Checks the body that shows a loading animation (LINE reference, "Display a loading
/// animation").
pub(crate) fn loading(request: &Value) -> Result<(), Invalid> {
    static LOADING: Shape = Shape::with_rule(
        &[
            required("chatId", Check::Text(usize::MAX)),
            optional("loadingSeconds", Check::Range(5, 60)),
        ],
        check_loading,
    );
    LOADING.check_request(request, Dialect::Body)
}

/// Checks the body that marks messages as read by a token (LINE reference, "Mark
/// messages as read").
pub(crate) fn read_token(request: &Value) -> Result<(), Invalid> {
    static MARK: Shape = Shape::new(&[required("markAsReadToken", Check::Text(usize::MAX))]);
    MARK.check_request(request, Dialect::Body)
}

/// Checks the body that marks a user's messages as read.
pub(crate) fn read_user(request: &Value) -> Result<(), Invalid> {
    static CHAT: Shape = Shape::new(&[required("userId", Check::Text(usize::MAX))]);
    static MARK: Shape = Shape::new(&[required("chat", Check::Object(&CHAT))]);
    MARK.check_request(request, Dialect::Body)
}

fn check_loading(loading: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let seconds = loading.get("loadingSeconds").and_then(Value::as_i64);
    if seconds.is_some_and(|seconds| seconds % 5 != 0) {
        let problem = "must be a multiple of five";
        found.push(at.property("loadingSeconds").detail(problem));
    }
    let chat_id = text(loading, "chatId");
    if !chat_id.is_empty() && !ids::is_user(chat_id) {
        let problem = "Only user id is acceptable, please confirm if there are any group/room ids \
                       or illegal ids.";
        found.push(at.property("chatId").detail(problem));
    }
}
