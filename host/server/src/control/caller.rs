//! Who calls the admin API: what a token stands for.

use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_store::{Actor, ProviderId, TokenRecord, Viewer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// What a caller may do. Each role may do what those before it may.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Look.
    Read,
    /// Upload plugins, deploy and switch traffic; replay and discard dead letters.
    Deploy,
    /// Everything: providers, channels, secrets and tokens.
    Operate,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Deploy => "deploy",
            Self::Operate => "operate",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        let all = [Self::Read, Self::Deploy, Self::Operate];
        all.into_iter().find(|it| it.name() == name)
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// As the audit calls them.
    pub(crate) name: String,
    /// Whose things they see: of one provider, or all.
    pub(crate) provider: Option<ProviderId>,
    pub(crate) role: Role,
    /// The SHA-256 of their token, if it is one of the registry.
    pub(crate) token: Option<Vec<u8>>,
}

impl Caller {
    /// Who has the token of the configuration.
    pub(crate) fn root() -> Self {
        Self {
            name: String::from("admin"),
            provider: None,
            role: Role::Operate,
            token: None,
        }
    }

    /// Whether what a provider has is theirs to see.
    pub(crate) fn sees(&self, provider: ProviderId) -> bool {
        self.provider.is_none_or(|own| own == provider)
    }

    /// Which plugins they see.
    pub(crate) fn viewer(&self) -> Viewer {
        self.provider.map_or(Viewer::Host, Viewer::Provider)
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor(self.name.clone())
    }
}

/// The tokens, by their SHA-256.
#[derive(Default)]
pub(crate) struct Tokens(watch::Sender<HashMap<Vec<u8>, TokenRecord>>);

impl Tokens {
    pub(super) fn replace(&self, all: HashMap<Vec<u8>, TokenRecord>) {
        self.0.send_replace(all);
    }

    pub(super) fn find(&self, digest: &[u8]) -> Option<TokenRecord> {
        self.0.borrow().get(digest).cloned()
    }

    /// Waits until a token is not there any more, or has expired.
    pub(super) async fn ended(&self, digest: &[u8], clock: &Clock) {
        let mut changes = self.0.subscribe();
        while let Some(record) = self.find(digest) {
            let expired = async {
                match record.expires {
                    None => pending().await,
                    Some(at) => {
                        let left = at.saturating_sub(clock.now_ms()).max(0).unsigned_abs();
                        clock.sleep(Duration::from_millis(left)).await;
                    }
                }
            };
            tokio::select! {
                // It fails only when nobody can change them any more.
                changed = changes.changed() => if changed.is_err() { return },
                () = expired => return,
            }
        }
    }
}
