//! Who asks: a channel of a provider.

use std::sync::atomic::{AtomicU64, Ordering};

/// The largest weight of a provider or a channel: 1,000.
pub const WEIGHT_MAX: u32 = 1_000;

/// A tenant, as whatever is shared knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Never given again while the process lives.
    pub(super) id: u64,
    pub(super) weight: u32,
}

impl Node {
    fn new(weight: u32) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { id, weight: 1 }.with_weight(weight)
    }

    /// The same one with another weight.
    fn with_weight(self, weight: u32) -> Self {
        let weight = weight.clamp(1, WEIGHT_MAX);
        Self { weight, ..self }
    }
}

/// A provider's share of the host. Copies are the same one.
#[derive(Clone, Copy, Debug)]
pub struct Provider(pub(super) Node);

/// A channel's share of what its provider gets. Copies are the same one.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    pub(super) provider: Node,
    pub(super) channel: Node,
}

impl Provider {
    /// A share of this weight beside other providers': from 1 to [`WEIGHT_MAX`], else the nearest of
    /// them.
    #[must_use]
    pub fn new(weight: u32) -> Self {
        Self(Node::new(weight))
    }

    /// The same one with another weight, which counts once the runtime is told of it.
    #[must_use]
    pub fn with_weight(self, weight: u32) -> Self {
        Self(self.0.with_weight(weight))
    }

    /// The share of one of its channels, of this weight beside its other ones'.
    #[must_use]
    pub fn channel(&self, weight: u32) -> Share {
        Share {
            provider: self.0,
            channel: Node::new(weight),
        }
    }
}

impl Share {
    /// The same one with another weight of the channel, which counts once the runtime is told of it.
    #[must_use]
    pub fn with_weight(self, weight: u32) -> Self {
        Self {
            channel: self.channel.with_weight(weight),
            ..self
        }
    }
}
