//! The providers' shares of the host.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use botbox_runtime::{Provider, Share};

/// The providers' shares of the host, by their names.
#[derive(Default)]
pub(crate) struct Shares {
    providers: Mutex<HashMap<String, (u32, Provider)>>,
}

impl Shares {
    /// The share of a channel of a provider, which has this weight unless it has one already.
    pub(crate) fn channel(&self, provider: &str, weight: u32, channel_weight: u32) -> Share {
        let mut providers = self.providers();
        let known = providers.get(provider).copied();
        let (_, known) = known.unwrap_or_else(|| {
            let new = (weight, Provider::new(weight));
            providers.insert(provider.to_owned(), new);
            new
        });
        known.channel(channel_weight)
    }

    /// Gives a provider another weight. Nothing if it has that already, or none of its channels was ever opened.
    pub(crate) fn reweigh(&self, provider: &str, weight: u32) -> Option<Provider> {
        let mut providers = self.providers();
        let (old, known) = providers.get_mut(provider)?;
        if *old == weight {
            return None;
        }
        *old = weight;
        *known = known.with_weight(weight);
        Some(*known)
    }

    fn providers(&self) -> MutexGuard<'_, HashMap<String, (u32, Provider)>> {
        // It is whole at any time.
        self.providers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
