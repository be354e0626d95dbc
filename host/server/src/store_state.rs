//! What operators learn of the store's state in the log.

use std::sync::Arc;
use std::time::Duration;

use botbox_line::error::with_causes;
use botbox_store::{Recovery, StoreHealth};
use tokio::time::sleep;

/// How often the store is asked for a warning, and how often one that lasts is logged.
const LOOK: Duration = Duration::from_secs(1);
const REMINDER: Duration = Duration::from_secs(60);

/// Tells what an earlier process left in the store.
pub(crate) fn tell_recovery(recovery: &Recovery) {
    let Recovery { cut_off, lost } = *recovery;
    if cut_off > 0 {
        tracing::warn!(
            cut_off,
            "the host ended without a stop while these attempts ran; each is counted as failed"
        );
    }
    if let Some((last, acknowledged)) = lost {
        tracing::error!(
            last,
            acknowledged,
            lost_at_most = acknowledged - last,
            "the journal ends before the last event that was acknowledged: its files were changed, \
             or the disk did not keep what it had synced. Events behind the position `last` are \
             lost, and those before may be run again"
        );
    }
}

/// Tells what keeps the store from taking all that it should, once a minute.
pub(crate) async fn warn(health: Arc<dyn StoreHealth>) {
    let mut is_told = false;
    loop {
        let Some(warning) = health.warning() else {
            if std::mem::take(&mut is_told) {
                tracing::info!("the store takes everything again");
            }
            sleep(LOOK).await;
            continue;
        };
        let why = with_causes(&warning);
        tracing::warn!(why, "the store goes on, but not with everything");
        is_told = true;
        sleep(REMINDER).await;
    }
}
