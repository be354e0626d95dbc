//! Looks users up.

use crate::generated::botbox::line::errors::CallError;
use crate::generated::botbox::line::users::UserProfile;

use super::world::{call, not_found, with};

pub fn get_profile(user_id: &str) -> Result<UserProfile, CallError> {
    call("profile", "get-profile")?;
    of(user_id)
}

pub(super) fn of(user_id: &str) -> Result<UserProfile, CallError> {
    let profile = with(|world| world.profiles.get(user_id).cloned());
    profile.ok_or_else(|| not_found(&format!("profile of {user_id}; see `Bot::profile`")))
}
