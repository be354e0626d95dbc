//! Reply tokens: single use, and valid for a while after their webhook (LINE reference, "Send
//! reply message").

use std::time::Duration;

use botbox_clock::Clock;

use crate::clock;
use crate::recent::Recent;

/// How many milliseconds after the event a redelivered webhook can still make its token valid.
const REDELIVERY_LIMIT_MS: u64 = 20 * 60 * 1_000;

/// How many tokens of one bot are remembered.
const MAX_TOKENS: usize = 200_000;

/// The reply tokens that one bot received.
pub(crate) struct ReplyTokens {
    clock: Clock,
    /// In milliseconds.
    lifetime: u64,
    tokens: Recent<String, ReplyToken>,
}

struct ReplyToken {
    chat: String,
    /// In milliseconds since 1970.
    first_sent: u64,
    last_sent: u64,
    used: bool,
}

impl ReplyTokens {
    pub(crate) fn new(lifetime: Duration, clock: Clock) -> Self {
        Self {
            clock,
            lifetime: u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX),
            tokens: Recent::new(MAX_TOKENS),
        }
    }

    /// Notes that `token` is about to be sent to the bot. Sent once more, as in a redelivered
    /// webhook, it lives longer, but a spent one stays spent.
    pub(crate) fn sent(&mut self, token: &str, chat: &str) {
        let now = clock::now_ms(&self.clock);
        self.tokens
            .forget_while(|token| now.saturating_sub(token.first_sent) > REDELIVERY_LIMIT_MS);
        if let Some(known) = self.tokens.get_mut(token) {
            known.last_sent = now;
            return;
        }
        let fresh = ReplyToken {
            chat: chat.to_owned(),
            first_sent: now,
            last_sent: now,
            used: false,
        };
        self.tokens.insert(token.to_owned(), fresh);
    }

    /// The chat that `token` answers, or `None` when it is unknown, spent or expired.
    pub(crate) fn chat(&self, token: &str) -> Option<&str> {
        let token = self.tokens.get(token)?;
        let age = |sent| clock::now_ms(&self.clock).saturating_sub(sent);
        let expired = age(token.last_sent) >= self.lifetime
            || age(token.first_sent) > REDELIVERY_LIMIT_MS.max(self.lifetime);
        (!token.used && !expired).then_some(token.chat.as_str())
    }

    pub(crate) fn spend(&mut self, token: &str) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.used = true;
        }
    }
}
