//! Reply tokens: single use, and valid for a while after their webhook (LINE reference, "Send
//! reply message").

use std::time::{Duration, Instant};

use crate::recent::Recent;

/// How long after the event a redelivered webhook can still make its token valid.
const REDELIVERY_LIMIT: Duration = Duration::from_secs(20 * 60);

/// How many tokens of one bot are remembered.
const MAX_TOKENS: usize = 200_000;

/// The reply tokens that one bot received.
pub(crate) struct ReplyTokens {
    lifetime: Duration,
    tokens: Recent<String, ReplyToken>,
}

struct ReplyToken {
    chat: String,
    first_sent: Instant,
    last_sent: Instant,
    used: bool,
}

impl ReplyTokens {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            tokens: Recent::new(MAX_TOKENS),
        }
    }

    /// Notes that `token` is about to be sent to the bot. Sent once more, as in a redelivered
    /// webhook, it lives longer, but a spent one stays spent.
    pub(crate) fn sent(&mut self, token: &str, chat: &str) {
        let now = Instant::now();
        self.tokens
            .forget_while(|token| now - token.first_sent > REDELIVERY_LIMIT);
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
        let expired = token.last_sent.elapsed() >= self.lifetime
            || token.first_sent.elapsed() > REDELIVERY_LIMIT.max(self.lifetime);
        (!token.used && !expired).then_some(token.chat.as_str())
    }

    pub(crate) fn spend(&mut self, token: &str) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.used = true;
        }
    }
}
