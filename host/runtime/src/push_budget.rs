//! How many recipients a channel's pushes may reach: the operator's limit beside LINE's quota.
//!
//! What LINE counts is counted here: recipients, not requests (LINE documentation, "Messaging API
//! pricing"). A send is counted before it is made, and uncounted when LINE refuses it; when nobody
//! knows what became of it, it stays counted.

mod error;
mod window;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use botbox_clock::Clock;
use botbox_line::Client;
use botbox_line::api::GroupChat;
use botbox_store::{KeyValue, Space, StoreError};
use uuid::Uuid;

pub(crate) use self::error::BudgetError;
pub use self::window::PushLimits;
use self::window::{Window, system_time};

/// How long LINE knows a retry key (LINE reference, "Retrying an API request"), and a send is
/// therefore the same one.
const SAME_SEND: Duration = Duration::from_secs(24 * 3600);

/// How long a chat's number of members is believed: 10 minutes. Groups change slowly, and the
/// number is for a limit, not for a bill.
const MEMBERS_TIME: Duration = Duration::from_secs(600);

/// Of how many chats the number of members is remembered.
const MEMBERS_CHATS: usize = 1_000;

/// What is left of a channel's limits.
pub struct PushBudget {
    limits: PushLimits,
    store: Arc<dyn KeyValue>,
    space: Space,
    clock: Clock,
    members: Mutex<HashMap<Box<str>, (Instant, u32)>>,
}

/// What is used of one limit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BudgetUsage {
    /// In which time it is used: `hour` or `month`.
    pub window: &'static str,
    /// How many recipients pushes may reach in it.
    pub limit: u64,
    /// How many they have reached, or were to reach when it is not known whether they did.
    pub used: u64,
    /// When it ends, in milliseconds since the Unix epoch.
    pub ends: i64,
}

/// Who gets a message.
pub(crate) enum Recipients<'a> {
    /// So many users, or at most so many.
    Users(u64),
    /// A user, or all who are in a group or room.
    Chat(&'a str),
    /// Nobody can tell how many. What to do instead.
    Unknown(&'static str),
}

/// A send that was counted.
pub(crate) struct Counted<'a> {
    budget: &'a PushBudget,
    /// By which the store knows it.
    send: String,
    recipients: i64,
    windows: Vec<Window>,
}

impl PushBudget {
    /// The budget of a channel, as far as the store knows it.
    #[must_use]
    pub fn new(limits: PushLimits, store: Arc<dyn KeyValue>, channel: &str, clock: Clock) -> Self {
        Self {
            limits,
            store,
            space: Space::channel(channel, "push-budget"),
            clock,
            members: Mutex::default(),
        }
    }

    /// How many recipients that is, as LINE counts.
    pub(crate) async fn count(
        &self,
        client: &Client,
        recipients: Recipients<'_>,
    ) -> Result<u64, BudgetError> {
        let id = match recipients {
            Recipients::Users(count) => return Ok(count),
            Recipients::Chat(id) => id,
            Recipients::Unknown(advice) => return Err(BudgetError::Uncountable(advice)),
        };
        let chat = match id.as_bytes().first() {
            Some(b'C') => GroupChat::Group(id),
            Some(b'R') => GroupChat::Room(id),
            _ => return Ok(1),
        };
        if let Some(count) = self.remembered(id) {
            return Ok(count.into());
        }
        let count = client.member_count(chat).await?;
        self.remember(id, count);
        Ok(count.into())
    }

    /// Counts a send, unless one with this id was counted when the event was run before.
    pub(crate) async fn take(
        &self,
        recipients: u64,
        id: Uuid,
    ) -> Result<Option<Counted<'_>>, BudgetError> {
        let now = self.clock.now();
        let windows = Window::of(self.limits, now);
        if let Some(full) = windows.iter().find(|window| recipients > window.limit) {
            return Err(full.spent(recipients));
        }
        let mut counted = Counted {
            budget: self,
            send: format!("send:{id}"),
            recipients: i64::try_from(recipients).unwrap_or(i64::MAX),
            windows: Vec::new(),
        };
        let is_counted = self.store.exists(&self.space, &counted.send).await;
        if is_counted.map_err(unavailable)? {
            return Ok(None);
        }
        for window in windows {
            let sum = counted.add(&window, 1).await;
            let is_over = sum
                .as_ref()
                .is_ok_and(|sum| sum.unsigned_abs() > window.limit);
            let spent = window.spent(recipients);
            counted.windows.push(window);
            if let Err(error) = sum {
                counted.give_back().await;
                return Err(unavailable(error));
            }
            if is_over {
                counted.give_back().await;
                return Err(spent);
            }
        }
        // Last: after a crash in between, the send is counted twice, and not never.
        let (mark, expires) = (b"counted".to_vec(), Some(system_time(now) + SAME_SEND));
        let marked = self
            .store
            .set(&self.space, &counted.send, mark, expires)
            .await;
        if let Err(error) = marked {
            counted.give_back().await;
            return Err(unavailable(error));
        }
        Ok(Some(counted))
    }

    /// What is used of each limit at this time.
    ///
    /// # Errors
    ///
    /// The store's.
    pub async fn usage(&self) -> Result<Vec<BudgetUsage>, StoreError> {
        let mut usage = Vec::new();
        for window in Window::of(self.limits, self.clock.now()) {
            let used = self.store.get(&self.space, &window.key).await?;
            let used = used.and_then(|it| String::from_utf8(it).ok()?.parse().ok());
            usage.push(BudgetUsage {
                window: window.name,
                limit: window.limit,
                used: used.unwrap_or_default(),
                ends: window.end.as_millisecond(),
            });
        }
        Ok(usage)
    }

    fn remembered(&self, chat: &str) -> Option<u32> {
        let members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = members.get(chat)?;
        (self.clock.instant() < *since + MEMBERS_TIME).then_some(*count)
    }

    fn remember(&self, chat: &str, count: u32) {
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        if members.len() == MEMBERS_CHATS {
            members.clear();
        }
        members.insert(chat.into(), (self.clock.instant(), count));
    }
}

impl Counted<'_> {
    /// Uncounts the send, which was not made. What can't be uncounted stays: the limit then holds
    /// earlier, not later.
    pub(crate) async fn give_back(self) {
        let Self { budget, send, .. } = &self;
        for window in &self.windows {
            if let Err(error) = self.add(window, -1).await {
                tracing::warn!(%error, "a push that was not made stays counted");
            }
        }
        if let Err(error) = budget.store.delete(&budget.space, send).await {
            tracing::warn!(%error, "a push that was not made stays known");
        }
    }

    async fn add(&self, window: &Window, sign: i64) -> Result<i64, StoreError> {
        let Self {
            budget, recipients, ..
        } = self;
        let delta = sign.saturating_mul(*recipients);
        let sum = budget
            .store
            .increment(&budget.space, &window.key, delta, Some(window.expiry()));
        sum.await
    }
}

fn unavailable(error: StoreError) -> BudgetError {
    tracing::error!(%error, "the push budget can't be kept");
    BudgetError::Unavailable
}
