//! How many uploads go on. Each is in memory until it is checked, so nobody may have many at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use botbox_store::ProviderId;

/// How many uploads of a provider go on at a time: 2, with 64 MiB each. A pipeline has one, and one more may
/// be slow.
const UPLOADS: usize = 2;

/// How many uploads of all providers together go on at a time: 8, which is half a GiB of memory at most. Those of the
/// host's tokens are beside them.
const PROVIDERS_UPLOADS: usize = 8;

/// Why there is no further upload for now.
#[derive(Debug, thiserror::Error)]
#[error("{limit} uploads of {whose} go on already, the limit: wait for one of them")]
pub(crate) struct TooManyUploads {
    limit: usize,
    whose: &'static str,
}

/// The uploads that go on, by provider; those of the host's tokens are under `None`.
#[derive(Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashMap<Option<ProviderId>, usize>>>);

/// An upload that goes on until this is dropped.
pub(crate) struct UploadGuard {
    uploads: Uploads,
    provider: Option<ProviderId>,
}

impl Uploads {
    /// Begins an upload, unless as many go on as may.
    pub(super) fn begin(
        &self,
        provider: Option<ProviderId>,
    ) -> Result<UploadGuard, TooManyUploads> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_providers = counts.iter().filter(|(owner, _)| owner.is_some());
        let of_providers: usize = of_providers.map(|(_, count)| count).sum();
        if provider.is_some() && of_providers >= PROVIDERS_UPLOADS {
            let (limit, whose) = (PROVIDERS_UPLOADS, "all providers");
            return Err(TooManyUploads { limit, whose });
        }
        let count = counts.entry(provider).or_default();
        if *count == UPLOADS {
            let (limit, whose) = (UPLOADS, "this provider");
            return Err(TooManyUploads { limit, whose });
        }
        *count += 1;
        Ok(UploadGuard {
            uploads: self.clone(),
            provider,
        })
    }
}

impl Drop for UploadGuard {
    fn drop(&mut self) {
        let mut counts = self
            .uploads
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.provider) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.provider);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_has_its_own() {
        let uploads = Uploads::default();
        let (one, other) = (Some(ProviderId(1)), Some(ProviderId(2)));
        let held = [uploads.begin(one).unwrap(), uploads.begin(one).unwrap()];
        assert!(uploads.begin(one).is_err());
        assert!(uploads.begin(other).is_ok() && uploads.begin(None).is_ok());
        drop(held);
        assert!(uploads.begin(one).is_ok());
        assert!(
            uploads.0.lock().unwrap().is_empty(),
            "who has none takes no room"
        );
    }

    #[test]
    fn all_of_them_have_a_limit_beside_the_host() {
        let uploads = Uploads::default();
        let of = |provider| uploads.begin(Some(ProviderId(provider)));
        let held: Vec<_> = (0..).map_while(|provider| of(provider).ok()).collect();
        assert_eq!(held.len(), PROVIDERS_UPLOADS);
        let why = of(99).err().unwrap().to_string();
        assert!(
            why.starts_with("8 uploads of all providers go on already"),
            "{why}"
        );
        assert!(uploads.begin(None).is_ok());
    }
}
