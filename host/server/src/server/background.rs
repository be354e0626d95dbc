//! What a host does beside serving: it loads plugins, and removes what is not needed any more.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_runtime::{Capability, Runtime};
use botbox_store::{EventRetention, Registry, STEP_EVENTS, Sqlite};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::channel::Channel;
use crate::channel::deployed::State;
use crate::channel::directory::Directory;
use crate::channel::loader::{Loader, Wanted};
use crate::channel::quota;
use crate::services::media;
use crate::store_state;

/// How often the journal is rid of what need not be kept any longer: every minute. It is kept for hours
/// at least.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// What is done again and again as long as the host runs.
pub(super) fn maintenance(
    directory: &Directory,
    wanted: &[(Arc<Channel>, Wanted)],
    store: &Arc<Sqlite>,
    clock: &Clock,
) -> JoinSet<()> {
    let looks = Arc::new(Semaphore::new(quota::LOOKS));
    let may_push = wanted
        .iter()
        .filter(|(_, it)| it.grants.allow(Capability::Push));
    let watches =
        may_push.map(|(it, _)| quota::watch(Arc::clone(it), Arc::clone(&looks), clock.clone()));
    let mut maintenance: JoinSet<_> = watches.collect();
    let media = directory.all().filter_map(|it| it.services.media.clone());
    maintenance.spawn(media::sweep::sweep(media.collect(), clock.clone()));
    maintenance.spawn(sweep(Arc::clone(store) as _, clock.clone()));
    maintenance.spawn(store_state::warn(Arc::clone(store) as _));
    maintenance
}

/// Loads the channels' plugins. When all are there or were tried, what nobody needs of those that are
/// compiled goes.
pub(super) fn load(
    runtime: &Arc<Runtime>,
    store: &Arc<Sqlite>,
    directory: &Arc<Directory>,
    wanted: Vec<(Arc<Channel>, Wanted)>,
) -> JoinSet<()> {
    let loader = Arc::new(Loader::new(Arc::clone(runtime)));
    let mut loading = JoinSet::new();
    for (channel, wanted) in wanted {
        let loader = Arc::clone(&loader);
        loading.spawn(async move { loader.run(&channel, wanted).await });
    }
    let registry: Arc<dyn Registry> = Arc::clone(store) as _;
    loading.spawn(remove_unused(
        Arc::clone(runtime),
        registry,
        Arc::clone(directory),
    ));
    loading
}

/// Waits until each channel's plugin is there or was tried, and then removes compiled plugins that no
/// version of a channel needs.
async fn remove_unused(
    runtime: Arc<Runtime>,
    registry: Arc<dyn Registry>,
    directory: Arc<Directory>,
) {
    let (mut ready, mut failed) = (0, directory.failed().len());
    for channel in directory.all() {
        channel.deployed.tried().await;
        match channel.deployed.state() {
            State::Ready(_) => ready += 1,
            State::Loading | State::Failed(_) => failed += 1,
        }
    }
    tracing::info!(
        ready,
        failed,
        "all channels are loaded, but those that failed"
    );
    let mut needed = HashSet::new();
    for channel in directory.ids() {
        match registry.versions(channel).await {
            Ok(versions) => needed.extend(versions.into_iter().map(|it| it.digest)),
            Err(error) => {
                let why = with_causes(&error);
                tracing::warn!(
                    why,
                    "cannot tell which compiled plugins are needed: all are kept"
                );
                return;
            }
        }
    }
    match runtime.plugins().retain(needed).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "removed compiled plugins that nobody needs"),
        Err(error) => tracing::warn!(%error, "cannot remove compiled plugins that nobody needs"),
    }
}

/// Rids the journal of what need not be kept any longer, in small steps, so that nobody waits for
/// them.
async fn sweep(journal: Arc<dyn EventRetention>, clock: Clock) {
    loop {
        match journal.sweep().await {
            Ok(STEP_EVENTS) => continue,
            Ok(_) => {}
            Err(error) => {
                let why = with_causes(&error);
                tracing::error!(why, "cannot remove old events");
            }
        }
        clock.sleep(SWEEP_INTERVAL).await;
    }
}
