//! What a module channel is attached to (LINE documentation for corporate customers, "Attach a
//! module channel").

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::ids;
use crate::recent::Recent;

/// How many authorization codes of one module channel are remembered.
const MAX_CODES: usize = 1_000;

/// How long an authorization code is valid, as at LINE Login.
const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);

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
    given: Instant,
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
    ) -> String {
        let code = ids::hex();
        let consent = Consent {
            bot_id,
            scopes,
            redirect_uri,
            given: Instant::now(),
            used: false,
        };
        self.consents.insert(code.clone(), consent);
        code
    }

    /// Attaches the module channel as an authorization code allows, once; `None` when it does not.
    pub(crate) fn redeem(&mut self, code: &str, redirect_uri: &str) -> Option<Consent> {
        let consent = self.consents.get_mut(code)?;
        let stale = consent.used || consent.given.elapsed() > CODE_LIFETIME;
        if stale || consent.redirect_uri != redirect_uri {
            return None;
        }
        consent.used = true;
        let consent = consent.clone();
        self.bots.insert(consent.bot_id.clone());
        Some(consent)
    }
}
