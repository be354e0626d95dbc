//! Link tokens: with one, a user links their LINE account to an account of the bot's service, once
//! and soon (LINE documentation, "User account linking").

use std::time::Duration;

use crate::ids;
use crate::recent::Recent;

/// How many tokens are remembered.
const MAX_TOKENS: usize = 100_000;

/// The link tokens of all bots: LINE's dialog knows no more than the token.
pub(crate) struct LinkTokens {
    tokens: Recent<String, LinkToken>,
}

/// A token that was issued.
#[derive(Clone)]
pub(crate) struct LinkToken {
    pub(crate) bot_id: String,
    /// The user whom it was issued for.
    pub(crate) user_id: String,
    /// In milliseconds since 1970.
    issued: u64,
    used: bool,
}

impl Default for LinkTokens {
    fn default() -> Self {
        Self {
            tokens: Recent::new(MAX_TOKENS),
        }
    }
}

impl LinkTokens {
    pub(crate) fn issue(&mut self, bot_id: &str, user_id: &str, now: u64) -> String {
        let token = ids::hex();
        let link = LinkToken {
            bot_id: bot_id.to_owned(),
            user_id: user_id.to_owned(),
            issued: now,
            used: false,
        };
        self.tokens.insert(token.clone(), link);
        token
    }

    /// The token, unless it is unknown, used, or older than `lifetime`.
    pub(crate) fn get(&self, token: &str, lifetime: Duration, now: u64) -> Option<&LinkToken> {
        let link = self.tokens.get(token)?;
        let age = Duration::from_millis(now.saturating_sub(link.issued));
        (!link.used && age < lifetime).then_some(link)
    }

    /// The same, and uses it up.
    pub(crate) fn spend(&mut self, token: &str, lifetime: Duration, now: u64) -> Option<LinkToken> {
        let link = self.get(token, lifetime, now)?.clone();
        self.tokens.get_mut(token)?.used = true;
        Some(link)
    }
}
