//! The queue of a thread of the store: by priority, and within a priority fair between owners.
//!
//! The owners of a priority take turns, with one job each, so that one with many jobs does not hold up
//! another's one. The jobs that an owner may have in the queue are bounded: a caller that has gone leaves
//! its job behind, and could otherwise leave any number.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most jobs of an owner in the queue: 64, more than a batch takes of one owner beside others.
/// Further callers wait until there is room.
const JOBS: usize = 64;

/// Which jobs go first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Priority {
    /// Webhooks, which LINE waits for, and what the host itself keeps.
    High,
    /// Claims and settlements.
    Normal,
    /// The rest: what tenants and operators do.
    Low,
}

impl Priority {
    pub(super) const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];
}

/// The queue. Owners have names.
pub(super) struct JobQueue<J> {
    state: Mutex<State<J>>,
    arrived: Condvar,
}

struct State<J> {
    owners: Vec<Owner<J>>,
    by_name: HashMap<Box<str>, usize>,
    /// By priority: the owners that have jobs, by their turns.
    turns: [VecDeque<usize>; 3],
    is_closed: bool,
}

struct Owner<J> {
    room: Arc<Semaphore>,
    /// By priority, with the room that each takes.
    jobs: [VecDeque<(J, OwnedSemaphorePermit)>; 3],
}

impl<J> JobQueue<J> {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                owners: Vec::new(),
                by_name: HashMap::new(),
                turns: Default::default(),
                is_closed: false,
            }),
            arrived: Condvar::new(),
        }
    }

    /// Queues a job, once its owner has room for it. The job is dropped if the queue is closed.
    pub(super) async fn send(&self, owner: &str, priority: Priority, job: J) {
        let room = Arc::clone(&self.lock().owner(owner).room);
        // The semaphore is never closed.
        let Ok(permit) = room.acquire_owned().await else {
            return;
        };
        let mut state = self.lock();
        if state.is_closed {
            return;
        }
        state.push(owner, priority, job, permit);
        drop(state);
        self.arrived.notify_one();
    }

    /// Takes the next job of a priority, if one waits.
    pub(super) fn take(&self, priority: Priority) -> Option<J> {
        self.lock().take(priority)
    }

    /// Takes the next job of the highest priority, once there is one. `None` when the queue is closed and
    /// empty.
    pub(super) fn next(&self) -> Option<J> {
        self.wait(&Priority::ALL, None);
        let mut state = self.lock();
        Priority::ALL.into_iter().find_map(|it| state.take(it))
    }

    /// Waits until a job of these priorities waits, the queue is closed, or the time has come. Returns
    /// whether a job waits.
    pub(super) fn wait(&self, priorities: &[Priority], until: Option<Instant>) -> bool {
        let mut state = self.lock();
        loop {
            let has_jobs = |it: &Priority| !state.turns[*it as usize].is_empty();
            if priorities.iter().any(has_jobs) {
                return true;
            }
            if state.is_closed {
                return false;
            }
            let waited = match until {
                None => self.arrived.wait(state),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    let waited = self.arrived.wait_timeout(state, left);
                    waited
                        .map(|(state, _)| state)
                        .map_err(|error| PoisonError::new(error.into_inner().0))
                }
            };
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes no more jobs.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.arrived.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Takes no more jobs, and drops those that wait.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.turns = Default::default();
        let owners = std::mem::take(&mut state.owners);
        state.by_name.clear();
        drop(state);
        drop(owners);
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J> State<J> {
    /// The owner with a name. Owners stay: there are as many as channels.
    fn owner(&mut self, name: &str) -> &mut Owner<J> {
        let index = self.index(name);
        &mut self.owners[index]
    }

    fn index(&mut self, name: &str) -> usize {
        if let Some(&index) = self.by_name.get(name) {
            return index;
        }
        let index = self.owners.len();
        self.owners.push(Owner {
            room: Arc::new(Semaphore::new(JOBS)),
            jobs: Default::default(),
        });
        self.by_name.insert(name.into(), index);
        index
    }

    fn push(&mut self, owner: &str, priority: Priority, job: J, permit: OwnedSemaphorePermit) {
        let index = self.index(owner);
        let jobs = &mut self.owners[index].jobs[priority as usize];
        if jobs.is_empty() {
            self.turns[priority as usize].push_back(index);
        }
        jobs.push_back((job, permit));
    }

    fn take(&mut self, priority: Priority) -> Option<J> {
        let turns = &mut self.turns[priority as usize];
        let index = turns.pop_front()?;
        let jobs = &mut self.owners[index].jobs[priority as usize];
        let (job, _) = jobs.pop_front()?;
        if !jobs.is_empty() {
            turns.push_back(index);
        }
        Some(job)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    fn send(queue: &JobQueue<&'static str>, owner: &str, priority: Priority, job: &'static str) {
        queue.send(owner, priority, job).now_or_never().unwrap();
    }

    #[test]
    fn priorities_go_first_and_owners_by_turns() {
        let queue = JobQueue::new();
        for job in ["a1", "a2", "a3"] {
            send(&queue, "a", Priority::High, job);
        }
        send(&queue, "b", Priority::Low, "b low");
        send(&queue, "b", Priority::High, "b1");
        send(&queue, "c", Priority::Normal, "c normal");
        let order: Vec<_> = (0..6).filter_map(|_| queue.next()).collect();
        assert_eq!(order, ["a1", "b1", "a2", "a3", "c normal", "b low"]);
        assert!(queue.take(Priority::High).is_none());
    }

    #[test]
    fn an_owner_that_fills_the_queue_waits_alone() {
        let queue = JobQueue::new();
        for _ in 0..JOBS {
            send(&queue, "a", Priority::High, "a");
        }
        let mut waits = Box::pin(queue.send("a", Priority::Normal, "waits"));
        assert!((&mut waits).now_or_never().is_none());
        send(&queue, "b", Priority::Low, "b");
        assert_eq!(queue.take(Priority::Low), Some("b"));
        assert_eq!(queue.take(Priority::High), Some("a"));
        assert!(waits.now_or_never().is_some());
        assert_eq!(queue.take(Priority::Normal), Some("waits"));
    }

    #[test]
    fn a_closed_queue_hands_out_what_waits_and_takes_no_more() {
        let queue = JobQueue::new();
        send(&queue, "a", Priority::High, "before");
        queue.close();
        send(&queue, "a", Priority::High, "behind");
        assert_eq!(queue.next(), Some("before"));
        assert_eq!(queue.next(), None);
        let soon = Instant::now() + Duration::from_millis(1);
        assert!(!JobQueue::<()>::new().wait(&Priority::ALL, Some(soon)));
    }
}
