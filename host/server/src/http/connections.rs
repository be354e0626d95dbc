//! The connections of a listener: a bounded number, of which those are closed first that keep the
//! host waiting.
//!
//! A connection waits for its client while it is idle, in a request's head, or in its body. When
//! there are as many as may be, the one that has waited for longest makes room for a new one. So a
//! client that opens thousands shuts nobody out: a webhook of LINE's needs its connection for
//! milliseconds. A connection whose request is being answered is never closed for another one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How long a connection may be idle: 75 s. Proxies keep theirs for 60 s, and lose the request that
/// they send on one that the host closes first.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// How long a request's head may take from its first byte: 10 s. LINE sends it at once.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a request's body may take. Who takes bodies may be stricter.
const BODY_TIME: Duration = Duration::from_secs(30);

/// How long an answer may take, until its client has read it but for what is in buffers: 300 s. A
/// client that does not read would have it for ever.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(300);

/// All connections of a listener.
pub(super) struct Connections {
    limit: usize,
    state: Mutex<State>,
    /// Told when there may be room.
    changed: Notify,
}

#[derive(Default)]
struct State {
    open: usize,
    /// The number that the next waiting one gets.
    next: u64,
    /// Those that wait for their clients, in the order in which they began to.
    waiting: BTreeMap<u64, Arc<Notify>>,
}

/// One connection. It counts until it is dropped, or closed for another one.
pub(super) struct Connection {
    all: Arc<Connections>,
    phase: Mutex<Phase>,
    /// Told when it is closed for another one.
    evicted: Arc<Notify>,
}

struct Phase {
    activity: Activity,
    since: Instant,
    /// Its number among those that wait.
    waiting: Option<u64>,
}

#[derive(Clone, Copy, PartialEq)]
enum Activity {
    Idle,
    Head,
    Body,
    Answer,
}

impl Connections {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Counts a new connection, closing another one if it must. Waits while all that there may be
    /// are being answered.
    pub(super) async fn admit(self: &Arc<Self>) -> Arc<Connection> {
        loop {
            if let Some(connection) = self.try_admit() {
                return connection;
            }
            self.changed.notified().await;
        }
    }

    fn try_admit(self: &Arc<Self>) -> Option<Arc<Connection>> {
        let evicted = Arc::new(Notify::new());
        let mut state = self.state();
        if state.open >= self.limit {
            let (_, longest) = state.waiting.pop_first()?;
            longest.notify_one();
            state.open -= 1;
        }
        state.open += 1;
        let waiting = state.wait(&evicted);
        drop(state);
        Some(Arc::new(Connection {
            all: Arc::clone(self),
            phase: Mutex::new(Phase {
                activity: Activity::Idle,
                since: Instant::now(),
                waiting: Some(waiting),
            }),
            evicted,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole at any time.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, evicted: &Arc<Notify>) -> u64 {
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, Arc::clone(evicted));
        number
    }
}

impl Connection {
    /// Bytes have come.
    pub(super) fn received(&self) {
        let mut phase = self.phase();
        if phase.activity == Activity::Idle {
            phase.activity = Activity::Head;
            phase.since = Instant::now();
        }
    }

    /// A request has begun. Returns whether it is to be answered: not on a connection that was
    /// closed for another one.
    pub(super) fn begin(&self, has_body: bool) -> bool {
        self.change(match has_body {
            true => Activity::Body,
            false => Activity::Answer,
        })
    }

    /// The request's body is there. Returns whether it is to be answered.
    pub(super) fn answer(&self) -> bool {
        self.change(Activity::Answer)
    }

    /// The request is answered.
    pub(super) fn become_idle(&self) {
        self.change(Activity::Idle);
        self.all.changed.notify_one();
    }

    /// Waits until the connection is closed for another one.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// Waits until what it does has taken too long.
    pub(super) async fn overdue(&self) {
        let mut timer = std::pin::pin!(sleep_until(self.deadline()));
        std::future::poll_fn(|context| {
            loop {
                // Whatever moves the deadline polls this, too.
                let deadline = self.deadline();
                if deadline < timer.deadline() {
                    timer.as_mut().reset(deadline);
                }
                std::task::ready!(timer.as_mut().poll(context));
                if self.deadline() <= timer.deadline() {
                    return std::task::Poll::Ready(());
                }
                timer.as_mut().reset(self.deadline());
            }
        })
        .await;
    }

    fn deadline(&self) -> Instant {
        let phase = self.phase();
        phase.since
            + match phase.activity {
                Activity::Idle => IDLE_TIME,
                Activity::Head => HEAD_TIME,
                Activity::Body => BODY_TIME,
                Activity::Answer => ANSWER_TIME,
            }
    }

    /// Returns false, and changes nothing, when the connection was closed for another one.
    fn change(&self, activity: Activity) -> bool {
        let mut phase = self.phase();
        let mut all = self.all.state();
        if let Some(number) = phase.waiting
            && all.waiting.remove(&number).is_none()
        {
            return false;
        }
        *phase = Phase {
            activity,
            since: Instant::now(),
            waiting: (activity != Activity::Answer).then(|| all.wait(&self.evicted)),
        };
        true
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        // The phase is whole at any time.
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let waiting = self.phase().waiting;
        let mut all = self.all.state();
        let is_counted = waiting.is_none_or(|number| all.waiting.remove(&number).is_some());
        if is_counted {
            all.open -= 1;
            drop(all);
            self.all.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn is_evicted(connection: &Connection) -> bool {
        connection.evicted().now_or_never().is_some()
    }

    #[test]
    fn the_one_that_waits_for_longest_makes_room() {
        let all = Connections::new(3);
        let [first, second, third] = [(); 3].map(|()| all.try_admit().unwrap());
        // The first one has had a request meanwhile, and the second has sent half a head.
        assert!(first.begin(false));
        first.become_idle();
        second.received();
        let fourth = all.try_admit().unwrap();
        assert!(is_evicted(&second));
        assert!(!second.begin(false), "its request comes too late");
        drop(second);
        let fifth = all.try_admit().unwrap();
        assert!(is_evicted(&third) && !is_evicted(&first) && !is_evicted(&fourth));
        assert_eq!(all.state().open, 3);
        drop((first, third, fourth, fifth));
        assert_eq!(all.state().open, 0);
        assert!(all.state().waiting.is_empty());
    }

    #[test]
    fn an_answer_is_never_cut_for_another_connection() {
        let all = Connections::new(2);
        let [answered, sends_a_body] = [(); 2].map(|()| all.try_admit().unwrap());
        assert!(answered.begin(false));
        assert!(sends_a_body.begin(true));
        let third = all.try_admit().unwrap();
        assert!(is_evicted(&sends_a_body));
        assert!(!sends_a_body.answer(), "its body is not taken any more");
        assert!(third.begin(true) && third.answer());
        assert!(all.try_admit().is_none());
        answered.become_idle();
        assert!(all.try_admit().is_some());
    }
}
