//! The channels that run: each has a task that runs its events, and one that watches its quota. They begin
//! when the channel does, and end with it or with the host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use botbox_clock::Clock;
use futures_util::future::join_all;
use tokio::sync::{Semaphore, watch};
use tokio::task::{AbortHandle, JoinHandle};

use crate::channel::Channel;
use crate::channel::directory::{Directory, Listed};
use crate::channel::quota;
use crate::dispatch::Dispatcher;

/// The channels that run.
pub(crate) struct Supervisor {
    directory: Arc<Directory>,
    dispatcher: Dispatcher,
    /// How many channels' quotas are looked at at a time.
    looks: Arc<Semaphore>,
    clock: Clock,
    /// By key.
    running: Mutex<Running>,
}

/// What runs, until the host stops.
#[derive(Default)]
struct Running {
    channels: HashMap<Arc<str>, ChannelTasks>,
    is_stopping: bool,
}

struct ChannelTasks {
    /// Turns true when no more of its events are to begin.
    stop: watch::Sender<bool>,
    dispatching: JoinHandle<()>,
    quota_watch: AbortHandle,
}

impl Supervisor {
    pub(crate) fn new(directory: Arc<Directory>, dispatcher: Dispatcher, clock: Clock) -> Self {
        Self {
            directory,
            dispatcher,
            looks: Arc::new(Semaphore::new(quota::LOOKS)),
            clock,
            running: Mutex::default(),
        }
    }

    /// Takes a channel's webhooks, and runs its events.
    pub(crate) fn start(&self, channel: &Arc<Channel>) {
        let mut running = self.running();
        if running.is_stopping {
            return;
        }
        channel.setup().client.prepare_token();
        let (stop, stopped) = watch::channel(false);
        let dispatch = self.dispatcher.clone().run(Arc::clone(channel), stopped);
        let looks = Arc::clone(&self.looks);
        let watch = quota::watch(Arc::clone(channel), looks, self.clock.clone());
        let tasks = ChannelTasks {
            stop,
            dispatching: tokio::spawn(dispatch),
            quota_watch: tokio::spawn(watch).abort_handle(),
        };
        running.channels.insert(Arc::clone(&channel.key), tasks);
        self.directory
            .set(&channel.id, Listed::Open(Arc::clone(channel)));
    }

    /// Takes no more of a channel's webhooks, begins no more of its events, and waits for those that run.
    pub(crate) async fn stop(&self, channel: &Channel) {
        self.directory.remove(&channel.id);
        let tasks = self.running().channels.remove(&channel.key);
        let Some(tasks) = tasks else { return };
        tasks.quota_watch.abort();
        tasks.stop.send_replace(true);
        // It ends at once or with a panic; either way it begins no more events.
        drop(tasks.dispatching.await);
        channel.running.close();
        channel.running.wait().await;
    }

    /// Begins no more events of any channel, and waits for those that run.
    pub(crate) async fn finish(&self) {
        let tasks: Vec<_> = {
            let mut running = self.running();
            running.is_stopping = true;
            running.channels.drain().map(|(_, tasks)| tasks).collect()
        };
        for tasks in &tasks {
            tasks.quota_watch.abort();
            tasks.stop.send_replace(true);
        }
        join_all(tasks.into_iter().map(|it| it.dispatching)).await;
        self.dispatcher.finish().await;
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        // It is whole at any time.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Running {
    /// A host that is dropped runs nothing any more.
    fn drop(&mut self) {
        for tasks in self.channels.values() {
            tasks.quota_watch.abort();
            tasks.dispatching.abort();
        }
    }
}
