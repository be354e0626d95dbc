//! Events of the host's own that are still to come: what they are in the store, so that they
//! outlive the host, and when they come in memory.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use botbox_line::webhook::Event;
use botbox_runtime::clock;
use botbox_store::{KeyValue, Space, StoreError};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::channel::Channel;
use crate::dispatcher::Dispatcher;

/// How long the clock is trusted: somebody may set it, and a machine may sleep.
const CLOCK_TRUST: Duration = Duration::from_secs(60);

/// How long the agenda rests when an event can't be dispatched: the queue is full, or the store
/// fails.
const REST: Duration = Duration::from_secs(1);

/// How many events are read at a time: an event may have some tens of kilobytes.
const READ_KEYS: usize = 200;

/// The time of what is held: it does not come.
const HELD: i64 = i64::MAX;

/// The events to come of one kind and one channel, each under a key of its own. It is one host's:
/// of those who want an event, who takes its time out of here has it.
pub(crate) struct Agenda {
    store: Arc<dyn KeyValue>,
    space: Space,
    times: Mutex<Times>,
    /// Wakes the one that waits for the next event.
    changed: Notify,
}

/// In milliseconds since the Unix epoch.
#[derive(Default)]
struct Times {
    by_key: HashMap<Arc<str>, i64>,
    in_order: BTreeSet<(i64, Arc<str>)>,
}

/// What was found when a key was to be held.
pub(crate) enum Held {
    /// Nothing: the key is new.
    New,
    /// An event of this time.
    Event(i64),
    /// Nothing, and there is no room for more.
    Full,
}

impl Agenda {
    /// What a bucket has. Each event comes at the time that `time` tells.
    pub(crate) async fn open(
        store: Arc<dyn KeyValue>,
        space: Space,
        time: impl Fn(&Event) -> i64,
    ) -> Result<Self, StoreError> {
        let agenda = Self {
            store,
            space,
            times: Mutex::default(),
            changed: Notify::new(),
        };
        let mut after = None;
        loop {
            let (store, space) = (&agenda.store, &agenda.space);
            let keys = store.keys(space, after.as_deref(), READ_KEYS).await?;
            let Some(last) = keys.last() else { break };
            after = Some(last.clone());
            let values = store.get_many(space, keys.clone()).await?;
            for (key, value) in keys.iter().zip(values) {
                // What can't be read comes at once, and is thrown away then.
                let event = value.and_then(|value| event(&value));
                agenda.release(key, event.as_ref().map_or(0, &time));
            }
        }
        Ok(agenda)
    }

    /// Keeps an event in the store, and has it come at a time. Its key must be held.
    pub(crate) async fn set(&self, key: &str, time: i64, event: &Event) -> Result<(), StoreError> {
        let json = event.json.as_str().as_bytes().to_vec();
        self.store.set(&self.space, key, json, None).await?;
        self.release(key, time);
        Ok(())
    }

    /// The event that is kept.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Event>, StoreError> {
        let value = self.store.get(&self.space, key).await?;
        Ok(value.and_then(|value| event(&value)))
    }

    /// Removes an event whose time was [taken](Self::take).
    pub(crate) async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.store.delete(&self.space, key).await
    }

    /// Keeps an event from coming until its key is released or set. A new key counts against
    /// `limit`.
    pub(crate) fn hold(&self, key: &str, limit: usize) -> Held {
        let mut times = self.times();
        match times.by_key.get(key) {
            Some(&time) => {
                times.put(key, HELD);
                Held::Event(time)
            }
            None if times.by_key.len() >= limit => Held::Full,
            None => {
                times.put(key, HELD);
                Held::New
            }
        }
    }

    /// Has an event come at a time.
    pub(crate) fn release(&self, key: &str, time: i64) {
        self.times().put(key, time);
        self.changed.notify_one();
    }

    /// Has an event come after all, unless another has taken its place.
    fn put_back(&self, key: &str, time: i64) {
        let mut times = self.times();
        if !times.by_key.contains_key(key) {
            times.put(key, time);
        }
    }

    /// Takes an event's time out. Returns `None` when it is not to come any more.
    pub(crate) fn take(&self, key: &str) -> Option<i64> {
        self.times().take(key)
    }

    /// Dispatches the events when their time has come, each at least once: one whose dispatching a
    /// crash interrupts is dispatched again.
    pub(crate) async fn run(
        self: Arc<Self>,
        channel: Arc<Channel>,
        dispatcher: Dispatcher,
        mut stopped: watch::Receiver<bool>,
    ) {
        loop {
            let (time, key) = tokio::select! {
                due = self.due() => due,
                _ = stopped.wait_for(|&stopped| stopped) => return,
            };
            let Err(why) = self.dispatch(&key, &channel, &dispatcher).await else {
                continue;
            };
            tracing::warn!(
                channel = channel.id,
                why,
                "an event of the host's must wait"
            );
            self.put_back(&key, time);
            tokio::select! {
                () = tokio::time::sleep(REST) => {}
                _ = stopped.wait_for(|&stopped| stopped) => return,
            }
        }
    }

    /// Waits until an event's time has come, and takes it out.
    async fn due(&self) -> (i64, Arc<str>) {
        loop {
            let now = clock::now();
            let next = match self.times().take_due(now) {
                Ok(due) => return due,
                Err(next) => next,
            };
            let changed = self.changed.notified();
            match next {
                None => changed.await,
                Some(next) => {
                    let until = next.saturating_sub(now).try_into().unwrap_or_default();
                    let until = Duration::from_millis(until).min(CLOCK_TRUST);
                    // Either way it is time to look again.
                    drop(timeout(until, changed).await);
                }
            }
        }
    }

    /// Dispatches an event whose time was taken out.
    async fn dispatch(
        &self,
        key: &str,
        channel: &Arc<Channel>,
        dispatcher: &Dispatcher,
    ) -> Result<(), String> {
        let failed = |error: StoreError| botbox_line::error::with_causes(&error);
        let Some(value) = self.store.get(&self.space, key).await.map_err(failed)? else {
            return Ok(());
        };
        match event(&value) {
            Some(event) => dispatcher
                .dispatch(channel, vec![event])
                .map_err(|full| full.to_string())?,
            None => tracing::error!(channel = channel.id, key, "threw an unreadable event away"),
        }
        // Unless it was replaced in between.
        let swap = self
            .store
            .swap(&self.space, key, Some(value), None, None)
            .await;
        if let Err(error) = swap {
            // It was dispatched, and comes once more after the next start.
            tracing::error!(
                channel = channel.id,
                key,
                why = failed(error),
                "cannot delete an event"
            );
        }
        Ok(())
    }

    fn times(&self) -> MutexGuard<'_, Times> {
        // Nothing panics while it holds the lock.
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Times {
    fn put(&mut self, key: &str, time: i64) {
        let key = match self.by_key.get_key_value(key) {
            Some((key, &old)) => {
                let key = Arc::clone(key);
                self.in_order.remove(&(old, Arc::clone(&key)));
                key
            }
            None => key.into(),
        };
        self.by_key.insert(Arc::clone(&key), time);
        self.in_order.insert((time, key));
    }

    fn take(&mut self, key: &str) -> Option<i64> {
        let (key, time) = self.by_key.remove_entry(key)?;
        self.in_order.remove(&(time, key));
        Some(time)
    }

    /// Takes the first event out if its time has come; else tells its time.
    fn take_due(&mut self, now: i64) -> Result<(i64, Arc<str>), Option<i64>> {
        match self.in_order.first() {
            Some(&(time, _)) if time > now => return Err(Some(time)),
            _ => {}
        }
        let due = self.in_order.pop_first().ok_or(None)?;
        self.by_key.remove(&due.1);
        Ok(due)
    }
}

fn event(json: &[u8]) -> Option<Event> {
    Event::from_host(str::from_utf8(json).ok()?).ok()
}
