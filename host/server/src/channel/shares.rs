//! The providers' shares of the host.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use botbox_runtime::{Provider, Share};

/// The providers' shares of the host, by their names.
#[derive(Default)]
pub(crate) struct Shares {
    providers: Mutex<HashMap<String, (u32, Provider)>>,
}

impl Shares {
    /// The share of a provider's channel. A provider has the same one as before, unless its weight has
    /// changed: its channels then have the new one as they are opened.
    pub(crate) fn channel(&self, provider: &str, weight: u32, channel_weight: u32) -> Share {
        let mut providers = self
            .providers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = providers.get(provider).filter(|(old, _)| *old == weight);
        if let Some((_, known)) = known {
            return known.channel(channel_weight);
        }
        let new = Provider::new(weight);
        providers.insert(provider.to_owned(), (weight, new));
        new.channel(channel_weight)
    }
}
