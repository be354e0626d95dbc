//! One attempt at an event: the host's services get it first, and then the plugin.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use botbox_line::webhook::{Event, EventKind};
use botbox_runtime::{Attempt, AttemptError, LoggedLine, Runtime, SendCounts, Slot};
use botbox_store::{Claim, DeploymentNumber};
use futures_util::FutureExt;

use crate::channel::Channel;
use crate::channel::deployer::DeployError;
use crate::channel::deployment::LoadedDeployment;
use crate::services::account_link::completion::CompletionError;

/// Why an event was not handled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the journal has an event that can't be read")]
    Unreadable(#[from] serde_json::Error),
    #[error(transparent)]
    Deployment(#[from] DeployError),
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

    /// Whether the plugin rejects the event.
    pub(crate) fn is_rejection(&self) -> bool {
        matches!(self, Self::Attempt(AttemptError::Reject(_)))
    }

    /// Whether another attempt would fail as well.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::Unreadable(_) => true,
            Self::Deployment(error) => error.is_final(),
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
    pub(crate) deployment: DeploymentNumber,
    /// The digest of its plugin, if the deployment is there.
    pub(crate) digest: String,
    /// For the next attempt, if there is anything new.
    pub(crate) note: Option<String>,
    /// How many attempts at the event have trapped.
    pub(crate) traps: u32,
    /// How many sends LINE took in all attempts at the event.
    pub(crate) sends: usize,
    /// What LINE took in this attempt.
    pub(crate) made: SendCounts,
    /// How much processor time the plugin used.
    pub(crate) cpu: Duration,
    /// What the plugin logged.
    pub(crate) log: Vec<LoggedLine>,
    /// LINE's id of the message that the event brought or edited, once the event was read.
    pub(crate) message: Option<Arc<str>>,
}

/// Makes an attempt at an event that was claimed.
pub(crate) async fn attempt(
    runtime: &Runtime,
    clock: &Clock,
    channel: &Channel,
    deployment: Result<Arc<LoadedDeployment>, DeployError>,
    claim: &Claim,
    slot: Slot,
) -> Attempted {
    let (started, begun) = (clock.now_ms(), Instant::now());
    let (number, digest) = match &deployment {
        Ok(loaded) => (loaded.number, loaded.runnable.plugin.digest().to_owned()),
        Err(_) => (claim.deployment.unwrap_or_default(), String::new()),
    };
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
        deployment: number,
        digest,
        note: record.note,
        traps: record.traps,
        sends: record.sends,
        made: record.made,
        cpu: record.cpu,
        log: record.log,
        message: record.message,
    }
}

/// What is known of an attempt, however it ends.
#[derive(Default)]
struct Record {
    note: Option<String>,
    traps: u32,
    sends: usize,
    made: SendCounts,
    cpu: Duration,
    log: Vec<LoggedLine>,
    message: Option<Arc<str>>,
}

async fn run(
    runtime: &Runtime,
    channel: &Channel,
    deployment: Result<Arc<LoadedDeployment>, DeployError>,
    claim: &Claim,
    slot: Slot,
    arrived: Instant,
    record: &mut Record,
) -> Result<(), Failure> {
    let deployment = deployment?;
    let setup = channel.setup();
    let mut event = Event::restore(claim.id.clone(), &claim.body, claim.is_from_host)?;
    if !matches!(event.kind, EventKind::Unsend { .. }) {
        record.message = event.message_id().map(Arc::from);
    }
    if let Some(links) = &setup.services.account_links {
        links.complete(&mut event).await?;
    }
    if let Some(visits) = &setup.visits
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
    let attempted = runtime.handle(slot, &deployment.runnable, attempt).await;
    record.note = attempted.note;
    record.traps = attempted.traps;
    record.sends = attempted.sends;
    record.made = attempted.made;
    record.cpu = attempted.cpu;
    record.log = attempted.log;
    Ok(attempted.result?)
}
