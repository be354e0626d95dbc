//! How many uploads go on. Each is in memory until it is checked, so nobody may have many at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use botbox_store::ProviderId;

/// How many uploads of a provider go on at a time: 2, with 64 MiB each. A pipeline has one, and one more may
/// be slow.
pub(crate) const UPLOADS: usize = 2;

/// The uploads that go on, by provider; those of the host's tokens are under `None`.
#[derive(Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashMap<Option<ProviderId>, usize>>>);

/// An upload that goes on until this is dropped.
pub(crate) struct UploadGuard {
    uploads: Uploads,
    provider: Option<ProviderId>,
}

impl Uploads {
    /// Begins an upload, unless [`UPLOADS`] go on.
    pub(super) fn begin(&self, provider: Option<ProviderId>) -> Option<UploadGuard> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(provider).or_default();
        if *count == UPLOADS {
            return None;
        }
        *count += 1;
        Some(UploadGuard {
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
        assert!(uploads.begin(one).is_none());
        assert!(uploads.begin(other).is_some() && uploads.begin(None).is_some());
        drop(held);
        assert!(uploads.begin(one).is_some());
        assert!(
            uploads.0.lock().unwrap().is_empty(),
            "who has none takes no room"
        );
    }
}
