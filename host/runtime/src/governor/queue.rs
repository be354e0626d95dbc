//! Who is next: providers by weight, then a provider's channels by weight.
//!
//! Each node of the tree has a clock, which goes on by the time for which its allocations are held over its
//! weight; what is held right now counts up to now. The next one goes to the provider whose clock is
//! furthest behind, and of its channels to the one whose clock is (stride scheduling; Waldspurger and Weihl,
//! 1995, with the time held as the stride). So a tenant that holds for long what it got gets fewer allocations,
//! however rarely it asks. A node that asks again after it asked for nothing starts where the others are:
//! idle time earns no credit.
//!
//! Nobody knows how long an allocation will be held when it is made, and several may be made at one moment,
//! in which no clock moves. So each one that is held also counts as what the channel's last ones took on
//! average, until it comes back.
//!
//! A decision takes O(log n) for n channels that ask ([`Order`]).

use std::collections::HashMap;
use std::ops::Bound;
use std::time::Instant;

use super::order::{Account, Order};
use super::share::{Node, Provider, Share};

/// What a channel's first allocation counts as, in nanoseconds, until it is known better: 1 ms, an
/// ordinary event.
const FIRST: u64 = 1_000_000;

/// The channels that ask, and what each channel has held. `Q` is for whom a channel asks.
pub(super) struct FairQueue<Q> {
    /// The beginning of its time.
    start: Instant,
    /// What a channel's first allocation needs, in bytes.
    first_need: u64,
    /// The least weight of a provider.
    lightest: u32,
    providers: HashMap<u64, Branch>,
    channels: HashMap<u64, Channel<Q>>,
    /// The providers with channels that ask.
    order: Order,
}

/// A provider.
struct Branch {
    weight: u32,
    account: Account,
    /// Its channels that ask.
    order: Order,
    bytes: u64,
}

/// A channel.
pub(super) struct Channel<Q> {
    account: Account,
    /// How many allocations it asks for.
    asks: usize,
    /// How long its allocations are held on average, in nanoseconds.
    mean: u64,
    /// How many bytes its next allocation needs, by what the last ones took.
    need: u64,
    /// For whom it asks.
    pub(super) queue: Q,
}

/// An allocation that a channel holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allocation {
    /// When it was allocated, in nanoseconds of the queue's time.
    pub(super) since: u64,
    /// How long it was expected to be held, in nanoseconds.
    pub(super) expected: u64,
    /// The memory that came with it.
    pub(super) bytes: u64,
}

/// What a provider holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    pub(super) weight: u32,
    pub(super) held: u32,
    pub(super) bytes: u64,
}

/// Whether the provider that is first may have another allocation.
pub(super) enum Admission {
    /// It may.
    Admit,
    /// It may not, and the next one is considered.
    Skip,
    /// It has a right to one, and there is none yet: no other provider goes first.
    Wait,
}

impl<Q: Default> FairQueue<Q> {
    pub(super) fn new(first_need: u64) -> Self {
        Self {
            start: Instant::now(),
            first_need,
            lightest: u32::MAX,
            providers: HashMap::new(),
            channels: HashMap::new(),
            order: Order::default(),
        }
    }

    /// Nanoseconds since the beginning.
    pub(super) fn now(&self) -> u64 {
        self.start
            .elapsed()
            .as_nanos()
            .try_into()
            .unwrap_or(u64::MAX)
    }

    /// Asks for `count` allocations more, and returns the channel, whose queue says for whom.
    pub(super) fn ask(&mut self, share: Share, count: usize, now: u64) -> &mut Channel<Q> {
        self.lightest = self.lightest.min(share.provider.weight);
        let branch = branch(&mut self.providers, share.provider);
        let channel = self
            .channels
            .entry(share.channel.id)
            .or_insert_with(|| Channel::new(share.channel, self.first_need));
        if channel.asks == 0 && count > 0 {
            branch
                .order
                .join(share.channel.id, &mut channel.account, now);
            if !branch.account.asks() {
                self.order.join(share.provider.id, &mut branch.account, now);
            }
        }
        channel.asks += count;
        channel
    }

    /// Gives a provider another weight, whatever those who ask for it think that it has.
    pub(super) fn set_provider_weight(&mut self, Provider(node): Provider, now: u64) {
        self.lightest = self.lightest.min(node.weight);
        let branch = branch(&mut self.providers, node);
        branch.weight = node.weight;
        self.order.reweigh(node, &mut branch.account, now);
    }

    /// Gives a channel another weight, whatever those who ask for it think that it has.
    pub(super) fn set_channel_weight(&mut self, share: Share, now: u64) {
        self.ask(share, 0, now);
        let branch = branch(&mut self.providers, share.provider);
        if let Some(channel) = self.channels.get_mut(&share.channel.id) {
            let account = &mut channel.account;
            branch.order.reweigh(share.channel, account, now);
        }
    }

    /// Asks for `count` allocations less.
    pub(super) fn withdraw(&mut self, share: Share, count: usize) {
        let Some(channel) = self.channels.get_mut(&share.channel.id) else {
            return;
        };
        let asked = channel.asks > 0;
        channel.asks = channel.asks.saturating_sub(count);
        if asked && channel.asks == 0 {
            let branch = branch(&mut self.providers, share.provider);
            branch.order.leave(share.channel.id, &mut channel.account);
            if branch.order.is_empty() {
                self.order.leave(share.provider.id, &mut branch.account);
            }
        }
    }

    /// Makes the next allocation, for the channel that is returned, if `admit` lets one have it: it
    /// judges a provider by what it holds, and by what its first channel's next allocation needs.
    pub(super) fn allocate(
        &mut self,
        now: u64,
        admit: impl Fn(Usage, u64) -> Admission,
    ) -> Option<(&mut Channel<Q>, Allocation)> {
        let mut passed = Bound::Unbounded;
        let (provider, id) = loop {
            let (place, provider) = self.order.after(passed)?;
            let branch = self.providers.get_mut(&provider)?;
            if self.order.update(provider, &mut branch.account, now) {
                continue;
            }
            let id = first_channel(branch, &mut self.channels, now)?;
            match admit(branch.usage(), self.channels.get(&id)?.need) {
                Admission::Admit => break (provider, id),
                Admission::Skip => passed = Bound::Excluded((place, provider)),
                Admission::Wait => return None,
            }
        };
        let branch = self.providers.get_mut(&provider)?;
        let channel = self.channels.get_mut(&id)?;
        let allocation = Allocation {
            since: now,
            expected: channel.mean,
            bytes: channel.need,
        };
        self.order.pass(&branch.account);
        branch.order.pass(&channel.account);
        branch.bytes += allocation.bytes;
        channel.asks -= 1;
        let asks = channel.asks > 0;
        branch
            .order
            .take(id, &mut channel.account, allocation.expected, asks);
        let asks = !branch.order.is_empty();
        self.order
            .take(provider, &mut branch.account, allocation.expected, asks);
        Some((channel, allocation))
    }

    /// Takes an allocation back. The queue learns from it how long such ones are held, and how much memory
    /// they need, unless it was not used, and has no `peak`.
    pub(super) fn release(
        &mut self,
        share: Share,
        allocation: Allocation,
        peak: Option<u64>,
        now: u64,
    ) {
        let branch = branch(&mut self.providers, share.provider);
        branch.bytes = branch.bytes.saturating_sub(allocation.bytes);
        self.order.release(
            share.provider.id,
            &mut branch.account,
            allocation.expected,
            now,
        );
        let Some(channel) = self.channels.get_mut(&share.channel.id) else {
            return;
        };
        branch.order.release(
            share.channel.id,
            &mut channel.account,
            allocation.expected,
            now,
        );
        if let Some(peak) = peak {
            let took = now.saturating_sub(allocation.since);
            channel.mean = channel.mean - channel.mean / 8 + took / 8;
            // Quick to learn that more is needed, slow to forget it.
            channel.need = peak.max(channel.need - channel.need / 64);
        }
    }

    /// What the provider holds.
    pub(super) fn usage(&mut self, share: Share) -> Usage {
        branch(&mut self.providers, share.provider).usage()
    }

    /// Counts bytes that the provider holds beside what was allocated.
    pub(super) fn add_bytes(&mut self, share: Share, bytes: u64) {
        branch(&mut self.providers, share.provider).bytes += bytes;
    }

    /// How many providers ever asked, if only for nothing.
    pub(super) fn providers(&self) -> usize {
        self.providers.len()
    }

    /// The least of their weights.
    pub(super) fn lightest(&self) -> u32 {
        self.lightest
    }

    /// The channel, if it ever asked.
    pub(super) fn channel(&mut self, share: Share) -> Option<&mut Channel<Q>> {
        self.channels.get_mut(&share.channel.id)
    }
}

fn branch(providers: &mut HashMap<u64, Branch>, node: Node) -> &mut Branch {
    providers.entry(node.id).or_insert_with(|| Branch {
        weight: node.weight,
        account: Account::new(node),
        order: Order::default(),
        bytes: 0,
    })
}

impl Branch {
    fn usage(&self) -> Usage {
        Usage {
            weight: self.weight,
            held: self.account.held(),
            bytes: self.bytes,
        }
    }
}

/// The channel of a provider that is first.
fn first_channel<Q>(
    branch: &mut Branch,
    channels: &mut HashMap<u64, Channel<Q>>,
    now: u64,
) -> Option<u64> {
    loop {
        let (_, id) = branch.order.after(Bound::Unbounded)?;
        let channel = channels.get_mut(&id)?;
        if !branch.order.update(id, &mut channel.account, now) {
            return Some(id);
        }
    }
}

impl<Q: Default> Channel<Q> {
    fn new(node: Node, need: u64) -> Self {
        Self {
            account: Account::new(node),
            asks: 0,
            mean: FIRST,
            need,
            queue: Q::default(),
        }
    }
}
