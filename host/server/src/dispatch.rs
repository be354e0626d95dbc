//! Runs events: those of one chat one after the other in order of arrival, those of different
//! chats at once.
//!
//! Each channel has a task that claims its events. It waits for a slot of the runtime, and claims an event only
//! when it has one: events wait in the journal, however many they are. The runtime shares its slots, and the memory
//! that goes with them, between providers and their channels, so one with many events waiting leaves the others
//! theirs. A slot comes with one of the channel's turns, so a channel asks for more than it may run at once: what
//! comes free is then given to who is next, and not to who happened to have a turn free.
//!
//! A turn comes back with its slot. An outcome that finds no room in memory takes one again until it is in the
//! journal, so no channel's outcomes wait for another's.

mod attempt;
mod gate;
mod report;
mod trace;
mod unsettled;

use std::sync::Arc;
use std::time::Duration;

use botbox_clock::Clock;
use botbox_line::TRACE_TARGET;
use botbox_line::error::with_causes;
use botbox_line::log_rate::LogRate;
use botbox_line::webhook::Event;
use botbox_line::webhook::redacted;
use botbox_runtime::{Recorded, Runtime, Slot, Turns, Waiter};
use botbox_store::{
    Changes, Claim, EventQueue, FailedAttempt, Outcome, Settlement, StoreError, StoreHealth,
};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;
use tracing::{Instrument, trace_span};

use self::attempt::{Attempted, attempt};
use self::gate::Gate;
use self::report::Ended;
use self::unsettled::Unsettled;
use crate::channel::Channel;
use crate::channel::deployer::{DeployError, Deployer};
use crate::channel::deployment::LoadedDeployment;
use crate::channel::traffic::Serving;
use crate::journal_event::new_event;
use crate::log_fields::logged_ms;
use crate::retries::Retries;
use crate::watch::Watch;
use crate::watch::live_events::AttemptOutcome;

/// How long the clock is trusted: somebody may set it, and a machine may sleep.
const CLOCK_TRUST: Duration = Duration::from_secs(60);

/// How often it is logged that the store fails: of all events, once a minute.
const STORE_WINDOW: Duration = Duration::from_secs(60);

/// How long the dispatcher rests when the store fails.
const REST: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Dispatcher {
    runtime: Arc<Runtime>,
    deployer: Arc<Deployer>,
    queue: Arc<dyn EventQueue>,
    health: Arc<dyn StoreHealth>,
    watch: Watch,
    retention: Retention,
    clock: Clock,
    gate: Gate,
    /// Told of channels whose plugins fail.
    failures: mpsc::Sender<Arc<str>>,
    /// How often it is logged that the store does not claim, and does not settle.
    not_claimed: Arc<LogRate>,
    not_settled: Arc<LogRate>,
    unsettled: Unsettled,
    /// The events that run.
    tasks: TaskTracker,
}

/// How long events are kept that have ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    pub(crate) handled: Duration,
    pub(crate) dead: Duration,
}

impl Dispatcher {
    pub(crate) fn new(
        deployer: Arc<Deployer>,
        queue: Arc<dyn EventQueue>,
        health: Arc<dyn StoreHealth>,
        watch: Watch,
        retention: Retention,
        failures: mpsc::Sender<Arc<str>>,
        clock: Clock,
    ) -> Self {
        Self {
            runtime: Arc::clone(deployer.runtime()),
            deployer,
            queue,
            health,
            watch,
            retention,
            clock,
            gate: Gate::default(),
            failures,
            not_claimed: LogRate::new(1, STORE_WINDOW, |more| {
                tracing::error!(more, "could not look for events, again and again");
            }),
            not_settled: LogRate::new(1, STORE_WINDOW, |more| {
                tracing::error!(more, "could not write down what came of more events");
            }),
            unsettled: Unsettled::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Takes all events that are new, or none. When it returns, they are on disk.
    pub(crate) async fn dispatch(
        &self,
        channel: &Channel,
        events: &[Event],
    ) -> Result<(), StoreError> {
        let new = events.iter().map(new_event).collect();
        let announced = self.watch.arriving(channel, &self.clock, events);
        let appended = self
            .queue
            .append(&channel.key, new, channel.backlog())
            .await?;
        channel.counters.accepted.add(appended.new);
        channel.counters.duplicates.add(appended.duplicates);
        channel.counters.unsent.add(appended.unsent);
        self.watch.unsent(channel, events);
        // Which of the events came again is not known.
        if appended.duplicates == 0
            && let Some(announced) = announced
        {
            announced.arrived();
        }
        Ok(())
    }

    /// How many events run.
    pub(crate) fn running(&self) -> usize {
        self.tasks.len()
    }

    /// Waits until no event runs. No more may be started.
    pub(crate) async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Runs a channel's events until `stopped` turns true.
    pub(crate) async fn run(self, channel: Arc<Channel>, mut stopped: watch::Receiver<bool>) {
        let stopped = async { drop(stopped.wait_for(|&stopped| stopped).await) };
        tokio::select! {
            () = self.run_events(&channel) => {}
            () = stopped => {}
        }
        self.runtime.drop_kept(channel.share);
    }

    async fn run_events(&self, channel: &Arc<Channel>) {
        // Nothing is claimed that nobody could run.
        drop(channel.traffic.serving().await);
        let mut traffic = channel.traffic.subscribe();
        let mut slots = self.runtime.slots(channel.share);
        let turns = slots.turns();
        let mut concurrency = channel.concurrency();
        turns.limit(*concurrency.borrow_and_update());
        let mut changes = self.queue.changes(&channel.key);
        let mut wanted = 1;
        loop {
            slots.want(wanted);
            let granted = granted(&mut slots, &turns, &mut concurrency).await;
            let found = match self.queue.claim(&channel.key, granted.len()).await {
                Ok(claims) => claims,
                Err(error) => {
                    drop(granted);
                    slots.want(0);
                    if self.not_claimed.passes(1) {
                        let why = with_causes(&error);
                        tracing::error!(channel = &*channel.id, why, "cannot look for events");
                    }
                    if self.health.failure().is_some() {
                        // There are none any more until a new start.
                        return;
                    }
                    sleep(REST).await;
                    continue;
                }
            };
            let count = found.events.len();
            wanted = if count < granted.len() {
                count + 1
            } else {
                // There may be many more: slots that come free together are shared between those who
                // want them at that moment.
                wanted.max(2 * count)
            };
            if found.next != Some(Duration::ZERO) {
                // What is granted to a channel that rests is others'.
                slots.want(0);
            }
            let mut granted = granted.into_iter();
            // After the claim: what is claimed when a switch has returned runs on what it made serve.
            let serving = channel.traffic.serving().await;
            for (claim, slot) in found.events.into_iter().zip(&mut granted) {
                let (dispatcher, channel) = (self.clone(), Arc::clone(channel));
                let turns = turns.clone();
                let (serving, running) = (Arc::clone(&serving), channel.running.token());
                self.tasks.spawn(async move {
                    let handled = dispatcher.handle(&channel, &serving, claim, slot, &turns);
                    handled.await;
                    drop(running);
                });
            }
            granted.for_each(Slot::release_unused);
            tokio::select! {
                () = wait_for_work(&mut changes, found.next) => {}
                Ok(()) = traffic.changed() => self.runtime.drop_kept(channel.share),
            }
        }
    }

    /// Makes an attempt at an event, and has the journal know what came of it.
    async fn handle(
        &self,
        channel: &Channel,
        serving: &Serving,
        claim: Claim,
        slot: Slot,
        turns: &Turns,
    ) {
        // At the level of an error, so that no filter takes the channel's name from one.
        let span = tracing::error_span!("event", channel = &*channel.id, id = claim.id);
        let trace = span.in_scope(|| trace::span(channel, &claim));
        async {
            let position = claim.position;
            let deployment = self.deployment(channel, serving, &claim).await;
            // Of a deployment that is gone nobody knows how it would retry.
            let retries = deployment
                .as_ref()
                .map_or(serving.stable.retries, |it| it.retries);
            let recorded = deployment.as_ref().ok().map(Arc::clone);
            let (outcome, note) = if self.is_given_up(channel, &retries, &claim) {
                slot.release_unused();
                let keep = self.retention.dead;
                (Outcome::GivenUp { keep }, None)
            } else {
                let pass = self.gate.pass(claim.cut_off).await;
                self.queue.begin(position);
                channel.recordings.tell(|| Recorded::Begun {
                    id: claim.id.clone(),
                    event: redacted(&claim.body),
                });
                let mut attempted = attempt(
                    &self.runtime,
                    &self.clock,
                    channel,
                    deployment,
                    &claim,
                    slot,
                )
                .await;
                drop(pass);
                if !channel.traffic.is(serving) {
                    // What it kept is of a deployment that serves no more.
                    self.runtime.drop_kept(channel.share);
                }
                trace::note(&trace, &attempted);
                self.record(channel, recorded.as_deref(), &attempted);
                let note = attempted.note.take();
                let outcome = self.outcome(channel, &retries, &claim, attempted);
                channel.recordings.tell(|| ended(&claim.id, &outcome));
                (outcome, note)
            };
            let held = self.unsettled.hold(|| turns.take());
            // Its JSON need not wait for the disk.
            drop(claim);
            let kept = channel.backlog().kept;
            self.settle(
                channel,
                Settlement {
                    position,
                    outcome,
                    note,
                    kept,
                },
            )
            .instrument(trace_span!(target: TRACE_TARGET, "settle"))
            .await;
            drop(held);
        }
        .instrument(trace.clone())
        .instrument(span)
        .await;
    }

    /// The deployment that is to handle an event: the one that it began with, or the one that serves its
    /// chat.
    async fn deployment(
        &self,
        channel: &Channel,
        serving: &Serving,
        claim: &Claim,
    ) -> Result<Arc<LoadedDeployment>, DeployError> {
        // What names no chat is a chat of its own.
        let chat = if claim.chat.is_empty() {
            &claim.id
        } else {
            &claim.chat
        };
        match claim.deployment {
            None => Ok(Arc::clone(serving.choose(chat))),
            Some(number) => match serving.find(number) {
                Some(loaded) => Ok(Arc::clone(loaded)),
                None => self.deployer.load_kept(channel, number).await,
            },
        }
    }

    /// Counts an attempt for or against its deployment. Who fails by a fault that is not the plugin's
    /// counts for neither.
    fn record(
        &self,
        channel: &Channel,
        deployment: Option<&LoadedDeployment>,
        attempted: &Attempted,
    ) {
        let Some(deployment) = deployment else { return };
        match &attempted.result {
            Ok(()) => deployment.record.add_good(),
            Err(failure) if failure.is_trap() || failure.is_rejection() => {
                deployment.record.add_bad();
                // When it is full, it is looked at them soon.
                drop(self.failures.try_send(Arc::clone(&channel.id)));
            }
            Err(_) => {}
        }
    }

    /// Whether the host has ended too often while the event ran.
    fn is_given_up(&self, channel: &Channel, retries: &Retries, claim: &Claim) -> bool {
        if claim.cut_off == 0 || claim.attempts < retries.attempts {
            return false;
        }
        channel.counters.dead.increment();
        tracing::warn!(
            attempts = claim.attempts,
            cut_off = claim.cut_off,
            "the host ended while it ran, again and again: it is a dead letter"
        );
        let why = "the host ended while it ran, again and again";
        let attempts = claim.attempts;
        self.watch
            .dead_letter(channel, &self.clock, claim, attempts, why);
        true
    }

    /// What becomes of an event after an attempt.
    fn outcome(
        &self,
        channel: &Channel,
        retries: &Retries,
        claim: &Claim,
        mut attempted: Attempted,
    ) -> Outcome {
        let number = report::number(claim);
        let deployment = attempted.deployment;
        let took_ms = logged_ms(attempted.took);
        let waited_ms = logged_ms(claim.waited);
        let counters = &channel.counters;
        let Err(failure) = &attempted.result else {
            counters.handled.increment();
            let sends = attempted.sends;
            tracing::info!(
                deployment,
                attempt = number,
                sends,
                took_ms,
                waited_ms,
                "handled"
            );
            self.report(
                channel,
                claim,
                &mut attempted,
                AttemptOutcome::Handled,
                None,
            );
            let keep = self.retention.handled;
            return Outcome::Handled { keep };
        };
        counters.failed.increment();
        let error = with_causes(failure);
        let failing = claim.failing.saturating_add(attempted.took);
        let pause = if failure.is_final() {
            None
        } else if failure.is_trap() {
            retries.pause_after_trap(attempted.traps, number, failing)
        } else {
            retries.pause(number, failing)
        };
        let log = attempted.log.iter().map(|it| it.text() + "\n").collect();
        let outcome = match pause {
            Some(_) => AttemptOutcome::Retry,
            None => AttemptOutcome::Dead,
        };
        self.report(channel, claim, &mut attempted, outcome, Some(&error));
        let failure = FailedAttempt {
            started: attempted.started,
            took: attempted.took,
            deployment,
            digest: attempted.digest,
            error: error.clone(),
            log,
        };
        if let Some(after) = pause {
            let again_in_ms = logged_ms(after);
            tracing::warn!(
                deployment,
                attempt = number,
                took_ms,
                waited_ms,
                error,
                again_in_ms,
                "failed"
            );
            Outcome::Retry { after, failure }
        } else {
            counters.dead.increment();
            tracing::warn!(
                deployment,
                attempt = number,
                took_ms,
                waited_ms,
                error,
                "failed, and is a dead letter"
            );
            let keep = self.retention.dead;
            Outcome::Dead { keep, failure }
        }
    }

    /// Tells those who watch what became of an event.
    fn report(
        &self,
        channel: &Channel,
        claim: &Claim,
        attempted: &mut Attempted,
        outcome: AttemptOutcome,
        error: Option<&str>,
    ) {
        let ended = Ended { outcome, error };
        self.watch
            .ended(channel, &self.clock, claim, attempted, &ended);
    }

    /// Has the journal know an outcome, however long that takes: until then the event is nobody
    /// else's.
    async fn settle(&self, channel: &Channel, settlement: Settlement) {
        let mut is_told = false;
        while let Err(error) = self.queue.settle(&channel.key, settlement.clone()).await {
            if !is_told && self.not_settled.passes(1) {
                let why = with_causes(&error);
                tracing::error!(why, "cannot write down what came of an event");
            }
            is_told = true;
            if self.health.failure().is_some() {
                // After a new start it is run again.
                return;
            }
            sleep(REST).await;
        }
    }
}

/// What who records hears of the end of an attempt.
fn ended(id: &str, outcome: &Outcome) -> Recorded {
    let (error, again) = match outcome {
        Outcome::Retry { failure, .. } => (Some(failure.error.clone()), true),
        Outcome::Dead { failure, .. } => (Some(failure.error.clone()), false),
        Outcome::Handled { .. } | Outcome::GivenUp { .. } => (None, false),
    };
    Recorded::Ended {
        id: id.to_owned(),
        error,
        again,
    }
}

/// Waits for the first slot of those that are wanted, and takes what there is by then. Meanwhile the channel may get
/// more turns, or fewer.
async fn granted(
    slots: &mut Waiter,
    turns: &Turns,
    concurrency: &mut watch::Receiver<usize>,
) -> Vec<Slot> {
    loop {
        tokio::select! {
            granted = slots.granted() => return granted,
            Ok(()) = concurrency.changed() => turns.limit(*concurrency.borrow_and_update()),
        }
    }
}

/// Waits until there may be more to claim.
async fn wait_for_work(changes: &mut Changes, next: Option<Duration>) {
    match next {
        Some(Duration::ZERO) => {}
        // Either way it is time to look again.
        Some(next) => drop(timeout(next.min(CLOCK_TRUST), changes.next()).await),
        None => changes.next().await,
    }
}
