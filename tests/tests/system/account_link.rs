//! Linking accounts: the whole sequence, with the example service and the simulator's dialog, and
//! what those try who are not to be linked.

mod attacks;
mod cafe;
mod sequence;
