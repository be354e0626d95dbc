//! Keeps one issued token for all calls of a channel, and renews it before it expires.
//!
//! A task gets the next token, one at a time, for however many calls. No call waits for it while the old
//! token is valid.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::Notify;

use super::issued::{Issued, now};
use super::issuer::Issuer;
use super::storage::{self, Record, StorageError, TokenStorage};
use crate::error::{TokenError, with_causes};
use crate::transport::Connection;

/// The pause after a failed issue; it doubles with each further one,
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// up to this: a minute after LINE is back, the channel is.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A token that LINE refuses is replaced at once, but the next one not sooner than this: LINE
/// restricts who issues tokens without need, and a new one may fare no better.
const REPLACEMENT_PAUSE: Duration = Duration::from_secs(60);

/// The kind of a channel's access token, and when it expires.
#[derive(Debug, Serialize)]
pub struct TokenStatus {
    /// `long-lived`, `short-lived`, `stateless` or `v2.1`.
    pub kind: &'static str,
    /// When it expires, in seconds since 1970: nothing while there is none, and of a long-lived
    /// token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

/// Keeps the token of one channel.
pub(crate) struct Keeper {
    connection: Arc<Connection>,
    issuer: Issuer,
    storage: Arc<dyn TokenStorage>,
    state: Mutex<State>,
    /// Notified when a token is there, or none can be had.
    changed: Notify,
}

#[derive(Default)]
struct State {
    current: Option<Issued>,
    /// What was current until LINE refused it.
    refused: Option<Issued>,
    refused_at: Option<Instant>,
    renewing: bool,
    failure: Option<Failure>,
    /// Whether the token that the last process kept was loaded.
    is_loaded: bool,
    /// Whether LINE may have issued a token whose response was lost.
    may_have_lost_one: bool,
}

/// Why the last attempts got no token.
struct Failure {
    error: Arc<TokenError>,
    pause: Duration,
    at: Instant,
}

impl Keeper {
    pub(super) fn new(
        connection: Arc<Connection>,
        issuer: Issuer,
        storage: Arc<dyn TokenStorage>,
    ) -> Self {
        Self {
            connection,
            issuer,
            storage,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// The valid token, waiting while there is none yet.
    pub(super) async fn current(self: &Arc<Self>) -> Result<Arc<SecretString>, Arc<TokenError>> {
        loop {
            let changed = self.changed.notified();
            if let Some(found) = self.poll() {
                return found;
            }
            changed.await;
        }
    }

    /// Gets a token in the background, unless there is one.
    pub(super) fn prepare(self: &Arc<Self>) {
        self.poll();
    }

    /// Whether there will be another token than this, which LINE refused.
    pub(super) fn replaces(&self, refused: &Arc<SecretString>) -> bool {
        let mut state = self.state();
        let is_it = |token: &mut Issued| Arc::ptr_eq(&token.secret, refused);
        let instant = self.clock().instant();
        let just_replaced = |at| instant.saturating_duration_since(at) < REPLACEMENT_PAUSE;
        if state.refused_at.is_some_and(just_replaced) {
            // It was replaced already: other calls were refused with it.
            return !state.current.as_mut().is_some_and(is_it);
        }
        if let Some(token) = state.current.take_if(is_it) {
            tracing::warn!(
                channel_id = self.issuer.credentials.channel_id,
                "LINE refuses the channel's access token; another one is issued"
            );
            state.refused = Some(token);
            state.refused_at = Some(instant);
        }
        true
    }

    pub(super) fn status(&self) -> TokenStatus {
        let state = self.state();
        TokenStatus {
            kind: self.issuer.kind.name(),
            expires_at: state.current.as_ref().map(|token| token.expires_at),
        }
    }

    /// The token or the failure that there is. Begins to get the next token if it is due.
    fn poll(self: &Arc<Self>) -> Option<Result<Arc<SecretString>, Arc<TokenError>>> {
        let (now, instant) = (now(self.clock()), self.clock().instant());
        let mut state = self.state();
        let current = state.current.clone();
        let current = current.filter(|token| token.is_valid(now));
        let is_due = current.as_ref().is_none_or(|token| token.is_due(now));
        if is_due && state.may_renew(instant) {
            state.renewing = true;
            tokio::spawn(Arc::clone(self).renew());
        }
        match (current, &state.failure) {
            (Some(token), _) => Some(Ok(token.secret)),
            (None, Some(failure)) if !state.renewing => Some(Err(Arc::clone(&failure.error))),
            (None, _) => None,
        }
    }

    /// Gets the next token, and then revokes the one before.
    async fn renew(self: Arc<Self>) {
        // All channels of a host start at a time.
        let turn = self.connection.platform.token_turn().await;
        let result = self.obtain().await;
        let old = self.settle(result);
        self.changed.notify_waiters();
        if let Some(old) = old {
            let current = self.state().current.clone();
            self.revoke(&old.secret, current).await;
        }
        drop(turn);
    }

    /// The token of the last process if LINE still knows it, or else a new one.
    async fn obtain(&self) -> Result<Issued, TokenError> {
        if !self.issuer.kind.is_persistent() {
            return self.issuer.issue(&self.connection, false).await;
        }
        let is_loaded = std::mem::replace(&mut self.state().is_loaded, true);
        if !is_loaded && let Some(token) = self.stored().await {
            return Ok(token);
        }
        let (current, refused, is_cautious) = {
            let state = self.state();
            let (current, refused) = (state.current.clone(), state.refused.clone());
            (current, refused, state.may_have_lost_one)
        };
        if self.issuer.kind.is_limited() {
            self.store(Record {
                current: current.clone(),
                is_issuing: true,
                replaced: None,
            })
            .await;
        }
        let token = self.issuer.issue(&self.connection, is_cautious).await;
        self.state().may_have_lost_one = match &token {
            Ok(_) => false,
            // LINE may have issued one, and the answer is what was lost.
            Err(TokenError::Unavailable(error)) => is_cautious || !error.is_unsent(),
            Err(_) => is_cautious,
        };
        let token = token?;
        self.store(Record {
            current: Some(token.clone()),
            is_issuing: false,
            replaced: current.or(refused).map(|it| it.secret),
        })
        .await;
        Ok(token)
    }

    /// The token that the last process kept. Finishes what that one left undone.
    async fn stored(&self) -> Option<Issued> {
        let channel_id = &self.issuer.credentials.channel_id;
        let record = self.load().await.unwrap_or_else(|error| {
            tracing::warn!(channel_id, %error, "cannot read the kept access token");
            None
        });
        let record = record?;
        if record.is_issuing {
            tracing::warn!(
                channel_id,
                "the host ended while LINE issued an access token: that one may be lost, and counts \
                 among those that LINE allows until it expires"
            );
            self.state().may_have_lost_one = true;
        }
        let token = record.current?;
        if !token.is_valid(now(self.clock())) {
            return None;
        };
        let is_known = self.issuer.knows(&self.connection, &token.secret).await;
        // When LINE is away and refuses the token later, there will be another.
        if !is_known.unwrap_or(true) {
            tracing::info!(channel_id, "LINE does not know the kept access token");
            return None;
        }
        if let Some(replaced) = record.replaced {
            self.revoke(&replaced, Some(token.clone())).await;
        }
        Some(token)
    }

    /// Revokes a token that was replaced by the current one.
    async fn revoke(&self, old: &SecretString, current: Option<Issued>) {
        if let Err(error) = self.issuer.revoke(&self.connection, old).await {
            let error = with_causes(&error);
            let channel_id = &self.issuer.credentials.channel_id;
            tracing::warn!(channel_id, error, "cannot revoke the old access token");
        } else if self.issuer.kind.is_persistent() {
            self.store(Record {
                current,
                ..Record::default()
            })
            .await;
        }
    }

    async fn load(&self) -> Result<Option<Record>, StorageError> {
        let Some(text) = self.storage.load().await? else {
            return Ok(None);
        };
        Ok(storage::read(self.issuer.kind.name(), &text)?)
    }

    async fn store(&self, record: Record) {
        let save = async {
            let text = storage::write(self.issuer.kind.name(), &record)?;
            self.storage.save(text).await
        };
        if let Err(error) = save.await {
            let channel_id = &self.issuer.credentials.channel_id;
            tracing::warn!(channel_id, %error, "cannot keep the access token for the next start");
        }
    }

    /// Puts the result in place. Returns the token that it replaces.
    fn settle(&self, result: Result<Issued, TokenError>) -> Option<Issued> {
        let instant = self.clock().instant();
        let mut state = self.state();
        state.renewing = false;
        match result {
            Ok(token) => {
                state.failure = None;
                let replaced = state.current.replace(token);
                replaced.or(state.refused.take())
            }
            Err(error) => {
                let channel_id = &self.issuer.credentials.channel_id;
                let message = with_causes(&error);
                tracing::warn!(
                    channel_id,
                    error = message,
                    "the channel gets no access token"
                );
                let pause = state.failure.as_ref().map(|failure| failure.pause * 2);
                state.failure = Some(Failure {
                    error: Arc::new(error),
                    pause: pause.unwrap_or(FIRST_PAUSE).min(LONGEST_PAUSE),
                    at: instant,
                });
                None
            }
        }
    }

    fn clock(&self) -> &Clock {
        &self.connection.platform.clock
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn may_renew(&self, now: Instant) -> bool {
        let paused = |failure: &Failure| now.saturating_duration_since(failure.at) < failure.pause;
        !self.renewing && !self.failure.as_ref().is_some_and(paused)
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Keeper");
        debug.field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
