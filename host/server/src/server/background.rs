//! What a host does beside serving: it removes what is not needed any more.

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_store::{EventRetention, STEP_EVENTS, Sqlite};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::channel::directory::Directory;
use crate::control::Control;
use crate::services::media;
use crate::store_state;
use crate::watch::Watch;

/// How often the journal is rid of what need not be kept any longer: every minute. It is kept for hours
/// at least.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// What is done again and again as long as the host runs.
pub(super) fn maintenance(
    directory: &Arc<Directory>,
    control: &Arc<Control>,
    failed: mpsc::Receiver<Arc<str>>,
    store: &Arc<Sqlite>,
    watch: &Watch,
    clock: &Clock,
) -> JoinSet<()> {
    let mut maintenance = JoinSet::new();
    let channels = Arc::clone(directory);
    let media = move || {
        let all = channels.all().into_iter();
        all.filter_map(|it| it.setup().services.media.clone())
            .collect()
    };
    maintenance.spawn(media::sweep::sweep(media, clock.clone()));
    maintenance.spawn(sweep(Arc::clone(store) as _, clock.clone()));
    maintenance.spawn(store_state::warn(Arc::clone(store) as _));
    maintenance.spawn(Arc::clone(control).retain_plugins(clock.clone()));
    maintenance.spawn(Arc::clone(control).guard(failed));
    maintenance.spawn(Arc::clone(&watch.meter).run());
    maintenance.spawn(Arc::clone(&watch.logs).run());
    maintenance.spawn(Arc::clone(&watch.logs).sweep());
    maintenance
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
