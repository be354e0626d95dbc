//! A token that LINE issued, and its times.

use std::sync::Arc;

use botbox_clock::Clock;
use secrecy::SecretString;

/// A token is renewed when a fifth of its lifetime is left: six days of a month, three minutes of
/// a quarter of an hour. That leaves time for LINE to be away, and for a quiet channel to make a call
/// that renews it.
const RENEWED_IN_LAST: u64 = 5;

/// An issued token. Its times are in seconds since 1970, by the clock of its platform.
#[derive(Clone)]
pub(super) struct Issued {
    pub(super) secret: Arc<SecretString>,
    pub(super) renew_at: u64,
    pub(super) expires_at: u64,
}

impl Issued {
    pub(super) fn new(secret: &str, renew_at: u64, expires_at: u64) -> Self {
        Self {
            secret: Arc::new(secret.into()),
            renew_at,
            expires_at,
        }
    }

    /// One that was issued now, for this many seconds.
    pub(super) fn for_seconds(secret: &str, lifetime: u64, now: u64) -> Self {
        let renew_at = now.saturating_add(lifetime - lifetime / RENEWED_IN_LAST);
        Self::new(secret, renew_at, now.saturating_add(lifetime))
    }

    pub(super) fn is_valid(&self, now: u64) -> bool {
        now < self.expires_at
    }

    pub(super) fn is_due(&self, now: u64) -> bool {
        self.renew_at <= now
    }
}

/// Seconds since 1970.
pub(super) fn now(clock: &Clock) -> u64 {
    // A clock before 1970 is not set; no token is valid by it for long.
    u64::try_from(clock.now().as_second()).unwrap_or_default()
}
