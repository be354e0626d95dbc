//! Accounts of a service that users linked.

use crate::generated::botbox::line::errors::CallError;

use super::world::{call, with};

pub fn create_link(user_id: &str) -> Result<String, CallError> {
    call("account-link", "create-link")?;
    Ok(format!("https://botbox.example/link/{user_id}"))
}

pub fn linked_account(user_id: &str) -> Result<Option<String>, CallError> {
    call("account-link", "linked-account")?;
    Ok(with(|world| world.accounts.get(user_id).cloned()))
}

pub fn unlink(user_id: &str) -> Result<bool, CallError> {
    call("account-link", "unlink")?;
    Ok(with(|world| world.accounts.remove(user_id).is_some()))
}
