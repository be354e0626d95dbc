//! One attempt at an event: the host's services get it first, and then the plugin.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use botbox_line::webhook::Event;
use botbox_runtime::{Attempt, AttemptError, Deployment, Plugin, Runtime, Slot};
use botbox_store::Claim;
use futures_util::FutureExt;

use crate::channel::Channel;
use crate::channel::versions::VersionError;
use crate::services::account_link::completion::CompletionError;

/// Why an event was not handled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the journal has an event that can't be read")]
    Unreadable(#[from] serde_json::Error),
    #[error(transparent)]
    Version(#[from] VersionError),
    #[error("cannot complete an account link")]
    AccountLink(#[from] CompletionError),
    #[error(transparent)]
    Attempt(#[from] AttemptError),
    #[error("the host panicked while it handled the event, which is a bug of the host")]
    Panic,
}

impl Failure {
    /// Whether the plugin trapped.
    pub(crate) fn is_trap(&self) -> bool {
        matches!(self, Self::Attempt(error) if error.is_trap())
    }

    /// Whether another attempt would fail as well.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Unreadable(_) => true,
            Self::Version(VersionError::Store(_)) => false,
            Self::Version(VersionError::Gone(_)) => true,
            Self::Version(VersionError::Unusable(_, error)) => error.is_plugin_error(),
            Self::AccountLink(_) | Self::Panic => false,
            Self::Attempt(error) => error.is_final(),
        }
    }
}

/// What came of an attempt.
pub(crate) struct Attempted {
    pub(crate) result: Result<(), Failure>,
    /// When it began, in milliseconds since the Unix epoch.
    pub(crate) started: i64,
    pub(crate) took: Duration,
    /// The version of the plugin.
    pub(crate) version: String,
    /// For the next attempt, if there is anything new.
    pub(crate) note: Option<String>,
    /// How many attempts at the event have trapped.
    pub(crate) traps: u32,
    /// How many sends LINE took in all attempts at the event.
    pub(crate) sends: usize,
    /// What the plugin logged.
    pub(crate) log: String,
}

/// Makes an attempt at an event that was claimed.
pub(crate) async fn attempt(
    runtime: &Runtime,
    clock: &Clock,
    channel: &Channel,
    deployment: &Arc<Deployment>,
    claim: &Claim,
    slot: Slot,
) -> Attempted {
    let (started, begun) = (clock.now_ms(), Instant::now());
    let version = claim.version.as_deref();
    let version = version.unwrap_or_else(|| deployment.plugin.digest());
    let mut record = Record::default();
    let now = clock.instant();
    let arrived = now.checked_sub(claim.waited).unwrap_or(now);
    let run = run(
        runtime,
        channel,
        deployment,
        claim,
        slot,
        arrived,
        &mut record,
    );
    // A panic would be a bug of the host. It must not leave the chat stuck.
    let run = AssertUnwindSafe(run).catch_unwind();
    let result = run.await.unwrap_or(Err(Failure::Panic));
    Attempted {
        result,
        started,
        took: begun.elapsed(),
        version: version.to_owned(),
        note: record.note,
        traps: record.traps,
        sends: record.sends,
        log: record.log,
    }
}

/// What is known of an attempt, however it ends.
#[derive(Default)]
struct Record {
    note: Option<String>,
    traps: u32,
    sends: usize,
    log: String,
}

async fn run(
    runtime: &Runtime,
    channel: &Channel,
    deployment: &Arc<Deployment>,
    claim: &Claim,
    slot: Slot,
    arrived: Instant,
    record: &mut Record,
) -> Result<(), Failure> {
    let deployment = Deployment {
        plugin: plugin(channel, deployment, claim).await?,
        environment: Arc::clone(&deployment.environment),
    };
    let mut event = Event::restore(claim.id.clone(), &claim.body, claim.is_from_host)?;
    if let Some(links) = &channel.services.account_links {
        links.complete(&mut event).await?;
    }
    if let Some(visits) = &channel.visits
        && !visits.observe(&event).await
    {
        return Ok(());
    }
    let attempt = Attempt {
        event,
        number: claim.attempts.saturating_add(1),
        arrived,
        position: claim.position,
        note: claim.note.clone(),
    };
    let attempted = runtime.handle(slot, &deployment, attempt).await;
    record.note = attempted.note;
    record.traps = attempted.traps;
    record.sends = attempted.sends;
    record.log = attempted.log;
    Ok(attempted.result?)
}

/// The plugin that is to handle an event.
async fn plugin(
    channel: &Channel,
    deployment: &Deployment,
    claim: &Claim,
) -> Result<Plugin, VersionError> {
    let current = &deployment.plugin;
    match &claim.version {
        Some(version) if version != current.digest() => channel.versions.load(version).await,
        _ => Ok(current.clone()),
    }
}
