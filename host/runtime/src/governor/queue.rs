//! Who is next: providers by weight, then a provider's channels by weight.
//!
//! Each node of the tree has a clock, which goes on by the time for which its things are held over
//! its weight; what is held right now counts up to now. The next thing goes to the provider whose
//! clock is furthest behind, and of its channels to the one whose is (stride scheduling; Waldspurger
//! and Weihl, 1995, with the time held as the stride). So who holds things for long gets fewer of
//! them, however rarely it asks. A node that asks again after it asked for nothing goes on from
//! where the others are: it has saved nothing up.
//!
//! How long a thing will be held is not known when it is given, and several may be given at one
//! moment, in which no clock moves. So each one that is held also counts as what the channel's things
//! took on average, until it comes back.
//!
//! A decision takes O(log n) for n channels that ask. Clocks of those that hold things move by
//! themselves, so a place in the order is a lower bound, and is brought up to date when it comes
//! first.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::time::Instant;

use super::share::{Node, Share};

/// What a nanosecond adds to the clock of a node of the weight 1.
const NANOSECOND: u128 = 1 << 20;

/// What a channel's first thing counts as, in nanoseconds, until it is known better: 1 ms, an
/// ordinary event.
const FIRST: u64 = 1_000_000;

/// The channels that ask, and what each channel of the past held. `Q` is what a channel asks with.
pub(super) struct FairQueue<Q> {
    /// The beginning of its time.
    start: Instant,
    /// What a channel's first thing needs, in bytes.
    first_need: u64,
    /// The least weight of a provider.
    lightest: u32,
    providers: HashMap<u64, Branch>,
    channels: HashMap<u64, Channel<Q>>,
    /// The providers with channels that ask.
    order: Order,
}

/// Nodes in the order of their clocks.
#[derive(Default)]
struct Order {
    nodes: BTreeSet<(u128, u64)>,
    /// Where the clocks are of those that come first.
    clock: u128,
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
    /// How many things it asks for.
    asks: usize,
    /// How long its things are held on average, in nanoseconds.
    mean: u64,
    /// How many bytes its next thing needs, by what the last ones took.
    need: u64,
    /// What it asks with.
    pub(super) queue: Q,
}

/// What a node has had.
struct Account {
    stride: u128,
    clock: u128,
    /// When the clock was brought up to date.
    at: u64,
    held: u32,
    /// For how long those that are held count in advance.
    expected: u128,
    /// Its place in the order, if it is there.
    place: Option<u128>,
}

/// A thing that was given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grant {
    pub(super) since: u64,
    pub(super) expected: u64,
    pub(super) bytes: u64,
}

/// What a provider holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holdings {
    pub(super) weight: u32,
    pub(super) held: u32,
    pub(super) bytes: u64,
}

/// Whether the provider that is first may have another thing.
pub(super) enum Verdict {
    /// It may.
    Give,
    /// It may not; the next one is asked.
    Skip,
    /// It must, and can't yet: nobody passes it.
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

    /// Asks for `count` things more, with what is in the channel's queue.
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
            if branch.account.place.is_none() {
                self.order.join(share.provider.id, &mut branch.account, now);
            }
        }
        channel.asks += count;
        channel
    }

    /// Asks for `count` things less.
    pub(super) fn withdraw(&mut self, share: Share, count: usize) {
        let Some(channel) = self.channels.get_mut(&share.channel.id) else {
            return;
        };
        let asked = channel.asks > 0;
        channel.asks = channel.asks.saturating_sub(count);
        if asked && channel.asks == 0 {
            let branch = branch(&mut self.providers, share.provider);
            branch.order.leave(share.channel.id, &mut channel.account);
            if branch.order.nodes.is_empty() {
                self.order.leave(share.provider.id, &mut branch.account);
            }
        }
    }

    /// Gives the next thing to the channel that is returned, if `may` lets one have it: it judges a
    /// provider by what it holds, and by what its first channel's next thing needs.
    pub(super) fn give(
        &mut self,
        now: u64,
        may: impl Fn(Holdings, u64) -> Verdict,
    ) -> Option<(&mut Channel<Q>, Grant)> {
        let mut passed = Bound::Unbounded;
        let (provider, id) = loop {
            let first = self.order.nodes.range((passed, Bound::Unbounded)).next();
            let &(place, provider) = first?;
            let branch = self.providers.get_mut(&provider)?;
            if self.order.update(provider, &mut branch.account, now) {
                continue;
            }
            let id = first_channel(branch, &mut self.channels, now)?;
            match may(branch.holdings(), self.channels.get(&id)?.need) {
                Verdict::Give => break (provider, id),
                Verdict::Skip => passed = Bound::Excluded((place, provider)),
                Verdict::Wait => return None,
            }
        };
        let branch = self.providers.get_mut(&provider)?;
        let channel = self.channels.get_mut(&id)?;
        let grant = Grant {
            since: now,
            expected: channel.mean,
            bytes: channel.need,
        };
        self.order.clock = self.order.clock.max(branch.account.clock);
        branch.order.clock = branch.order.clock.max(channel.account.clock);
        branch.bytes += grant.bytes;
        channel.asks -= 1;
        let asks = channel.asks > 0;
        branch
            .order
            .take(id, &mut channel.account, grant.expected, asks);
        let asks = !branch.order.nodes.is_empty();
        self.order
            .take(provider, &mut branch.account, grant.expected, asks);
        Some((channel, grant))
    }

    /// Takes a thing back. It teaches how long such things are held, and how much they need, unless
    /// it was not used.
    pub(super) fn take_back(&mut self, share: Share, grant: Grant, peak: Option<u64>, now: u64) {
        let branch = branch(&mut self.providers, share.provider);
        branch.bytes = branch.bytes.saturating_sub(grant.bytes);
        self.order
            .release(share.provider.id, &mut branch.account, grant.expected, now);
        let Some(channel) = self.channels.get_mut(&share.channel.id) else {
            return;
        };
        branch
            .order
            .release(share.channel.id, &mut channel.account, grant.expected, now);
        if let Some(peak) = peak {
            let took = now.saturating_sub(grant.since);
            channel.mean = channel.mean - channel.mean / 8 + took / 8;
            // Quick to learn that more is needed, slow to forget it.
            channel.need = peak.max(channel.need - channel.need / 64);
        }
    }

    /// What the provider holds.
    pub(super) fn holdings(&mut self, share: Share) -> Holdings {
        branch(&mut self.providers, share.provider).holdings()
    }

    /// Counts bytes that the provider holds beside what was given.
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
    fn holdings(&self) -> Holdings {
        Holdings {
            weight: self.weight,
            held: self.account.held,
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
        let &(_, id) = branch.order.nodes.first()?;
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

impl Account {
    fn new(node: Node) -> Self {
        Self {
            stride: NANOSECOND / u128::from(node.weight),
            clock: 0,
            at: 0,
            held: 0,
            expected: 0,
            place: None,
        }
    }

    /// Brings the clock up to date.
    fn advance(&mut self, now: u64) {
        let passed = u128::from(now.saturating_sub(self.at));
        self.clock += passed * u128::from(self.held) * self.stride;
        self.at = self.at.max(now);
    }

    /// Where it belongs in the order.
    fn rank(&self) -> u128 {
        self.clock + self.expected * self.stride
    }
}

impl Order {
    /// Takes a node in that asks from now on.
    fn join(&mut self, id: u64, account: &mut Account, now: u64) {
        account.advance(now);
        account.clock = account.clock.max(self.clock);
        self.insert(id, account);
    }

    fn insert(&mut self, id: u64, account: &mut Account) {
        let rank = account.rank();
        account.place = Some(rank);
        self.nodes.insert((rank, id));
    }

    fn leave(&mut self, id: u64, account: &mut Account) {
        if let Some(place) = account.place.take() {
            self.nodes.remove(&(place, id));
        }
    }

    /// Puts a node where it belongs by now. Returns whether it had to move.
    fn update(&mut self, id: u64, account: &mut Account, now: u64) -> bool {
        account.advance(now);
        let moves = account.place != Some(account.rank());
        if moves {
            self.leave(id, account);
            self.insert(id, account);
        }
        moves
    }

    /// Counts a thing that the node has from now on. Whoever calls has brought its clock up to date.
    fn take(&mut self, id: u64, account: &mut Account, expected: u64, asks: bool) {
        account.held += 1;
        account.expected += u128::from(expected);
        self.leave(id, account);
        if asks {
            self.insert(id, account);
        }
    }

    /// Counts a thing that the node has no more.
    fn release(&mut self, id: u64, account: &mut Account, expected: u64, now: u64) {
        account.advance(now);
        account.held = account.held.saturating_sub(1);
        account.expected = account.expected.saturating_sub(u128::from(expected));
        if account.place.is_some() {
            self.leave(id, account);
            self.insert(id, account);
        }
    }
}
