//! Linked accounts.

use botbox_sdk::account_link::{create_link, linked_account, unlink};

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["create-link", user] => Some(create_link(user)),
        ["linked-account", user] => shown(linked_account(user)),
        ["unlink", user] => shown(unlink(user)),
        _ => None,
    }
}
