//! What a command got from the host, in words.

use std::fmt::Debug;

/// What a command got.
pub(crate) type Got = String;

/// How often `call` succeeds until it fails, and how it does.
pub(crate) fn until_refused<T, E: Debug>(
    mut call: impl FnMut() -> core::result::Result<T, E>,
) -> Got {
    let mut taken = Vec::new();
    loop {
        match call() {
            Ok(got) => taken.push(got),
            Err(error) => return format!("{}, then {}", taken.len(), beginning(&error)),
        }
    }
}

/// The name of an error, without its details.
pub(crate) fn beginning(error: &impl Debug) -> String {
    let text = format!("{error:?}");
    // `CallError { kind: ErrorKind::Denied, …`
    let text = text.split_once("kind: ").map_or(&*text, |(_, kind)| kind);
    let end = text.find([',', '(', ' ']).unwrap_or(text.len());
    text[..end].to_owned()
}
