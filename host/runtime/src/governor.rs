//! The resource governor: what tenants share, and how much of it each gets.
//!
//! A tenant is a node in a tree: the host has providers, a provider has channels, and each has a
//! weight among its siblings. A channel carries its [`Share`] of the tree, and asks with it for
//! whatever is short: a slot and the memory that an attempt begins with, a name to be looked up (both
//! are a [`pool`]), and a thread that computes ([`compute`]). All of them choose who is next by one
//! [`queue`]: it compares the time for which allocations were held, so that a tenant gains nothing by
//! asking more often, for longer, or for several at once.

mod allocator;
pub(crate) mod compute;
mod idle;
mod machine;
mod order;
pub(crate) mod pool;
mod queue;
mod share;
mod slices;
mod slot;
mod waiter;

pub(crate) use idle::Content;
pub use machine::memory_for_plugins;
pub use share::{Provider, Share, WEIGHT_MAX};
pub use slot::Slot;
pub(crate) use slot::{Charge, MemoryFull};
pub use waiter::{HeldTurn, Turns, Waiter};
