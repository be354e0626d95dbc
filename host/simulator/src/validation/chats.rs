//! What bots do in chats besides sending messages.

use serde_json::{Map, Value};

use super::check::{Check, Path, Shape, find_errors, optional, required};
use super::detail::Detail;

/// What is wrong with the body that shows a loading animation (LINE reference, "Display a loading
/// animation").
pub(crate) fn loading(request: &Value) -> Vec<Detail> {
    static LOADING: Shape = Shape::with_rule(
        &[
            required("chatId", Check::Text(usize::MAX)),
            optional("loadingSeconds", Check::Range(5, 60)),
        ],
        check_step,
    );
    find_errors(&LOADING, request)
}

/// What is wrong with the body that marks messages as read by a token (LINE reference, "Mark
/// messages as read").
pub(crate) fn read_token(request: &Value) -> Vec<Detail> {
    static MARK: Shape = Shape::new(&[required("markAsReadToken", Check::Text(usize::MAX))]);
    find_errors(&MARK, request)
}

/// What is wrong with the body that marks a user's messages as read.
pub(crate) fn read_user(request: &Value) -> Vec<Detail> {
    static CHAT: Shape = Shape::new(&[required("userId", Check::Text(usize::MAX))]);
    static MARK: Shape = Shape::new(&[required("chat", Check::Object(&CHAT))]);
    find_errors(&MARK, request)
}

fn check_step(loading: &Map<String, Value>, at: &Path, found: &mut Vec<Detail>) {
    let seconds = loading.get("loadingSeconds").and_then(Value::as_i64);
    if seconds.is_some_and(|seconds| (5..=60).contains(&seconds) && seconds % 5 != 0) {
        found.push(
            at.property("loadingSeconds")
                .detail("Must be a multiple of 5"),
        );
    }
}
