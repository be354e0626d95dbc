//! Things of which there is a fixed number, each held for as long as its holder likes: the slots of
//! the engine's pool, and look-ups of names.
//!
//! A fair queue alone does not keep a tenant from holding all of them: while nobody else asks, it
//! gets each, and if it holds them for half a minute, who comes next waits for that long. So where
//! there are several providers, one that holds some gets another one only while it has fewer than
//! [`REACH`] times what is free (a dynamic threshold; Choudhury and Hahne, 1998). One that takes what
//! it can get leaves a third of them free, and each further one a third of that.
//!
//! A slot comes with the memory that an attempt is expected to need, under the same rule: an attempt
//! begins when there is room for what its channel's last ones needed, so that events wait instead of
//! the host running out of memory. What an attempt takes beyond that is taken at once, or refused.

use std::collections::{BTreeSet, HashMap};
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::queue::{FairQueue, Grant, Holdings, Verdict};
use super::share::Share;

/// How many times what is free a provider may hold: 2. With more, a few greedy ones would leave
/// nothing for a newcomer; with less, much would be unused beside calm ones. One of twice the least
/// weight may hold twice as much.
const REACH: u64 = 2;

/// Things to be shared.
pub(crate) struct Pool {
    state: Mutex<State>,
    /// The memory that goes with them, in bytes.
    memory: u64,
}

struct State {
    free: u32,
    free_bytes: u64,
    /// A channel asks with those of its asks that want more, in order.
    queue: FairQueue<BTreeSet<u64>>,
    asks: HashMap<u64, Asked>,
    next_ask: u64,
}

/// What an [`Ask`] has come to.
#[derive(Default)]
struct Asked {
    wants: usize,
    granted: Vec<Grant>,
    waker: Option<Waker>,
}

/// A channel's place in the queue of a pool. Dropped, it gives back what was granted and not taken.
pub struct Ask {
    pool: Arc<Pool>,
    share: Share,
    id: u64,
}

/// Room for one attempt, with memory. Until it is dropped, it is held.
pub struct Slot {
    pool: Arc<Pool>,
    share: Share,
    grant: Grant,
    /// Bytes of the pool's memory that it has. Changed by whoever has the pool's state.
    reserved: AtomicU64,
    used: AtomicU64,
    peak: AtomicU64,
    is_unused: bool,
}

/// Bytes of a slot's memory that are held until this is dropped.
pub(crate) struct Held {
    slot: Arc<Slot>,
    bytes: u64,
}

impl Pool {
    /// `count` things, each of which takes bytes of `memory`: `first` of them before it is known how
    /// many a channel needs.
    pub(crate) fn new(count: u32, memory: u64, first: u64) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                free: count,
                free_bytes: memory,
                queue: FairQueue::new(first.min(memory)),
                asks: HashMap::new(),
                next_ask: 0,
            }),
            memory,
        })
    }

    /// Joins the queue, and asks for nothing yet.
    pub(crate) fn ask(self: &Arc<Self>, share: Share) -> Ask {
        let mut state = self.state();
        let id = state.join(share);
        Ask {
            pool: Arc::clone(self),
            share,
            id,
        }
    }

    /// Waits for one thing.
    pub(crate) async fn take(self: &Arc<Self>, share: Share) -> Slot {
        let mut ask = self.ask(share);
        loop {
            ask.want(1);
            if let Some(slot) = ask.granted().await.pop() {
                return slot;
            }
        }
    }

    /// Changes the state, and grants what can be granted then.
    fn change(&self, change: impl FnOnce(&mut State, u64)) {
        let wakers = {
            let mut state = self.state();
            let now = state.queue.now();
            change(&mut state, now);
            state.grant(now)
        };
        // Without the lock: they may run what was woken.
        wakers.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes an ask in, which wants nothing yet. From now on its provider is known.
    fn join(&mut self, share: Share) -> u64 {
        let id = self.next_ask;
        self.next_ask += 1;
        self.asks.insert(id, Asked::default());
        self.queue.ask(share, 0, 0);
        id
    }

    /// Grants while there are things free and somebody may have them. Returns whom to wake.
    fn grant(&mut self, now: u64) -> Vec<Waker> {
        let mut wakers = Vec::new();
        while self.free > 0 {
            let (free, free_bytes) = (u64::from(self.free), self.free_bytes);
            let reach = self.reach();
            let may = |provider: Holdings, need| {
                let fits = need <= free_bytes;
                if provider.held == 0 && !fits {
                    // It has a right to it, and others wait until there is room.
                    Verdict::Wait
                } else if fits
                    && (provider.held == 0
                        || reach.lets(provider, provider.held.into(), 1, free)
                            && reach.lets(provider, provider.bytes, need, free_bytes))
                {
                    Verdict::Give
                } else {
                    Verdict::Skip
                }
            };
            let Some((channel, grant)) = self.queue.give(now, may) else {
                break;
            };
            self.free -= 1;
            self.free_bytes -= grant.bytes;
            let first = channel.queue.first().copied();
            if let Some(id) = first
                && let Some(asked) = self.asks.get_mut(&id)
            {
                asked.wants -= 1;
                if asked.wants == 0 {
                    channel.queue.remove(&id);
                }
                asked.granted.push(grant);
                wakers.extend(asked.waker.take());
            }
        }
        wakers
    }

    /// How many times what is free a provider may hold, for each of its weight: any number, if there
    /// is one only.
    fn reach(&self) -> Reach {
        match self.queue.providers() {
            0 | 1 => Reach {
                times: u64::MAX,
                of: 1,
            },
            _ => Reach {
                times: REACH,
                of: self.queue.lightest().into(),
            },
        }
    }

    /// Changes how many more an ask wants.
    fn want(&mut self, share: Share, id: u64, wants: usize, now: u64) {
        let Some(asked) = self.asks.get_mut(&id) else {
            return;
        };
        let wanted = std::mem::replace(&mut asked.wants, wants);
        if wants > wanted {
            let channel = self.queue.ask(share, wants - wanted, now);
            channel.queue.insert(id);
        } else if wants < wanted {
            self.queue.withdraw(share, wanted - wants);
            if let Some(channel) = self.queue.channel(share)
                && wants == 0
            {
                channel.queue.remove(&id);
            }
        }
    }

    fn take_back(&mut self, share: Share, grant: Grant, peak: Option<u64>, now: u64) {
        self.free += 1;
        self.free_bytes += grant.bytes;
        self.queue.take_back(share, grant, peak, now);
    }
}

/// How many times what is free a provider may hold: `times`, for each `of` of its weight.
#[derive(Clone, Copy)]
struct Reach {
    times: u64,
    of: u64,
}

impl Reach {
    /// Whether a provider that holds some may have so much more.
    fn lets(self, provider: Holdings, held: u64, more: u64, free: u64) -> bool {
        let times = self.times.saturating_mul(provider.weight.into());
        held.saturating_add(more) <= free.saturating_mul(times) / self.of
    }
}

impl Ask {
    /// Says how many are wanted, with those that are granted and not taken yet.
    pub fn want(&mut self, count: usize) {
        let (share, id) = (self.share, self.id);
        self.pool.change(|state, now| {
            let granted = state.asks.get(&id).map_or(0, |it| it.granted.len());
            state.want(share, id, count.saturating_sub(granted), now);
            for _ in count..granted {
                let grant = state.asks.get_mut(&id).and_then(|it| it.granted.pop());
                if let Some(grant) = grant {
                    state.take_back(share, grant, None, now);
                }
            }
        });
    }

    /// Waits for the first of those that are wanted, and takes all that are granted by then. The
    /// others are still wanted.
    pub async fn granted(&mut self) -> Vec<Slot> {
        let grants = poll_fn(|context| {
            let mut state = self.pool.state();
            match state.asks.get_mut(&self.id) {
                Some(asked) if asked.granted.is_empty() => {
                    asked.waker = Some(context.waker().clone());
                    Poll::Pending
                }
                Some(asked) => Poll::Ready(std::mem::take(&mut asked.granted)),
                None => Poll::Pending,
            }
        });
        let grants = grants.await;
        let slot = |grant| Slot::new(&self.pool, self.share, grant);
        grants.into_iter().map(slot).collect()
    }
}

impl Drop for Ask {
    fn drop(&mut self) {
        self.want(0);
        self.pool.state().asks.remove(&self.id);
    }
}

impl Slot {
    fn new(pool: &Arc<Pool>, share: Share, grant: Grant) -> Self {
        Self {
            pool: Arc::clone(pool),
            share,
            grant,
            reserved: AtomicU64::new(grant.bytes),
            used: AtomicU64::new(0),
            peak: AtomicU64::new(0),
            is_unused: false,
        }
    }

    /// Whose it is.
    pub(crate) fn share(&self) -> Share {
        self.share
    }

    /// Gives it back unused: nothing is learned from how long it was held.
    pub fn forgo(mut self) {
        self.is_unused = true;
    }

    /// All the memory that there is for the pool's things, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.pool.memory
    }

    /// Has the next attempt of the channel begin with so many bytes.
    pub(crate) fn expect(&self, bytes: u64) {
        let bytes = bytes.min(self.pool.memory);
        self.peak.fetch_max(bytes, Ordering::Relaxed);
    }

    /// Takes bytes of memory, for as long as the slot is held. Returns false when there is no room.
    pub(crate) fn take(&self, bytes: u64) -> bool {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if used > self.reserved.load(Ordering::Relaxed) && !self.reserve(used) {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        self.peak.fetch_max(used, Ordering::Relaxed);
        true
    }

    /// Takes bytes of memory for as long as what is returned. Returns nothing when there is no room.
    pub(crate) fn hold(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        let bytes = bytes as u64;
        self.take(bytes).then(|| Held {
            slot: Arc::clone(self),
            bytes,
        })
    }

    /// Has the slot reserve so many bytes, if there is room for what it lacks.
    fn reserve(&self, bytes: u64) -> bool {
        let mut state = self.pool.state();
        let lacks = bytes.saturating_sub(self.reserved.load(Ordering::Relaxed));
        let free = state.free_bytes;
        let provider = state.queue.holdings(self.share);
        let reach = state.reach();
        let fits = lacks <= free && reach.lets(provider, provider.bytes, lacks, free);
        if fits {
            state.free_bytes -= lacks;
            state.queue.add_bytes(self.share, lacks);
            self.reserved.fetch_add(lacks, Ordering::Relaxed);
        }
        fits
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let grant = Grant {
            bytes: self.reserved.load(Ordering::Relaxed),
            ..self.grant
        };
        let peak = self.peak.load(Ordering::Relaxed);
        let peak = (!self.is_unused).then_some(peak);
        let pool = Arc::clone(&self.pool);
        pool.change(|state, now| state.take_back(self.share, grant, peak, now));
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.slot.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::super::share::Provider;
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const MIB: u64 = 1 << 20;

    /// A pool in a time of its own, whose things come back when they are due.
    struct Simulation {
        state: State,
        now: u64,
        tenants: Vec<Tenant>,
        /// What is held: until when, and by whom.
        held: Vec<(u64, usize, Grant)>,
    }

    /// Wants more than it gets, at any time.
    struct Tenant {
        share: Share,
        ask: u64,
        /// How long it holds a thing.
        holds: u64,
        /// How much memory a thing of its turns out to need.
        needs: u64,
        /// For how long it held things in all.
        time: u64,
    }

    impl Simulation {
        fn new(count: u32, memory: u64) -> Self {
            let pool = Pool::new(count, memory, MIB);
            let state = Arc::into_inner(pool).unwrap().state.into_inner().unwrap();
            Self {
                state,
                now: 0,
                tenants: Vec::new(),
                held: Vec::new(),
            }
        }

        /// Adds a tenant that wants so many things. Returns its number.
        fn tenant(&mut self, share: Share, holds: u64, wants: usize) -> usize {
            let ask = self.state.join(share);
            self.state.want(share, ask, wants, self.now);
            self.tenants.push(Tenant {
                share,
                ask,
                holds,
                needs: 0,
                time: 0,
            });
            self.settle();
            self.tenants.len() - 1
        }

        /// Grants what can be granted, and has it held.
        fn settle(&mut self) {
            self.state.grant(self.now);
            for (number, tenant) in self.tenants.iter().enumerate() {
                let asked = self.state.asks.get_mut(&tenant.ask).unwrap();
                let until = self.now + tenant.holds;
                let granted = asked.granted.drain(..);
                self.held
                    .extend(granted.map(|grant| (until, number, grant)));
            }
        }

        /// Goes on until `end`. Who gives a thing back wants another.
        fn run_until(&mut self, end: u64) {
            while let Some(next) = self.held.iter().map(|it| it.0).min()
                && next <= end
            {
                self.now = next;
                // What is due at one moment comes back one by one, as it does from tasks.
                while let Some(at) = self.held.iter().position(|it| it.0 == next) {
                    let (_, number, grant) = self.held.swap_remove(at);
                    let tenant = &mut self.tenants[number];
                    tenant.time += tenant.holds;
                    let peak = Some(tenant.needs);
                    let (share, ask) = (tenant.share, tenant.ask);
                    self.state.take_back(share, grant, peak, next);
                    let wants = self.state.asks[&ask].wants + 1;
                    self.state.want(share, ask, wants, next);
                    self.settle();
                }
            }
            self.now = end;
        }

        fn holds(&self, number: usize) -> usize {
            self.held.iter().filter(|it| it.1 == number).count()
        }

        /// The part of all time that each tenant held things.
        fn parts(&self) -> Vec<f64> {
            let all: u64 = self.tenants.iter().map(|it| it.time).sum();
            let part = |it: &Tenant| it.time as f64 / all as f64;
            self.tenants.iter().map(part).collect()
        }
    }

    fn channels<const N: usize>(weights: [u32; N]) -> [Share; N] {
        let provider = Provider::new(1);
        weights.map(|weight| provider.channel(weight))
    }

    /// What comes free at one moment is shared by weight, too.
    #[test]
    fn bursts_are_shared_by_weight() {
        for count in [1, 4, 32] {
            let mut pool = Simulation::new(count, 0);
            for share in channels([1, 9]) {
                pool.tenant(share, 10 * SECOND, 32);
            }
            pool.run_until(5_000 * SECOND);
            let light = pool.parts()[0];
            assert!((0.08..0.12).contains(&light), "{light} of {count}");
        }
    }

    /// Who holds things for long gets fewer of them.
    #[test]
    fn what_counts_is_the_time_held() {
        for count in [2, 8, 30] {
            let mut pool = Simulation::new(count, 0);
            for holds in [30 * SECOND, SECOND, SECOND / 10] {
                pool.tenant(Provider::new(1).channel(1), holds, 64);
            }
            pool.run_until(600 * SECOND);
            for part in pool.parts() {
                assert!(
                    (0.28..0.38).contains(&part),
                    "{:?} of {count}",
                    pool.parts()
                );
            }
        }
    }

    #[test]
    fn providers_come_before_channels() {
        let mut pool = Simulation::new(64, 0);
        for share in channels([1; 9]) {
            pool.tenant(share, SECOND, 64);
        }
        pool.tenant(Provider::new(1).channel(1), SECOND, 64);
        pool.tenant(Provider::new(2).channel(1), SECOND, 64);
        pool.run_until(1_000 * SECOND);
        let parts = pool.parts();
        let many: f64 = parts[..9].iter().sum();
        assert!((0.22..0.28).contains(&many), "{parts:?}");
        assert!((0.22..0.28).contains(&parts[9]), "{parts:?}");
        assert!((0.45..0.55).contains(&parts[10]), "{parts:?}");
    }

    /// Tenants whose events sleep leave room for who comes later: at once while they are few, and
    /// once they had to give back what they took first.
    #[test]
    fn a_newcomer_is_served_at_once() {
        for (providers, after) in [(1, 10), (2, 10), (5, 10), (31, 100)] {
            let mut pool = Simulation::new(1_000, 0);
            // Who is known, and asks for nothing yet.
            let share = Provider::new(1).channel(1);
            pool.tenant(share, SECOND, 0);
            for _ in 0..providers {
                let provider = Provider::new(1);
                for _ in 0..32 {
                    pool.tenant(provider.channel(1), 30 * SECOND, 32);
                }
            }
            pool.run_until(after * SECOND);
            let held = pool.held.len();
            assert!(held >= 660, "{held} are used of {providers}");
            let newcomer = pool.tenant(share, SECOND, 1);
            assert_eq!(pool.holds(newcomer), 1, "beside {providers}");
        }
    }

    #[test]
    fn the_only_provider_may_have_all() {
        for count in [1, 2, 8, 1_000] {
            let mut pool = Simulation::new(count, 0);
            let [share] = channels([1]);
            pool.tenant(share, SECOND, 2_000);
            assert_eq!(pool.held.len(), count as usize);
        }
    }

    #[test]
    fn who_comes_back_has_saved_nothing_up() {
        let mut pool = Simulation::new(4, 0);
        let [busy, calm] = channels([1, 1]);
        pool.tenant(busy, SECOND, 4);
        pool.run_until(1_000 * SECOND);
        pool.tenants[0].time = 0;
        pool.tenant(calm, SECOND, 4);
        pool.run_until(1_100 * SECOND);
        let parts = pool.parts();
        assert!((0.45..0.55).contains(&parts[1]), "{parts:?}");
    }

    /// Each that goes away hands what it got to the next one.
    #[test]
    fn many_who_wait_may_go_away() {
        let pool = Pool::new(1, 0, 0);
        let provider = Provider::new(1);
        let held = pool.take(provider.channel(1)).now_or_never().unwrap();
        let asks: Vec<_> = (0..28_000)
            .map(|_| {
                let mut ask = pool.ask(provider.channel(1));
                ask.want(1);
                ask
            })
            .collect();
        drop(held);
        drop(asks);
        assert!(pool.take(provider.channel(1)).now_or_never().is_some());
    }

    #[test]
    fn what_is_granted_is_taken_at_once_and_the_rest_still_wanted() {
        let pool = Pool::new(3, 0, 0);
        let share = Provider::new(1).channel(1);
        let mut ask = pool.ask(share);
        ask.want(5);
        let mut slots = ask.granted().now_or_never().unwrap();
        assert_eq!(slots.len(), 3);
        assert!(ask.granted().now_or_never().is_none());
        drop(slots.pop());
        drop(slots.pop());
        assert_eq!(ask.granted().now_or_never().unwrap().len(), 2);
        ask.want(0);
        drop(slots);
        assert!(pool.take(share).now_or_never().is_some());
    }

    /// What an attempt took is there before the next one begins.
    #[test]
    fn attempts_wait_for_the_memory_that_the_last_ones_took() {
        let mut pool = Simulation::new(100, 100 * MIB);
        let [share] = channels([1]);
        let hungry = pool.tenant(share, SECOND, 32);
        pool.tenants[hungry].needs = 30 * MIB;
        pool.run_until(10 * SECOND);
        assert_eq!(pool.holds(hungry), 3);
        let bytes: u64 = pool.held.iter().map(|it| it.2.bytes).sum();
        assert_eq!(bytes + pool.state.free_bytes, 100 * MIB);
    }

    /// Smaller ones do not pass a large one for ever.
    #[test]
    fn a_large_one_gets_its_room() {
        let mut pool = Simulation::new(100, 100 * MIB);
        for _ in 0..20 {
            let small = pool.tenant(Provider::new(1).channel(1), SECOND, 32);
            pool.tenants[small].needs = 4 * MIB;
        }
        pool.run_until(10 * SECOND);
        let large = pool.tenant(Provider::new(1).channel(1), SECOND, 1);
        pool.tenants[large].needs = 90 * MIB;
        pool.run_until(1_000 * SECOND);
        let time = pool.tenants[large].time;
        assert!(time > 20 * SECOND, "{time}");
    }

    #[test]
    fn memory_is_taken_while_there_is_room() {
        let pool = Pool::new(8, 10 * MIB, MIB);
        let [share, other] = channels([1, 1]);
        let slot = Arc::new(pool.take(share).now_or_never().unwrap());
        let held = slot.hold(9 << 20).unwrap();
        assert!(!slot.take(2 * MIB));
        drop(held);
        assert!(slot.take(9 * MIB));
        drop(slot);
        let slots = [share, other].map(|it| pool.take(it).now_or_never().unwrap());
        // The first one waits for what the last of its channel took.
        assert_eq!(slots[0].grant.bytes, 9 * MIB);
        assert!(!slots[1].take(2 * MIB));
    }
}
