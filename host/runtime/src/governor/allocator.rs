//! What is free of a pool, and who gets the next of it.
//!
//! A fair queue alone does not keep a tenant from holding everything: while nobody else asks, it gets every
//! slot, and if it holds them for half a minute, the next tenant waits for that long. So where there are
//! several providers, one that holds some gets another one only while it has fewer than [`ALPHA`] times what
//! is free (a dynamic threshold; Choudhury and Hahne, 1998). One that takes what it can get leaves a third of
//! them free, and each further one a third of that.
//!
//! A waiter has turns: how many of its slots are held at a time. It may want more than it has turns free, and
//! asks for them as they come back. So when many slots come free together, each goes to who is next by then, and
//! not to who happened to have a turn free before.
//!
//! Memory goes with a pool's slots under the same rule: a slot is allocated when there is room for
//! what the channel's last ones needed.
//!
//! What a channel keeps in a place of the pool until its next event counts as free ([`idle`](super::idle)): who is
//! granted the place has it dropped.
//!
//! It has no lock and no clock of its own, so that tests run hours of it in a moment.

use std::collections::{BTreeSet, HashMap};
use std::task::Waker;
use std::time::Instant;

use super::idle::{Content, Eviction, Idle, Kept};
use super::queue::{Admission, Allocation, FairQueue, Usage};
use super::share::{Provider, Share};

/// How many times what is free a provider may hold: 2. With more, a few greedy ones would leave
/// nothing for a newcomer; with less, much would be unused beside calm ones. One of twice the least
/// weight may hold twice as much.
const ALPHA: u64 = 2;

/// What is free, and who waits. Times are nanoseconds of [`now`](Self::now).
pub(super) struct Allocator {
    free: u32,
    free_bytes: u64,
    /// A channel asks on behalf of those of its waiters that want more, in order.
    queue: FairQueue<BTreeSet<u64>>,
    waiters: HashMap<u64, Waiter>,
    next_waiter: u64,
    /// What is kept in places that are neither held nor free.
    idle: Idle,
}

/// Who wants slots, and what it got.
struct Waiter {
    share: Share,
    wants: usize,
    /// How many of those the queue knows of: as many as there are turns for.
    asks: usize,
    /// How many turns there are.
    limit: usize,
    /// How many of them are taken: each slot has one, from when it is granted on.
    taken: usize,
    granted: Vec<Grant>,
    waker: Option<Waker>,
}

/// A slot that a waiter got.
pub(super) struct Grant {
    pub(super) allocation: Allocation,
    /// What makes room for it.
    pub(super) eviction: Eviction,
}

impl Waiter {
    fn new(share: Share) -> Self {
        Self {
            share,
            wants: 0,
            asks: 0,
            limit: usize::MAX,
            taken: 0,
            granted: Vec::new(),
            waker: None,
        }
    }
}

impl Allocator {
    /// Of `count` slots and `memory` bytes, of which the first slot of a channel gets `first`.
    pub(super) fn new(count: u32, memory: u64, first: u64) -> Self {
        Self {
            free: count,
            free_bytes: memory,
            queue: FairQueue::new(first.min(memory)),
            waiters: HashMap::new(),
            next_waiter: 0,
            idle: Idle::default(),
        }
    }

    /// Nanoseconds since it was made.
    pub(super) fn now(&self) -> u64 {
        self.queue.now()
    }

    /// Adds a waiter, which wants nothing yet. From now on its provider is known.
    pub(super) fn join(&mut self, share: Share) -> u64 {
        let id = self.next_waiter;
        self.next_waiter += 1;
        self.waiters.insert(id, Waiter::new(share));
        self.queue.ask(share, 0, 0);
        id
    }

    /// Gives a provider another weight.
    pub(super) fn set_provider_weight(&mut self, provider: Provider, now: u64) {
        self.queue.set_provider_weight(provider, now);
    }

    /// Gives a channel another weight.
    pub(super) fn set_channel_weight(&mut self, share: Share, now: u64) {
        self.queue.set_channel_weight(share, now);
    }

    /// Removes a waiter, which wants nothing any more.
    pub(super) fn leave(&mut self, id: u64) {
        self.waiters.remove(&id);
    }

    /// Sets how many slots a waiter wants, including those that it got and did not take yet. Returns those
    /// that it has too many, to be released.
    pub(super) fn want(&mut self, share: Share, id: u64, count: usize, now: u64) -> Vec<Grant> {
        let Some(waiter) = self.waiters.get_mut(&id) else {
            return Vec::new();
        };
        let unused = waiter.granted.split_off(waiter.granted.len().min(count));
        waiter.wants = count - waiter.granted.len();
        self.ask(share, id, now);
        unused
    }

    /// Sets how many turns a waiter has: how many slots are held at a time of those that it took. What is taken
    /// stays taken.
    pub(super) fn limit(&mut self, share: Share, id: u64, turns: usize, now: u64) {
        if let Some(waiter) = self.waiters.get_mut(&id) {
            waiter.limit = turns;
            self.ask(share, id, now);
        }
    }

    /// Takes one of a waiter's turns, even if there is none left.
    pub(super) fn take_turn(&mut self, share: Share, id: u64, now: u64) {
        if let Some(waiter) = self.waiters.get_mut(&id) {
            waiter.taken += 1;
            self.ask(share, id, now);
        }
    }

    /// Takes a turn back.
    pub(super) fn release_turn(&mut self, share: Share, id: u64, now: u64) {
        if let Some(waiter) = self.waiters.get_mut(&id) {
            waiter.taken = waiter.taken.saturating_sub(1);
            self.ask(share, id, now);
        }
    }

    /// Has the queue know how many slots a waiter may have by now.
    fn ask(&mut self, share: Share, id: u64, now: u64) {
        let Some(waiter) = self.waiters.get_mut(&id) else {
            return;
        };
        let asks = waiter.wants.min(waiter.limit.saturating_sub(waiter.taken));
        let asked = std::mem::replace(&mut waiter.asks, asks);
        if asks > asked {
            let channel = self.queue.ask(share, asks - asked, now);
            channel.queue.insert(id);
        } else if asks < asked {
            self.queue.withdraw(share, asked - asks);
            if let Some(channel) = self.queue.channel(share)
                && asks == 0
            {
                channel.queue.remove(&id);
            }
        }
    }

    /// Allocates while there are slots free and somebody may have them. Returns whom to wake.
    pub(super) fn allocate(&mut self, now: u64) -> Vec<Waker> {
        let mut wakers = Vec::new();
        loop {
            let free = u64::from(self.free) + self.idle.count() as u64;
            let free_bytes = self.free_bytes + self.idle.bytes();
            if free == 0 {
                break;
            }
            let threshold = self.threshold();
            let admit = |provider: Usage, need| {
                let fits = need <= free_bytes;
                if provider.held == 0 && !fits {
                    // It has a right to one, and others wait until there is room.
                    Admission::Wait
                } else if fits
                    && (provider.held == 0
                        || threshold.allows(provider, provider.held.into(), 1, free)
                            && threshold.allows(provider, provider.bytes, need, free_bytes))
                {
                    Admission::Admit
                } else {
                    Admission::Skip
                }
            };
            let Some((channel, allocation)) = self.queue.allocate(now, admit) else {
                break;
            };
            let first = channel.queue.first().copied();
            let Some((id, waiter)) = first.and_then(|id| Some((id, self.waiters.get_mut(&id)?)))
            else {
                // Who asks is in the queue.
                break;
            };
            waiter.wants -= 1;
            waiter.asks -= 1;
            waiter.taken += 1;
            if waiter.asks == 0 {
                channel.queue.remove(&id);
            }
            wakers.extend(waiter.waker.take());
            let mut eviction = Eviction::default();
            if self.free > 0 {
                self.free -= 1;
            } else if let Some(kept) = self.idle.take_for(waiter.share) {
                eviction.add(kept, &mut self.free_bytes);
                // The grant has it.
                eviction.places -= 1;
            }
            eviction.make_room(
                waiter.share,
                &mut self.idle,
                &mut self.free_bytes,
                allocation.bytes,
            );
            self.free_bytes -= allocation.bytes;
            waiter.granted.push(Grant {
                allocation,
                eviction,
            });
        }
        wakers
    }

    /// Takes what a waiter got. When that is nothing, `waker` is woken once there is something.
    pub(super) fn granted(&mut self, id: u64, waker: &Waker) -> Option<Vec<Grant>> {
        let waiter = self.waiters.get_mut(&id)?;
        if waiter.granted.is_empty() {
            waiter.waker = Some(waker.clone());
            return None;
        }
        Some(std::mem::take(&mut waiter.granted))
    }

    /// Takes a slot of a waiter back, and its turn. `peak` is the most memory that its holder used, in bytes;
    /// `None` if it was not used.
    pub(super) fn release(
        &mut self,
        share: Share,
        id: u64,
        allocation: Allocation,
        peak: Option<u64>,
        now: u64,
    ) {
        self.free += 1;
        self.free_bytes += allocation.bytes;
        self.queue.release(share, allocation, peak, now);
        self.release_turn(share, id, now);
    }

    /// Gives a holder more memory, if there is room. Returns what makes it.
    pub(super) fn add_bytes(&mut self, share: Share, bytes: u64) -> Option<Eviction> {
        let provider = self.queue.usage(share);
        let free = self.free_bytes + self.idle.bytes();
        let threshold = self.threshold();
        let fits = bytes <= free && threshold.allows(provider, provider.bytes, bytes, free);
        fits.then(|| {
            let mut eviction = Eviction::default();
            eviction.make_room(share, &mut self.idle, &mut self.free_bytes, bytes);
            self.free_bytes -= bytes;
            self.queue.add_bytes(share, bytes);
            eviction
        })
    }

    /// Counts places in which nothing is kept any more.
    pub(super) fn add_places(&mut self, count: u32) {
        self.free += count;
    }

    /// Takes a slot back in whose place something is kept. Returns whether that is the first to end.
    pub(super) fn keep(
        &mut self,
        waiter: u64,
        allocation: Allocation,
        peak: u64,
        kept: Kept,
        now: u64,
    ) -> bool {
        self.free_bytes += allocation.bytes.saturating_sub(kept.bytes);
        let (share, end) = (kept.share, kept.end);
        self.queue.release(share, allocation, Some(peak), now);
        self.idle.insert(kept);
        self.release_turn(share, waiter, now);
        self.idle.first_end() == Some(end)
    }

    /// Keeps on what made room for a slot that was not used, and was taken back. Returns that for which there is
    /// no room any more.
    pub(super) fn restore(&mut self, eviction: Eviction) -> Eviction {
        self.free += eviction.places;
        let mut rest = Eviction::default();
        for kept in eviction.kept {
            // Until it is dropped, it has its place.
            self.free -= 1;
            if kept.bytes <= self.free_bytes {
                self.free_bytes -= kept.bytes;
                self.idle.insert(kept);
            } else {
                rest.kept.push(kept);
                rest.places += 1;
            }
        }
        rest
    }

    /// Takes what a channel kept last, of what is wanted, out of its place and into the place of a slot that
    /// the channel holds.
    pub(super) fn take_kept(
        &mut self,
        share: Share,
        is_wanted: impl Fn(&Content) -> bool,
    ) -> Option<Content> {
        let kept = self.idle.take(share, is_wanted)?;
        self.free += 1;
        self.free_bytes += kept.bytes;
        Some(kept.content)
    }

    /// Has all that a channel keeps dropped.
    pub(super) fn evict_channel(&mut self, share: Share) -> Eviction {
        let mut eviction = Eviction::default();
        while let Some(kept) = self.idle.take(share, |_| true) {
            eviction.add(kept, &mut self.free_bytes);
        }
        eviction
    }

    /// Has dropped what was kept until `now`.
    pub(super) fn evict_ended(&mut self, now: Instant) -> Eviction {
        let mut eviction = Eviction::default();
        while let Some(kept) = self.idle.take_ended(now) {
            eviction.add(kept, &mut self.free_bytes);
        }
        eviction
    }

    /// When the first of what is kept ends.
    pub(super) fn first_end(&self) -> Option<Instant> {
        self.idle.first_end()
    }

    /// What a provider may hold: anything, if it is the only one.
    fn threshold(&self) -> Threshold {
        match self.queue.providers() {
            0 | 1 => Threshold {
                alpha: u64::MAX,
                weight: 1,
            },
            _ => Threshold {
                alpha: ALPHA,
                weight: self.queue.lightest().into(),
            },
        }
    }
}

/// A provider may hold `alpha` times what is free, for each `weight` of its weight.
#[derive(Clone, Copy)]
struct Threshold {
    alpha: u64,
    weight: u64,
}

impl Threshold {
    /// Whether a provider that holds some may have so much more.
    fn allows(self, provider: Usage, held: u64, more: u64, free: u64) -> bool {
        let alpha = self.alpha.saturating_mul(provider.weight.into());
        held.saturating_add(more) <= free.saturating_mul(alpha) / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const MIB: u64 = 1 << 20;

    /// A pool in a time of its own, whose slots come back when they are due.
    struct Simulation {
        allocator: Allocator,
        now: u64,
        tenants: Vec<Tenant>,
        /// What is held: until when, and by whom.
        held: Vec<(u64, usize, Allocation)>,
    }

    /// Wants more than it gets, at any time.
    struct Tenant {
        share: Share,
        waiter: u64,
        /// How long it holds a slot.
        holds: u64,
        /// How much memory one turns out to need.
        needs: u64,
        /// For how long it held slots in all.
        time: u64,
    }

    impl Simulation {
        fn new(count: u32, memory: u64) -> Self {
            Self {
                allocator: Allocator::new(count, memory, MIB),
                now: 0,
                tenants: Vec::new(),
                held: Vec::new(),
            }
        }

        /// Adds a tenant that wants so many slots. Returns its number.
        fn tenant(&mut self, share: Share, holds: u64, wants: usize) -> usize {
            let waiter = self.allocator.join(share);
            self.allocator.want(share, waiter, wants, self.now);
            self.tenants.push(Tenant {
                share,
                waiter,
                holds,
                needs: 0,
                time: 0,
            });
            self.settle();
            self.tenants.len() - 1
        }

        /// Grants what can be granted, and has it held.
        fn settle(&mut self) {
            self.allocator.allocate(self.now);
            for (number, tenant) in self.tenants.iter().enumerate() {
                let waiter = self.allocator.waiters.get_mut(&tenant.waiter).unwrap();
                let until = self.now + tenant.holds;
                let granted = waiter.granted.drain(..);
                self.held
                    .extend(granted.map(|it| (until, number, it.allocation)));
            }
        }

        /// Goes on until `end`. Who gives a slot back wants another.
        fn run_until(&mut self, end: u64) {
            while let Some(next) = self.held.iter().map(|it| it.0).min()
                && next <= end
            {
                self.now = next;
                // What is due at one moment comes back one by one, as it does from tasks.
                while let Some(at) = self.held.iter().position(|it| it.0 == next) {
                    let (_, number, allocation) = self.held.swap_remove(at);
                    let tenant = &mut self.tenants[number];
                    tenant.time += tenant.holds;
                    let peak = Some(tenant.needs);
                    let (share, waiter) = (tenant.share, tenant.waiter);
                    self.allocator
                        .release(share, waiter, allocation, peak, next);
                    let wants = self.allocator.waiters[&waiter].wants + 1;
                    self.allocator.want(share, waiter, wants, next);
                    self.settle();
                }
            }
            self.now = end;
        }

        fn holds(&self, number: usize) -> usize {
            self.held.iter().filter(|it| it.1 == number).count()
        }

        /// The part of all time that each tenant held slots.
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

    /// So it is when each may hold a number of them only, and asks anew some time after they came free.
    #[test]
    fn bursts_are_shared_by_weight_within_turns() {
        for count in [4, 32] {
            let mut pool = Simulation::new(count, 0);
            for share in channels([1, 9]) {
                let number = pool.tenant(share, 10 * SECOND, 0);
                let waiter = pool.tenants[number].waiter;
                pool.allocator.limit(share, waiter, 32, 0);
            }
            for moment in 0..5_000 {
                for number in 0..2 {
                    let (share, waiter) = (pool.tenants[number].share, pool.tenants[number].waiter);
                    pool.allocator.want(share, waiter, 64, pool.now);
                }
                pool.settle();
                pool.now = (moment + 1) * 10 * SECOND;
                for (_, number, allocation) in std::mem::take(&mut pool.held) {
                    let tenant = &mut pool.tenants[number];
                    tenant.time += tenant.holds;
                    let (share, waiter) = (tenant.share, tenant.waiter);
                    pool.allocator
                        .release(share, waiter, allocation, Some(0), pool.now);
                    pool.settle();
                }
            }
            let light = pool.parts()[0];
            assert!((0.08..0.12).contains(&light), "{light} of {count}");
        }
    }

    /// Another weight counts from then on, for the channel and for its provider.
    #[test]
    fn another_weight_counts_at_once() {
        let mut pool = Simulation::new(4, 0);
        let (one, two) = (Provider::new(1), Provider::new(1));
        let [light, heavy] = [1, 1].map(|weight| one.channel(weight));
        for share in [light, heavy, two.channel(1)] {
            pool.tenant(share, SECOND, 32);
        }
        pool.run_until(5_000 * SECOND);
        let parts = pool.parts();
        assert!(
            parts
                .iter()
                .zip([0.25, 0.25, 0.5])
                .all(|(it, as_one)| (it - as_one).abs() < 0.02)
        );
        pool.allocator
            .set_channel_weight(heavy.with_weight(9), pool.now);
        pool.allocator
            .set_provider_weight(two.with_weight(4), pool.now);
        pool.tenants.iter_mut().for_each(|it| it.time = 0);
        pool.run_until(10_000 * SECOND);
        let parts = pool.parts();
        let expected = [0.02, 0.18, 0.8];
        assert!(
            parts
                .iter()
                .zip(expected)
                .all(|(it, expected)| (it - expected).abs() < 0.02),
            "{parts:?}"
        );
    }

    /// Who holds slots for long gets fewer of them.
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
        assert_eq!(bytes + pool.allocator.free_bytes, 100 * MIB);
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
}
