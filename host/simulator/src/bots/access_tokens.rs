//! The channel access tokens that a bot was issued (LINE documentation, "Channel access token").
//!
//! Here `now` is in milliseconds since 1970.
//!
//! A token begins with the id of its bot, so that no list of all tokens is needed to find it.

use std::collections::VecDeque;
use std::time::Duration;

use botbox_line::signature;

use crate::ids;

/// How many tokens of one kind a bot can have: LINE's limit.
const MAX_TOKENS: usize = 30;

/// How long a short-lived token lives, and a token v2.1 at most.
pub(crate) const MAX_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long a stateless token lives.
pub(crate) const STATELESS_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// The tokens of one bot that can be revoked. Stateless ones hold all that is known of them, and
/// are not remembered.
#[derive(Default)]
pub(crate) struct AccessTokens {
    short_lived: VecDeque<AccessToken>,
    v2_1: VecDeque<AccessToken>,
}

/// The kinds of tokens that are remembered.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    ShortLived,
    /// With a lifetime that the bot chose, and a key id.
    V2_1,
}

/// A token that was issued. It is remembered for a while after its end.
#[derive(Clone)]
pub(crate) struct AccessToken {
    pub(crate) token: String,
    pub(crate) key_id: String,
    /// In milliseconds since 1970.
    expires_at: u64,
}

impl AccessTokens {
    /// A new token. When there are too many short-lived ones, the oldest ends; when there are too
    /// many tokens v2.1, there is no new one.
    pub(crate) fn issue(
        &mut self,
        kind: Kind,
        bot_id: &str,
        lifetime: Duration,
        now: u64,
    ) -> Option<AccessToken> {
        let tokens = self.of_mut(kind);
        tokens.retain(|token| token.is_live(now));
        if tokens.len() == MAX_TOKENS {
            match kind {
                Kind::ShortLived => tokens.pop_front(),
                Kind::V2_1 => return None,
            };
        }
        let token = AccessToken {
            token: format!("{bot_id}.{}", ids::long_token()),
            key_id: ids::hex(),
            expires_at: after(lifetime, now),
        };
        tokens.push_back(token.clone());
        Some(token)
    }

    pub(crate) fn find(&self, kind: Kind, token: &str) -> Option<&AccessToken> {
        let tokens = match kind {
            Kind::ShortLived => &self.short_lived,
            Kind::V2_1 => &self.v2_1,
        };
        tokens.iter().find(|known| known.token == token)
    }

    pub(crate) fn revoke(&mut self, kind: Kind, token: &str) {
        self.of_mut(kind).retain(|known| known.token != token);
    }

    /// The key ids of the tokens v2.1 that live.
    pub(crate) fn key_ids(&self, now: u64) -> Vec<&str> {
        let live = self.v2_1.iter().filter(|token| token.is_live(now));
        live.map(|token| token.key_id.as_str()).collect()
    }

    /// Whether a bot with this secret may call with `token`.
    pub(crate) fn admit(&self, token: &str, channel_secret: &str, now: u64) -> bool {
        let known = self
            .find(Kind::ShortLived, token)
            .or_else(|| self.find(Kind::V2_1, token));
        known.is_some_and(|token| token.is_live(now))
            || is_live_stateless(token, channel_secret, now)
    }

    fn of_mut(&mut self, kind: Kind) -> &mut VecDeque<AccessToken> {
        match kind {
            Kind::ShortLived => &mut self.short_lived,
            Kind::V2_1 => &mut self.v2_1,
        }
    }
}

impl AccessToken {
    pub(crate) fn is_live(&self, now: u64) -> bool {
        self.expires_at > now
    }

    /// How many seconds it has left.
    pub(crate) fn seconds_left(&self, now: u64) -> u64 {
        self.expires_at.saturating_sub(now) / 1000
    }
}

/// A token that says itself whose it is and when it ends, signed with the channel secret.
pub(crate) fn stateless(
    bot_id: &str,
    channel_secret: &str,
    lifetime: Duration,
    now: u64,
) -> String {
    let content = format!("{bot_id}.{}.{}", after(lifetime, now), ids::hex());
    let signature = signature::sign(channel_secret, content.as_bytes());
    format!("{content}.{signature}")
}

fn is_live_stateless(token: &str, channel_secret: &str, now: u64) -> bool {
    let Some((content, signature)) = token.rsplit_once('.') else {
        return false;
    };
    let expires_at = content.split('.').nth(1).and_then(|ms| ms.parse().ok());
    expires_at.is_some_and(|ms: u64| ms > now)
        && signature::verify(channel_secret, content.as_bytes(), signature.as_bytes())
}

fn after(lifetime: Duration, now: u64) -> u64 {
    let lifetime = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
    now.saturating_add(lifetime)
}
