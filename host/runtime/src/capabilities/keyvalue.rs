//! `wasi:keyvalue`: what the plugin remembers. No other channel sees its buckets.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use botbox_line::log_rate::LogRate;
use botbox_store::{BUCKET_BYTES, KeyValue, PAGE_KEYS, Space, StoreError, Swap};
use tokio::sync::oneshot;
use wasmtime::component::{Resource, ResourceTableError};

use crate::bindings::wasi::keyvalue::atomics::{self, CasError, HostCas};
use crate::bindings::wasi::keyvalue::batch;
use crate::bindings::wasi::keyvalue::store::{Error, Host, HostBucket, KeyResponse};
use crate::governor::{Charge, MemoryFull};
use crate::grants::Capability;
use crate::limits::{CAS_VALUES, STORE_CALLS};
use crate::resources::{Bucket, Cas, KeyValueError};
use crate::sandbox::Sandbox;

type Result<T> = std::result::Result<T, KeyValueError>;

impl Host for Sandbox {
    async fn open(&mut self, identifier: String) -> Result<Resource<Bucket>> {
        let deployment = &self.environment;
        if !deployment.grants.allow(Capability::KeyValue) {
            return Err(KeyValueError::Denied);
        }
        // The store would refuse it as well, but the host would hold it as long as the bucket is open.
        if identifier.len() > BUCKET_BYTES {
            return Err(StoreError::BucketTooLong(identifier.len()).into());
        }
        let limit = deployment.limits.keyvalue;
        let space = Space::plugin(&deployment.channel, &identifier, limit);
        Ok(self.table.push(Bucket { space })?)
    }

    fn convert_error(&mut self, error: KeyValueError) -> wasmtime::Result<Error> {
        match error {
            KeyValueError::Denied => Ok(Error::AccessDenied),
            KeyValueError::Refused(why) => Ok(Error::Other(why)),
            KeyValueError::Trap(error) => Err(error),
        }
    }
}

impl HostBucket for Sandbox {
    async fn get(&mut self, it: Resource<Bucket>, key: String) -> Result<Option<Vec<u8>>> {
        let space = self.table.get(&it)?.space.clone();
        let (value, _charge) = self.value(&space, key).await?;
        Ok(value)
    }

    async fn set(&mut self, it: Resource<Bucket>, key: String, value: Vec<u8>) -> Result<()> {
        let (store, space) = self.bucket(&it)?;
        let _charge = self.slot.charge(value.len())?;
        Ok(store.set(&space, &key, value, None).await?)
    }

    async fn delete(&mut self, it: Resource<Bucket>, key: String) -> Result<()> {
        let (store, space) = self.bucket(&it)?;
        Ok(store.delete(&space, &key).await?)
    }

    async fn exists(&mut self, it: Resource<Bucket>, key: String) -> Result<bool> {
        let (store, space) = self.bucket(&it)?;
        Ok(store.exists(&space, &key).await?)
    }

    async fn list_keys(
        &mut self,
        it: Resource<Bucket>,
        cursor: Option<String>,
    ) -> Result<KeyResponse> {
        let (store, space) = self.bucket(&it)?;
        let keys = store.keys(&space, cursor.as_deref(), PAGE_KEYS).await?;
        // A page has a MiB at most, and what it has is known only now.
        let _charge = self.slot.charge(keys.iter().map(String::len).sum())?;
        let is_full = keys.len() == PAGE_KEYS;
        let cursor = keys.last().filter(|_| is_full).cloned();
        Ok(KeyResponse { keys, cursor })
    }

    async fn drop(&mut self, it: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}

impl atomics::Host for Sandbox {
    async fn increment(&mut self, it: Resource<Bucket>, key: String, delta: i64) -> Result<i64> {
        let (store, space) = self.bucket(&it)?;
        Ok(store.increment(&space, &key, delta, None).await?)
    }

    async fn swap(
        &mut self,
        cas: Resource<Cas>,
        value: Vec<u8>,
    ) -> wasmtime::Result<std::result::Result<(), CasError>> {
        let cas = self.table.delete(cas)?;
        let error = match self.swap_value(cas, value).await {
            Ok(None) => return Ok(Ok(())),
            Ok(Some(changed)) => CasError::CasFailed(self.table.push(changed)?),
            Err(error) => CasError::StoreError(self.convert_error(error)?),
        };
        Ok(Err(error))
    }
}

impl HostCas for Sandbox {
    async fn new(&mut self, bucket: Resource<Bucket>, key: String) -> Result<Resource<Cas>> {
        let open = self.cas_values.take(CAS_VALUES).ok_or_else(|| {
            let why = format!("{CAS_VALUES} values are held to compare with; drop one first");
            KeyValueError::Refused(why)
        })?;
        let space = self.table.get(&bucket)?.space.clone();
        let (value, charge) = self.value(&space, key.clone()).await?;
        let cas = Cas::new(space, key, value, open, charge);
        Ok(self.table.push(cas)?)
    }

    async fn current(&mut self, it: Resource<Cas>) -> Result<Option<Vec<u8>>> {
        let value = &self.table.get(&it)?.value;
        let _charge = self.slot.charge(length(value))?;
        Ok(value.clone())
    }

    async fn drop(&mut self, it: Resource<Cas>) -> wasmtime::Result<()> {
        self.table.delete(it)?;
        Ok(())
    }
}

impl batch::Host for Sandbox {
    async fn get_many(
        &mut self,
        it: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Result<Vec<Option<(String, Vec<u8>)>>> {
        let space = self.table.get(&it)?.space.clone();
        let (values, _charge) = self.values(&space, keys.clone()).await?;
        let entries = keys.into_iter().zip(values);
        Ok(entries.map(|(key, value)| Some((key, value?))).collect())
    }

    async fn set_many(
        &mut self,
        it: Resource<Bucket>,
        key_values: Vec<(String, Vec<u8>)>,
    ) -> Result<()> {
        let (store, space) = self.bucket(&it)?;
        let bytes = key_values.iter().map(|(_, value)| value.len()).sum();
        let _charge = self.slot.charge(bytes)?;
        Ok(store.set_many(&space, key_values, None).await?)
    }

    async fn delete_many(&mut self, it: Resource<Bucket>, keys: Vec<String>) -> Result<()> {
        let (store, space) = self.bucket(&it)?;
        Ok(store.delete_many(&space, keys).await?)
    }
}

impl Sandbox {
    /// The store, for one call about a bucket.
    fn bucket(&mut self, it: &Resource<Bucket>) -> Result<(Arc<dyn KeyValue>, Space)> {
        let store = self.store()?;
        Ok((store, self.table.get(it)?.space.clone()))
    }

    /// The value of a key, and what it is charged with.
    async fn value(&mut self, space: &Space, key: String) -> Result<(Option<Vec<u8>>, Charge)> {
        let (mut values, charge) = self.values(space, vec![key]).await?;
        Ok((values.pop().flatten(), charge))
    }

    /// The values of keys. They are charged before they are read, until they are copied into the plugin's memory,
    /// which is charged by itself.
    async fn values(
        &mut self,
        space: &Space,
        keys: Vec<String>,
    ) -> Result<(Vec<Option<Vec<u8>>>, Charge)> {
        let store = self.store()?;
        let (sender, mut charged) = oneshot::channel();
        // Whoever waits for the store does not keep the slot of an attempt that is over.
        let slot = Arc::downgrade(&self.slot);
        let admit = move |bytes| {
            let Some(slot) = slot.upgrade() else {
                return false;
            };
            let charge = slot.charge(bytes);
            let has_room = charge.is_ok();
            // It is dropped, and with it the charge, if nobody waits for it.
            drop(sender.send(charge));
            has_room
        };
        let values = store.get_many(space, keys, Box::new(admit)).await;
        match charged.try_recv() {
            Ok(charge) => {
                let charge = charge?;
                Ok((values?, charge))
            }
            // It failed before it asked for room.
            Err(_) => Ok((values?, Charge::default())),
        }
    }

    /// Replaces the value that is compared with. Returns the one that was there instead, if any was.
    async fn swap_value(&mut self, cas: Cas, value: Vec<u8>) -> Result<Option<Cas>> {
        // The value that is set, and a copy of the one that is compared with.
        let _charge = self.slot.charge(value.len() + length(&cas.value))?;
        let expected = cas.value.clone();
        let swap = self.store()?;
        let swap = swap.swap(&cas.space, &cas.key, expected, Some(value), None);
        match swap.await? {
            Swap::Done => Ok(None),
            // One value, which one thread of the store has at a time.
            Swap::Differs(value) => {
                let charge = self.slot.charge(length(&value))?;
                Ok(Some(cas.with_value(value, charge)))
            }
        }
    }

    /// The store, for one call, if the event has not made too many.
    fn store(&mut self) -> Result<Arc<dyn KeyValue>> {
        if self.event.store_calls == STORE_CALLS {
            let why = format!(
                "the event made {STORE_CALLS} calls of the store already, the most that one may \
                 make; `batch` takes many keys at a time"
            );
            return Err(KeyValueError::Refused(why));
        }
        self.event.store_calls += 1;
        Ok(Arc::clone(&self.environment.store))
    }
}

fn length(value: &Option<Vec<u8>>) -> usize {
    value.as_ref().map_or(0, Vec::len)
}

/// How often failures of the store are logged: on a full disk, each call of each plugin fails.
static FAILURES: LazyLock<Arc<LogRate>> = LazyLock::new(|| {
    LogRate::new(1, Duration::from_secs(60), |more| {
        tracing::error!(more, "more calls of plugins to the store failed in 60 s");
    })
});

/// A plugin learns what it can correct itself. The rest is logged.
impl From<StoreError> for KeyValueError {
    fn from(error: StoreError) -> Self {
        if error.is_refusal() {
            return Self::Refused(error.to_string());
        }
        let why = botbox_line::error::with_causes(&error);
        if FAILURES.passes(1) {
            tracing::error!(why, "a plugin's call of the store failed");
        }
        let why = "the host's store can't do it now; try again later";
        Self::Refused(String::from(why))
    }
}

impl From<MemoryFull> for KeyValueError {
    fn from(error: MemoryFull) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<ResourceTableError> for KeyValueError {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}
