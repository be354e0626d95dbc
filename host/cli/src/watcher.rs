//! Waits for changes of files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// How long nothing must happen before a change counts as complete: 40 ms. An editor writes a file in a
/// few steps.
pub(crate) const QUIET: Duration = Duration::from_millis(40);

/// Watches files and folders.
pub(crate) struct Watcher {
    /// It watches until it is dropped.
    _notify: RecommendedWatcher,
    changes: UnboundedReceiver<()>,
}

impl Watcher {
    pub(crate) fn new(watched: &[PathBuf]) -> anyhow::Result<Self> {
        let (change, changes) = unbounded_channel();
        let files = watched.to_vec();
        let mut notify = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| counts(&event, &files)) {
                // Nobody waits any more when the command ends.
                let _ = change.send(());
            }
        })
        .context("cannot watch files")?;
        for path in watched {
            // An editor may put another file in the place of one, which only its folder tells.
            let (place, mode) = match path.parent() {
                Some(folder) if path.is_file() => (folder, RecursiveMode::NonRecursive),
                _ => (path.as_path(), RecursiveMode::Recursive),
            };
            let watching = notify.watch(place, mode);
            watching.with_context(|| format!("cannot watch {}", place.display()))?;
        }
        Ok(Self {
            _notify: notify,
            changes,
        })
    }

    /// Waits for the next change, and until it is complete.
    pub(crate) async fn changed(&mut self) -> anyhow::Result<()> {
        self.changes
            .recv()
            .await
            .context("nothing watches any more")?;
        while let Ok(Some(())) = timeout(QUIET, self.changes.recv()).await {}
        Ok(())
    }
}

/// Whether an event is a change of something that is watched.
fn counts(event: &Event, watched: &[PathBuf]) -> bool {
    let is_watched = |path: &Path| watched.iter().any(|it| path.starts_with(it));
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|it| is_watched(it))
}
