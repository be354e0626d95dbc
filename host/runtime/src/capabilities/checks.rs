//! What is checked before a call.

use super::errors::call_error;
use crate::bindings::botbox::line::errors::{CallError, ErrorKind};
use crate::counts::Open;
use crate::grants::Capability;
use crate::limits::{CALLS, CONTENTS};
use crate::sandbox::Sandbox;

impl Sandbox {
    /// Checks that the deployment grants a call to LINE, and that the event has not made too many.
    pub(super) fn check_call(&mut self, capability: Capability) -> Result<(), CallError> {
        if !self.environment.grants.allow(capability) {
            let name = capability.name();
            let why = format!("`{name}` is not among the channel's grants");
            return Err(call_error(ErrorKind::Denied, why));
        }
        if !self.calls.take() {
            let why = format!("the event made {CALLS} calls already, the most that one may make");
            return Err(call_error(ErrorKind::RateLimited, why));
        }
        // What the last call took is in the plugin's memory by now.
        self.call_memory.release();
        Ok(())
    }

    /// Refuses to send while another service is in charge of the chat.
    pub(super) fn check_active(&self) -> Result<(), CallError> {
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
    pub(super) fn count_content(&self) -> Result<Open, CallError> {
        self.contents.take(CONTENTS).ok_or_else(|| {
            let why = format!("{CONTENTS} contents are open, the most that may be; drop one first");
            call_error(ErrorKind::Other, why)
        })
    }
}
