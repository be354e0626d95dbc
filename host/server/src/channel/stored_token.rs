//! A channel's access token in the store, so that a start does not need a new one.

use std::sync::Arc;

use botbox_line::token::{StorageFuture, TokenStorage};
use botbox_store::{KeyValue, Space};
use secrecy::{ExposeSecret, SecretString};

/// The only key of the bucket.
const KEY: &str = "access-token";

pub(crate) struct StoredToken {
    store: Arc<dyn KeyValue>,
    space: Space,
}

impl StoredToken {
    pub(crate) fn new(store: Arc<dyn KeyValue>, channel: &str) -> Self {
        let space = Space::channel(channel, "line");
        Self { store, space }
    }
}

impl TokenStorage for StoredToken {
    fn load(&self) -> StorageFuture<'_, Option<SecretString>> {
        Box::pin(async {
            let Some(token) = self.store.get(&self.space, KEY).await? else {
                return Ok(None);
            };
            Ok(Some(String::from_utf8(token)?.into()))
        })
    }

    fn save(&self, token: SecretString) -> StorageFuture<'_, ()> {
        Box::pin(async move {
            let token = token.expose_secret().as_bytes().to_vec();
            Ok(self.store.set(&self.space, KEY, token, None).await?)
        })
    }
}
