//! Events of the bot's own making (grant `schedule`).
//!
//! ```
//! use std::time::Duration;
//!
//! use botbox_sdk::prelude::*;
//! use botbox_sdk::schedule::run_after;
//!
//! fn remind(event: &Event) -> Result {
//!     run_after(event, Duration::from_secs(24 * 60 * 60), "tea")?;
//!     Ok(())
//! }
//! ```

use std::time::Duration;

use crate::bindings::botbox::line::errors::CallError;
use crate::bindings::botbox::line::events::Event;

pub use crate::bindings::botbox::line::schedule::{cancel, run_at};

/// Has a `timer` event come when so much time has passed since an event; the payload comes back in it, and
/// so does the event's source. Returns an id for [`cancel`].
///
/// Counted from the event and not from now, it is the same timer in each attempt, and is set once.
///
/// # Errors
///
/// [`CallError`], which says why the host refused it: the time is more than a year ahead, or the payload has more
/// than 4 KiB, say.
pub fn run_after(
    event: &Event,
    after: Duration,
    payload: impl AsRef<str>,
) -> Result<String, CallError> {
    run_at(time_after(event, after), payload.as_ref(), None)
}

/// In milliseconds since the Unix epoch.
pub(crate) fn time_after(event: &Event, after: Duration) -> i64 {
    let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
    event.timestamp.saturating_add(after)
}
