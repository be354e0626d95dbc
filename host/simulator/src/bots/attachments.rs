//! What a module channel is attached to (LINE documentation for corporate customers, "Attach a
//! module channel").

use std::collections::BTreeSet;

use crate::ids;
use crate::recent::Recent;

/// How many authorization codes of one module channel are remembered.
const MAX_CODES: usize = 1_000;

/// How long an authorization code is valid, in milliseconds, as at LINE Login.
const CODE_LIFETIME_MS: u64 = 10 * 60 * 1_000;

/// The bots that a module channel is attached to, or may be.
pub(crate) struct Attachments {
    /// Bot ids, all bots at most.
    pub(crate) bots: BTreeSet<String>,
    /// By authorization code.
    consents: Recent<String, Consent>,
}

/// That a bot's owner lets the module channel in.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) bot_id: String,
    pub(crate) scopes: Vec<String>,
    redirect_uri: String,
    /// In milliseconds since 1970.
    given: u64,
    used: bool,
}

impl Default for Attachments {
    fn default() -> Self {
        Self {
            bots: BTreeSet::new(),
            consents: Recent::new(MAX_CODES),
        }
    }
}

impl Attachments {
    /// The authorization code that stands for a consent.
    pub(crate) fn allow(
        &mut self,
        bot_id: String,
        scopes: Vec<String>,
        redirect_uri: String,
        now: u64,
    ) -> String {
        let code = ids::hex();
        let consent = Consent {
            bot_id,
            scopes,
            redirect_uri,
            given: now,
            used: false,
        };
        self.consents.insert(code.clone(), consent);
        code
    }

    /// Attaches the module channel as an authorization code allows, once; `None` when it does not.
    pub(crate) fn redeem(&mut self, code: &str, redirect_uri: &str, now: u64) -> Option<Consent> {
        let consent = self.consents.get_mut(code)?;
        let stale = consent.used || now.saturating_sub(consent.given) > CODE_LIFETIME_MS;
        if stale || consent.redirect_uri != redirect_uri {
            return None;
        }
        consent.used = true;
        let consent = consent.clone();
        self.bots.insert(consent.bot_id.clone());
        Some(consent)
    }
}
