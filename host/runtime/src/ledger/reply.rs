//! What is known of the reply to an event, over all its attempts.
//!
//! LINE takes a reply token once (LINE reference, "Send reply message"), and no retry key with it.
//! So that an event that is run again is not answered twice, by a push in place of the reply, the
//! journal is written before a reply is sent, and again with what came of it.

use std::time::Duration;

use botbox_line::api::SentMessage;
use serde::{Deserialize, Serialize};

/// How long a reply token is good for: one minute from the webhook's arrival (LINE reference, "Send
/// reply message"). LINE may take it for longer.
const TOKEN_TIME: Duration = Duration::from_secs(60);

/// How long it is good for from the event on, in milliseconds, however late LINE sends the event
/// again: 20 minutes.
const REDELIVERY_TIME: i64 = 20 * 60_000;

/// What is known of the reply to an event.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReplyRecord {
    /// None was sent.
    #[default]
    Unsent,
    /// One was about to be sent. Whether LINE took it is not known.
    Unknown,
    /// LINE took one, and said this of its messages, unless that got lost.
    Sent(Vec<SentMessage>),
    /// LINE says that the token is used or expired, and none was sent.
    Refused,
}

/// Whether LINE certainly takes a token that was not used, of an event that arrived some time ago.
/// The event's own time and `now` are milliseconds since the Unix epoch; LINE may not tell the former,
/// which is 0 then.
pub(crate) fn is_fresh(timestamp: i64, arrived: Duration, now: i64) -> bool {
    let is_late = timestamp > 0 && now.saturating_sub(timestamp) >= REDELIVERY_TIME;
    arrived < TOKEN_TIME && !is_late
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_fresh_for_a_minute() {
        let seconds = Duration::from_secs;
        assert!(is_fresh(1_000, Duration::ZERO, 2_000));
        assert!(is_fresh(1_000, seconds(59), 61_000));
        assert!(!is_fresh(1_000, seconds(60), 61_000));
        // Sent again, late and too late.
        assert!(is_fresh(1_000, seconds(1), 1_200_999));
        assert!(!is_fresh(1_000, seconds(1), 1_201_000));
        assert!(is_fresh(0, seconds(1), 1_800_000_000_000));
    }
}
