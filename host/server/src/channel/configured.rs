//! Loads what the channels of the configuration file run, in the background: the host takes webhooks
//! meanwhile.
//!
//! Plugins that are compiled already are loaded first, a few files at a time. The others wait for their
//! turn to be compiled, and are not in memory meanwhile. A plugin that can't be used costs its own
//! channel only: its events wait, and it is loaded again whenever its file changes.
//!
//! What the file says is a deployment like any other: when it differs from what serves, it becomes the
//! next one.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use botbox_line::error::with_causes;
use botbox_runtime::{Grants, Limits, LoadError, Plugin, Runtime};
use botbox_store::{
    Actor, Blobs, DeploymentNumber, DeploymentRecord, Deployments, NewPlugin, NewTraffic, Sqlite,
    StoreError, Traffic as Switch,
};
use tokio::sync::{RwLock, Semaphore};
use tokio::time::{sleep, timeout};

use super::Channel;
use super::deployer::Deployer;
use super::plugin_details::details;
use super::traffic::{Serving, State};
use crate::config::DeploymentSettings;
use crate::log_fields::logged_ms;
use crate::watch::live_events::LiveEvents;
use crate::watch::switch_event;

/// How many files are read at a time. A plugin has up to 64 MiB, and is mapped in milliseconds.
const READS: usize = 4;

/// How often the file of a plugin that can't be used is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How long the loader waits when the host is at fault, such as a disk that is full.
const REST: Duration = Duration::from_secs(30);

/// Who makes the deployments of the configuration file.
const ACTOR: &str = "configuration file";

/// Loads the plugins of the configuration file.
pub(crate) struct FileLoader {
    runtime: Arc<Runtime>,
    reads: Semaphore,
}

/// What a channel of the configuration file is to run.
#[derive(Clone)]
pub(crate) struct Wanted {
    /// The component.
    pub(crate) file: PathBuf,
    pub(crate) settings: DeploymentSettings,
    /// The same as a document.
    pub(crate) document: String,
}

/// Deploys what the configuration file says.
pub(crate) struct ConfiguredDeployer {
    pub(crate) loader: Arc<FileLoader>,
    pub(crate) deployer: Arc<Deployer>,
    pub(crate) store: Arc<Sqlite>,
    /// Held for reading while a plugin comes in: none goes meanwhile.
    pub(crate) plugins: Arc<RwLock<()>>,
    pub(crate) live_events: LiveEvents,
    pub(crate) clock: Clock,
}

/// A plugin, and the component that it was made of.
pub(crate) struct Loaded {
    pub(crate) plugin: Plugin,
    pub(crate) wasm: Vec<u8>,
}

/// Why a channel has no plugin yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot read {}: {source}; build the plugin, or correct the path", .file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("{} is not a plugin for this channel: {problem}", .file.display())]
    Unusable { file: PathBuf, problem: LoadError },
    #[error("cannot keep the plugin: {}", with_causes(.0))]
    NotKept(#[from] StoreError),
}

/// Tells a file from what it was.
type Stamp = Option<(i64, i64, u64, u64)>;

impl ConfiguredDeployer {
    /// Has a channel serve what the configuration file says, however often that has to be tried.
    pub(crate) async fn run(&self, channel: &Channel, wanted: Wanted) {
        let file = wanted.file.as_path();
        loop {
            let stamp = stamp(file).await;
            let Err(failure) = self.deploy(channel, &wanted).await else {
                return;
            };
            let why = failure.to_string();
            tracing::error!(
                channel = &*channel.id,
                provider = &*channel.provider,
                why,
                "the channel has no plugin: its events wait, and it is loaded when its file changes"
            );
            channel.traffic.set(State::Failed(why.into()));
            let changed = changed(file, stamp);
            if failure.is_plugin_error() {
                changed.await;
            } else {
                drop(timeout(REST, changed).await);
            }
            channel.traffic.set(State::Loading);
        }
    }

    /// Has a channel serve what the configuration file says. Returns which deployment that is.
    pub(crate) async fn deploy(
        &self,
        channel: &Channel,
        wanted: &Wanted,
    ) -> Result<DeploymentNumber, Failure> {
        let (file, settings) = (wanted.file.as_path(), &wanted.settings);
        let _coming = self.plugins.read().await;
        let loaded = self.loader.load(file, &channel.provider, &settings.limits);
        let Loaded { plugin, wasm } = loaded.await?;
        let _changing = channel.changing.lock().await;
        let before = self.store.traffic(channel.record).await?;
        let (record, switch) = self
            .record(channel, wanted, &plugin, wasm, before.as_ref())
            .await?;
        warn_of_ungranted(&channel.id, &plugin, &settings.grants);
        tracing::info!(
            channel = &*channel.id,
            provider = &*channel.provider,
            plugin = %file.display(),
            digest = plugin.digest(),
            deployment = record.number,
            grants = %settings.grants,
            "channel ready"
        );
        let stable = self.deployer.join(channel, record.number, settings, plugin);
        if before.is_none_or(|it| it.revision != switch.revision) {
            self.live_events
                .publish(|| switch_event(channel, &switch, &self.clock));
        }
        channel.serve(Serving::new(
            switch,
            Arc::new(stable),
            None,
            &channel.traffic,
        ));
        Ok(record.number)
    }

    /// The deployment that is what the configuration file says, and the switch that has it serve. Both
    /// are made unless they are there.
    async fn record(
        &self,
        channel: &Channel,
        wanted: &Wanted,
        plugin: &Plugin,
        wasm: Vec<u8>,
        switch: Option<&Switch>,
    ) -> Result<(DeploymentRecord, Switch), StoreError> {
        let actor = || Actor(String::from(ACTOR));
        let digest = plugin.digest().to_owned();
        if let Some(switch) = switch {
            let serving = self.store.deployment(channel.record, switch.stable).await?;
            let same =
                |it: &DeploymentRecord| it.digest == digest && it.document == wanted.document;
            if let Some(serving) = serving.filter(same)
                && switch.canary.is_none()
            {
                return Ok((serving, switch.clone()));
            }
        }
        let size = wasm.len() as u64;
        // First, so that no plugin is known whose component is not kept.
        self.store.put(&digest, wasm).await?;
        let plugin = NewPlugin {
            provider: None,
            digest: digest.clone(),
            size,
            details: details(plugin),
        };
        self.store.add_plugin(actor(), plugin).await?;
        let document = wanted.document.clone();
        let added = self
            .store
            .add_deployment(actor(), channel.record, digest, document);
        let record = added.await?;
        let traffic = NewTraffic {
            expected: None,
            stable: record.number,
            canary: None,
            is_pinned: false,
            reason: String::from("the configuration file says so"),
            aborted: None,
        };
        let switched = self
            .store
            .set_traffic(actor(), channel.record, traffic)
            .await?;
        Ok((record, switched))
    }
}

impl FileLoader {
    pub(crate) fn new(runtime: Arc<Runtime>) -> Self {
        Self {
            runtime,
            reads: Semaphore::new(READS),
        }
    }

    /// Loads a plugin of a provider that is to run within limits.
    pub(crate) async fn load(
        &self,
        file: &Path,
        provider: &str,
        limits: &Limits,
    ) -> Result<Loaded, Failure> {
        let unusable = |problem| Failure::Unusable {
            file: file.to_owned(),
            problem,
        };
        let reading = self.reads.acquire().await;
        let wasm = read(file).await?;
        if let Some(plugin) = self.runtime.plugins().find(&wasm).await.map_err(unusable)? {
            plugin.check(limits).map_err(unusable)?;
            return Ok(Loaded { plugin, wasm });
        }
        drop((wasm, reading));
        let turn = self.runtime.plugins().turn(provider).await;
        let wasm = read(file).await?;
        let (begun, bytes) = (Instant::now(), wasm.len());
        let plugin = file.display();
        tracing::info!(provider, %plugin, bytes, "compiling the plugin");
        let compiled = self
            .runtime
            .plugins()
            .compile(turn, &wasm)
            .await
            .map_err(unusable)?;
        let took_ms = logged_ms(begun.elapsed());
        tracing::debug!(%plugin, took_ms, "compiled");
        compiled.check(limits).map_err(unusable)?;
        Ok(Loaded {
            plugin: compiled,
            wasm,
        })
    }
}

impl Failure {
    /// Whether the file is at fault.
    fn is_plugin_error(&self) -> bool {
        match self {
            Self::Unreadable { .. } => true,
            Self::Unusable { problem, .. } => problem.is_plugin_error(),
            Self::NotKept(_) => false,
        }
    }
}

/// It works but for those calls, and the operator may want it so.
fn warn_of_ungranted(channel: &str, plugin: &Plugin, grants: &Grants) {
    let imports = ungranted(plugin, grants);
    if !imports.is_empty() {
        tracing::warn!(channel, imports, "{UNGRANTED}");
    }
}

/// What is said of imports that are not granted.
pub(crate) const UNGRANTED: &str = "the plugin imports what the channel does not grant: those \
                                    calls fail with `denied`; add them to `grants` if it needs them";

/// What a plugin imports and is not granted, by name.
pub(crate) fn ungranted(plugin: &Plugin, grants: &Grants) -> String {
    let ungranted = plugin.imports().iter().filter(|&&it| !grants.allow(it));
    let ungranted: Vec<_> = ungranted.map(|it| it.name()).collect();
    ungranted.join(",")
}

async fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let wasm = tokio::fs::read(file).await;
    wasm.map_err(|source| Failure::Unreadable {
        file: file.to_owned(),
        source,
    })
}

/// Returns when a file is no longer as it was.
async fn changed(file: &Path, was: Stamp) {
    while stamp(file).await == was {
        sleep(LOOK).await;
    }
}

async fn stamp(file: &Path) -> Stamp {
    let metadata = tokio::fs::metadata(file).await.ok()?;
    let (seconds, nanoseconds) = (metadata.mtime(), metadata.mtime_nsec());
    Some((seconds, nanoseconds, metadata.len(), metadata.ino()))
}
