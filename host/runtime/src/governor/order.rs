//! The nodes of one level of the tree that ask, in the order in which they are next.
//!
//! Each has a clock, which goes on by the time for which its allocations are held over its weight; the one
//! that is furthest behind is next. Clocks of nodes that hold allocations move by themselves, so a place in
//! the order is a lower bound, and is brought up to date when it comes first.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::share::Node;

/// What a nanosecond adds to the clock of a node of the weight 1.
const NANOSECOND: u128 = 1 << 20;

/// Nodes in the order of their clocks.
#[derive(Default)]
pub(super) struct Order {
    /// By their places.
    nodes: BTreeSet<(u128, u64)>,
    /// The latest clock of a node that was next: nodes that ask anew start there.
    clock: u128,
}

/// What a node has used so far.
pub(super) struct Account {
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

impl Account {
    pub(super) fn new(node: Node) -> Self {
        Self {
            stride: stride(node),
            clock: 0,
            at: 0,
            held: 0,
            expected: 0,
            place: None,
        }
    }

    /// Brings the clock up to date.
    pub(super) fn advance(&mut self, now: u64) {
        let passed = u128::from(now.saturating_sub(self.at));
        self.clock += passed * u128::from(self.held) * self.stride;
        self.at = self.at.max(now);
    }

    /// How many allocations the node holds.
    pub(super) fn held(&self) -> u32 {
        self.held
    }

    /// Whether the node asks for something.
    pub(super) fn asks(&self) -> bool {
        self.place.is_some()
    }

    /// Where it belongs in the order.
    fn rank(&self) -> u128 {
        self.clock + self.expected * self.stride
    }
}

/// What a nanosecond adds to the clock of a node.
fn stride(node: Node) -> u128 {
    NANOSECOND / u128::from(node.weight)
}

impl Order {
    /// The next node behind a place, with its own place.
    pub(super) fn after(&self, place: Bound<(u128, u64)>) -> Option<(u128, u64)> {
        self.nodes.range((place, Bound::Unbounded)).next().copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Notes the clock of the node that was next: a node that asks anew starts there.
    pub(super) fn pass(&mut self, account: &Account) {
        self.clock = self.clock.max(account.clock);
    }

    /// Adds a node, which asks from now on.
    pub(super) fn join(&mut self, id: u64, account: &mut Account, now: u64) {
        account.advance(now);
        account.clock = account.clock.max(self.clock);
        self.insert(id, account);
    }

    fn insert(&mut self, id: u64, account: &mut Account) {
        let rank = account.rank();
        account.place = Some(rank);
        self.nodes.insert((rank, id));
    }

    pub(super) fn leave(&mut self, id: u64, account: &mut Account) {
        if let Some(place) = account.place.take() {
            self.nodes.remove(&(place, id));
        }
    }

    /// Puts a node where it belongs by now. Returns whether it had to move.
    pub(super) fn update(&mut self, id: u64, account: &mut Account, now: u64) -> bool {
        account.advance(now);
        let moves = account.place != Some(account.rank());
        if moves {
            self.leave(id, account);
            self.insert(id, account);
        }
        moves
    }

    /// Gives a node another weight. What it has used so far stays.
    pub(super) fn reweigh(&mut self, node: Node, account: &mut Account, now: u64) {
        account.advance(now);
        account.stride = stride(node);
        if account.asks() {
            self.leave(node.id, account);
            self.insert(node.id, account);
        }
    }

    /// Counts an allocation that the node has from now on. Whoever calls has brought its clock up to date.
    pub(super) fn take(&mut self, id: u64, account: &mut Account, expected: u64, asks: bool) {
        account.held += 1;
        account.expected += u128::from(expected);
        self.leave(id, account);
        if asks {
            self.insert(id, account);
        }
    }

    /// Counts an allocation that the node has no more.
    pub(super) fn release(&mut self, id: u64, account: &mut Account, expected: u64, now: u64) {
        account.advance(now);
        account.held = account.held.saturating_sub(1);
        account.expected = account.expected.saturating_sub(u128::from(expected));
        if account.place.is_some() {
            self.leave(id, account);
            self.insert(id, account);
        }
    }
}
