//! The threads on which plugins run, and which attempt each of them runs next.
//!
//! A plugin that computes holds up whatever shares its thread. So plugins have threads of their own, as many
//! as can compute at a time, and the threads that serve webhooks, the journal and connections never wait
//! behind one. An attempt is a task: what it waits for wakes it, and it then waits for its turn in a fair
//! queue of the channels, by the time for which they had these threads. A running plugin yields its thread at
//! each [`TICK`], and goes on when it is next again: so a light channel's event waits for a tick at most,
//! however much others compute.
//!
//! The threads have the priority of all others, and longer time slices ([`slices`](super::slices)). A lower
//! priority (`nice` 5) was tried: beside busy processes, they were preempted while they held the queue's lock, or
//! during a turn, and whoever woke a task waited for them, for seconds.

use std::any::Any;
use std::collections::VecDeque;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_task::{Runnable, Task};
use futures_util::FutureExt;
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Handle;
use wasmtime::{Engine, EngineWeak};

use super::queue::{Admission, FairQueue};
use super::share::{Provider, Share};
use super::slices::ask_for_long_slices;
use crate::cpu::CpuMeter;

/// How often a running plugin stops to let others run and to have its processor time looked at: 1 ms.
/// An event has a handful of turns, and is to be answered in some milliseconds; stopping takes
/// microseconds.
const TICK: Duration = Duration::from_millis(1);

/// The same while no plugin runs: 10 ms, for each tick is a little work.
const IDLE_TICK: Duration = Duration::from_millis(10);

/// Threads that run attempts. Dropping it ends them, and drops what waits for its turn: whoever drops
/// the runtime knows that no attempt holds anything any more.
pub(crate) struct Compute {
    threads: Arc<Threads>,
    workers: Vec<JoinHandle<()>>,
}

struct Threads {
    state: Mutex<State>,
    has_work: Condvar,
    /// How many run something.
    running: AtomicUsize,
}

struct State {
    queue: FairQueue<VecDeque<Runnable<Job>>>,
    /// How many wait for work.
    idle: usize,
    is_closed: bool,
}

/// Whose task it is.
pub(crate) struct Job {
    share: Share,
    /// Counts its processor time.
    meter: CpuMeter,
}

/// What a panic left.
pub(crate) type Panic = Box<dyn Any + Send>;

impl Compute {
    /// Starts so many threads, whose tasks can use the `tokio` runtime.
    pub(crate) fn start(count: usize, engine: &Engine, tokio: &Handle) -> io::Result<Self> {
        let threads = Arc::new(Threads {
            state: Mutex::new(State {
                queue: FairQueue::new(0),
                idle: 0,
                is_closed: false,
            }),
            has_work: Condvar::new(),
            running: AtomicUsize::new(0),
        });
        let mut compute = Self {
            threads: Arc::clone(&threads),
            workers: Vec::with_capacity(count),
        };
        for number in 0..count {
            let (threads, tokio) = (Arc::clone(&threads), tokio.clone());
            let worker = thread::Builder::new()
                .name(format!("compute-{number}"))
                .spawn(move || {
                    ask_for_long_slices();
                    let _entered = tokio.enter();
                    threads.work();
                })?;
            compute.workers.push(worker);
        }
        let engine = engine.weak();
        thread::Builder::new()
            .name(String::from("epoch-ticker"))
            .spawn(move || threads.tick(&engine))?;
        Ok(compute)
    }

    /// Gives a provider another weight.
    pub(crate) fn set_provider_weight(&self, provider: Provider) {
        let mut state = self.threads.state();
        let now = state.queue.now();
        state.queue.set_provider_weight(provider, now);
    }

    /// Gives a channel another weight.
    pub(crate) fn set_channel_weight(&self, share: Share) {
        let mut state = self.threads.state();
        let now = state.queue.now();
        state.queue.set_channel_weight(share, now);
    }

    /// Runs a task for a channel. Whoever drops the task ends it.
    pub(crate) fn spawn<F>(
        &self,
        share: Share,
        meter: CpuMeter,
        future: F,
    ) -> Task<Result<F::Output, Panic>, Job>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let threads = Arc::clone(&self.threads);
        let future = AssertUnwindSafe(future).catch_unwind();
        let (runnable, task) = async_task::Builder::new()
            .metadata(Job { share, meter })
            .spawn(|_| future, move |runnable| threads.queue(runnable));
        runnable.schedule();
        task
    }
}

impl Drop for Compute {
    fn drop(&mut self) {
        self.threads.state().is_closed = true;
        self.threads.has_work.notify_all();
        for worker in self.workers.drain(..) {
            // An attempt that drops this can't wait for the thread that runs it.
            if worker.thread().id() != thread::current().id() {
                // The panic goes to whoever waits for the attempt.
                drop(worker.join());
            }
        }
        while let Some(waiting) = self.threads.next_waiting() {
            drop(waiting);
        }
    }
}

impl Threads {
    /// Queues a task. Without threads, it is dropped.
    fn queue(&self, runnable: Runnable<Job>) {
        let mut state = self.state();
        if state.is_closed {
            drop(state);
            return;
        }
        let now = state.queue.now();
        let share = runnable.metadata().share;
        state.queue.ask(share, 1, now).queue.push_back(runnable);
        let has_idle = state.idle > 0;
        drop(state);
        if has_idle {
            self.has_work.notify_one();
        }
    }

    /// Takes the task that has waited longest, without charging anybody.
    fn next_waiting(&self) -> Option<Runnable<Job>> {
        let mut state = self.state();
        let now = state.queue.now();
        let (channel, _) = state.queue.allocate(now, |_, _| Admission::Admit)?;
        channel.queue.pop_front()
    }

    /// Runs what is next, until the threads are to end.
    fn work(&self) {
        let mut spent = thread_time();
        let mut state = self.state();
        while !state.is_closed {
            let now = state.queue.now();
            let next = state.queue.allocate(now, |_, _| Admission::Admit);
            let Some((channel, allocation)) = next else {
                state.idle += 1;
                let woken = self.has_work.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
                continue;
            };
            let runnable = channel.queue.pop_front();
            drop(state);
            let mut ran = None;
            if let Some(runnable) = runnable {
                let Job { share, meter } = runnable.metadata();
                let (share, meter) = (*share, meter.clone());
                self.running.fetch_add(1, Ordering::Relaxed);
                runnable.run();
                self.running.fetch_sub(1, Ordering::Relaxed);
                let before = std::mem::replace(&mut spent, thread_time());
                meter.add(spent.saturating_sub(before));
                ran = Some(share);
            }
            state = self.state();
            if let Some(share) = ran {
                let now = state.queue.now();
                state.queue.release(share, allocation, Some(0), now);
            }
        }
    }

    /// Advances the engine's epoch until there are no threads any more, or no engine. It has a thread of its
    /// own: a task would be held up just when it is needed.
    fn tick(&self, engine: &EngineWeak) {
        while !self.state().is_closed
            && let Some(engine) = engine.upgrade()
        {
            engine.increment_epoch();
            drop(engine);
            let is_idle = self.running.load(Ordering::Relaxed) == 0;
            thread::sleep(if is_idle { IDLE_TICK } else { TICK });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// This thread's processor time in nanoseconds.
fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Never negative, and 64 bits last for centuries.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
