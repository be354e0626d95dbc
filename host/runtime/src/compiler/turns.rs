//! Whose component is compiled next.
//!
//! Some take minutes to be refused. So of several turns a provider has all but one at most, and the
//! next one is for who has the fewest, and among those for who has waited longest since its last.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// So many components that are compiled at a time.
pub(crate) struct Turns {
    /// How many an owner may have at a time.
    most: usize,
    state: Mutex<State>,
}

struct State {
    free: usize,
    owners: HashMap<String, Owner>,
    /// Those who came first are first.
    waiting: VecDeque<Waiter>,
    /// Counts the turns that were given.
    given: u64,
}

#[derive(Clone, Copy, Default)]
struct Owner {
    /// How many turns it has.
    held: usize,
    /// When it was given the last one.
    last: u64,
}

struct Waiter {
    owner: String,
    turn: oneshot::Sender<Turn>,
}

/// One component may be compiled until this is dropped.
pub struct Turn {
    turns: Arc<Turns>,
    owner: String,
}

impl Turns {
    pub(crate) fn new(count: usize) -> Arc<Self> {
        let count = count.max(1);
        Arc::new(Self {
            most: (count - 1).max(1),
            state: Mutex::new(State {
                free: count,
                owners: HashMap::new(),
                waiting: VecDeque::new(),
                given: 0,
            }),
        })
    }

    /// Waits for a turn.
    pub(crate) async fn take(self: &Arc<Self>, owner: &str) -> Turn {
        loop {
            let (turn, given) = oneshot::channel();
            let owner = owner.to_owned();
            self.state().waiting.push_back(Waiter { owner, turn });
            self.give();
            // The sender is only dropped with the waiter, which is with us.
            if let Ok(turn) = given.await {
                return turn;
            }
        }
    }

    /// Gives what is free to those who wait.
    fn give(self: &Arc<Self>) {
        loop {
            // Not held while a turn is sent: one that nobody receives comes back at once.
            let Some((waiter, turn)) = self.next() else {
                return;
            };
            drop(waiter.turn.send(turn));
        }
    }

    fn next(self: &Arc<Self>) -> Option<(Waiter, Turn)> {
        let mut state = self.state();
        let state = &mut *state;
        if state.free == 0 {
            return None;
        }
        state.waiting.retain(|it| !it.turn.is_closed());
        let owner = |waiter: &Waiter| state.owners.get(&waiter.owner).copied().unwrap_or_default();
        let waiting = state.waiting.iter().enumerate();
        let allowed = waiting.filter(|(_, it)| owner(it).held < self.most);
        let next = allowed.min_by_key(|(_, it)| (owner(it).held, owner(it).last));
        let index = next.map(|(index, _)| index)?;
        let waiter = state.waiting.remove(index)?;
        state.free -= 1;
        state.given += 1;
        let owner = state.owners.entry(waiter.owner.clone()).or_default();
        owner.held += 1;
        owner.last = state.given;
        let turn = Turn {
            turns: Arc::clone(self),
            owner: waiter.owner.clone(),
        };
        Some((waiter, turn))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        state.free += 1;
        if let Some(owner) = state.owners.get_mut(&self.owner) {
            owner.held -= 1;
        }
        drop(state);
        self.turns.give();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn an_owner_leaves_one_of_several_turns_to_others() {
        let turns = Turns::new(3);
        let held = [turns.take("a").await, turns.take("a").await];
        assert!(turns.take("a").now_or_never().is_none());
        let other = turns.take("b").now_or_never();
        assert!(other.is_some());
        drop(held);
        assert!(turns.take("a").now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_had_none_for_longest_is_next() {
        let turns = Turns::new(1);
        let first = turns.take("a").await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for owner in ["a", "a", "b", "a", "c", "b"] {
            let (turns, order) = (Arc::clone(&turns), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let turn = turns.take(owner).await;
                order.lock().unwrap().push(owner);
                drop(turn);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for waiter in waiting {
            waiter.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["b", "c", "a", "b", "a", "a"]);
    }

    #[tokio::test]
    async fn who_gave_up_waiting_takes_no_turn() {
        let turns = Turns::new(1);
        let first = turns.take("a").await;
        assert!(turns.take("b").now_or_never().is_none());
        drop(first);
        assert!(turns.take("c").now_or_never().is_some());
    }
}
