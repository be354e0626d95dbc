//! Which deployments of a channel serve: one pointer. Until there is one, the channel's events wait.

use std::sync::Arc;
use std::time::Instant;

use botbox_store::{DeploymentNumber, Traffic as Switch};
use ring::digest::{Context, SHA256};
use tokio::sync::watch;

use super::deployment::{Counted, LoadedDeployment};

/// A channel's traffic, or what became of it.
pub(crate) struct Traffic(watch::Sender<State>);

/// How far a channel's traffic is.
#[derive(Clone)]
pub(crate) enum State {
    /// It has no deployment yet.
    Empty,
    /// A plugin is being read or compiled, or waits for that.
    Loading,
    /// It serves.
    Serving(Arc<Serving>),
    /// What should serve can't, in words for the operator.
    Failed(Arc<str>),
}

/// The deployments that serve.
pub(crate) struct Serving {
    /// What made them serve.
    pub(crate) switch: Switch,
    pub(crate) stable: Arc<LoadedDeployment>,
    /// What some chats get.
    pub(crate) canary: Option<Arc<LoadedDeployment>>,
    /// What is compared with what serves.
    pub(crate) baseline: Option<Baseline>,
}

/// What a deployment on trial is compared with: the record of another one.
#[derive(Clone)]
pub(crate) struct Baseline {
    pub(crate) deployment: Arc<LoadedDeployment>,
    /// What of its record is older than the trial. Of a stable one that was replaced, all counts.
    pub(crate) before: Counted,
    /// What of the record of the one on trial is older.
    pub(crate) trial_before: Counted,
    /// When the trial began.
    pub(crate) began: Instant,
}

impl Serving {
    /// What serves from now on, in the place of what a channel's traffic is.
    pub(crate) fn new(
        switch: Switch,
        stable: Arc<LoadedDeployment>,
        canary: Option<Arc<LoadedDeployment>>,
        traffic: &Traffic,
    ) -> Self {
        let last = traffic.current();
        let baseline = baseline(last.as_deref(), &stable, canary.as_deref());
        Self {
            switch,
            stable,
            canary,
            baseline,
        }
    }

    /// The deployment that serves a chat. While the canary stays the same, a chat that has got it
    /// gets it as long as its share does not shrink.
    pub(crate) fn choose(&self, chat: &str) -> &Arc<LoadedDeployment> {
        match (&self.canary, self.switch.canary) {
            (Some(canary), Some(share)) if place(canary.number, chat) < share.percent => canary,
            _ => &self.stable,
        }
    }

    /// The deployment with this number, if it serves.
    pub(crate) fn find(&self, number: DeploymentNumber) -> Option<&Arc<LoadedDeployment>> {
        let serving = [Some(&self.stable), self.canary.as_ref()];
        serving.into_iter().flatten().find(|it| it.number == number)
    }
}

/// What is on trial is a canary, compared with the stable one beside it, or else a new stable one,
/// compared with the one that it replaced.
fn baseline(
    last: Option<&Serving>,
    stable: &Arc<LoadedDeployment>,
    canary: Option<&LoadedDeployment>,
) -> Option<Baseline> {
    let last_canary = last.and_then(|it| it.canary.as_ref());
    if let Some(canary) = canary {
        let same = last.filter(|it| {
            it.stable.number == stable.number
                && last_canary.is_some_and(|it| it.number == canary.number)
        });
        return match same {
            // The trial goes on, with another share.
            Some(last) => last.baseline.clone(),
            None => Some(Baseline {
                deployment: Arc::clone(stable),
                before: stable.record.counted(),
                trial_before: canary.record.counted(),
                began: Instant::now(),
            }),
        };
    }
    let last = last?;
    if last.stable.number == stable.number {
        return None;
    }
    Some(Baseline {
        deployment: Arc::clone(&last.stable),
        before: Counted::default(),
        trial_before: stable.record.counted(),
        began: Instant::now(),
    })
}

/// A chat's place among a hundred. With another canary it is another one, so that it is not always the
/// same chats that try what is new.
fn place(canary: DeploymentNumber, chat: &str) -> u8 {
    let mut context = Context::new(&SHA256);
    context.update(&canary.to_be_bytes());
    context.update(chat.as_bytes());
    let digest = context.finish();
    let first = digest
        .as_ref()
        .first_chunk()
        .map_or(0, |it| u32::from_be_bytes(*it));
    // Less than 100.
    (first % 100) as u8
}

impl Traffic {
    pub(crate) fn new(state: State) -> Self {
        Self(watch::Sender::new(state))
    }

    pub(crate) fn state(&self) -> State {
        self.0.borrow().clone()
    }

    pub(crate) fn set(&self, state: State) {
        self.0.send_replace(state);
    }

    /// What serves now, if anything does.
    pub(crate) fn current(&self) -> Option<Arc<Serving>> {
        match &*self.0.borrow() {
            State::Serving(serving) => Some(Arc::clone(serving)),
            _ => None,
        }
    }

    /// Whether this serves now.
    pub(crate) fn is(&self, serving: &Serving) -> bool {
        matches!(&*self.0.borrow(), State::Serving(current) if std::ptr::eq(&**current, serving))
    }

    /// What serves now, or serves first.
    pub(crate) async fn serving(&self) -> Arc<Serving> {
        if let Some(serving) = self.current() {
            return serving;
        }
        let mut states = self.0.subscribe();
        loop {
            let state = states.wait_for(|state| matches!(state, State::Serving(_)));
            // It fails only when the sender is gone, which is with us.
            if let Ok(state) = state.await
                && let State::Serving(serving) = &*state
            {
                return Arc::clone(serving);
            }
        }
    }

    /// Waits until the plugin is loaded, or was tried to.
    pub(crate) async fn tried(&self) {
        let mut states = self.0.subscribe();
        drop(
            states
                .wait_for(|state| !matches!(state, State::Loading))
                .await,
        );
    }

    /// Waits until something has changed since the last call with the same receiver.
    pub(crate) fn subscribe(&self) -> watch::Receiver<State> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_are_spread_evenly_and_differently() {
        let chats: Vec<_> = (0..10_000).map(|it| format!("U{it:032x}")).collect();
        let tenth = |canary| chats.iter().map(move |it| place(canary, it) < 10);
        let count = tenth(1).filter(|&it| it).count();
        assert!((900..1_100).contains(&count), "{count}");
        let both = tenth(1).zip(tenth(2)).filter(|&(a, b)| a && b).count();
        assert!((50..150).contains(&both), "{both}");
        assert!(chats.iter().all(|it| place(7, it) < 100));
    }
}
