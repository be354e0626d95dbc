//! What a channel runs: one pointer to its deployment. Until there is one, its events wait.

use std::sync::Arc;

use botbox_runtime::Deployment;
use tokio::sync::watch;

/// A channel's deployment, or what became of it.
pub(crate) struct Deployed(watch::Sender<State>);

/// How far a channel's deployment is.
#[derive(Clone)]
pub(crate) enum State {
    /// Its plugin is being read or compiled, or waits for that.
    Loading,
    /// It serves.
    Ready(Arc<Deployment>),
    /// Its plugin can't be used, in words for the operator.
    Failed(Arc<str>),
}

impl Deployed {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(State::Loading))
    }

    pub(crate) fn state(&self) -> State {
        self.0.borrow().clone()
    }

    pub(crate) fn set(&self, state: State) {
        self.0.send_replace(state);
    }

    /// The deployment that serves now, or the first one when it is there.
    pub(crate) async fn get(&self) -> Arc<Deployment> {
        if let State::Ready(deployment) = &*self.0.borrow() {
            return Arc::clone(deployment);
        }
        let mut states = self.0.subscribe();
        loop {
            let state = states.wait_for(|state| matches!(state, State::Ready(_)));
            // It fails only when the sender is gone, which is with us.
            if let Ok(state) = state.await
                && let State::Ready(deployment) = &*state
            {
                return Arc::clone(deployment);
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
}
