//! Runs plugins: WebAssembly components that handle LINE events in sandboxes.
//!
//! [`Runtime::plugins`] makes a [`Plugin`] of a component's bytes, compiled once and kept. Who has an
//! event waits for a [`Slot`] with its channel's [`Share`] of the host, and [`Runtime::handle`] makes
//! one [`Attempt`] at it: in a fresh instance, or in one that is kept where the deployment says so ([`Reuse`]),
//! under the [`Limits`] and with the [`Grants`] of the channel's [`Deployment`]. This crate never listens, claims or retries an event, or decides what a
//! channel runs: whoever embeds it does. It never hands a plugin a credential, a file or a socket.

mod artefacts;
mod attempt;
mod beacons;
mod bindings;
mod call_memory;
mod capabilities;
mod compiler;
mod component;
mod convert;
mod counts;
mod cpu;
mod deployment;
mod engine;
mod environment;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod governor;
mod grants;
pub mod host_event;
mod instance;
mod last_error;
mod ledger;
mod limiter;
mod limits;
mod log;
mod one_line;
mod outgoing;
mod plugin;
mod plugins;
mod push_budget;
mod recordings;
mod resources;
mod run;
mod runtime;
mod sandbox;
mod send_counts;
mod services;
mod stdio;
mod trap;
mod wasi_clock;

pub use attempt::{Attempt, AttemptError, Attempted};
pub use beacons::{BeaconDevice, Beacons};
pub use compiler::{
    COMPILE_COMMAND, CompileError, CompileLimits, CompilerSettings, Turn, compile_here,
};
pub use component::{LoadError, digest};
pub use deployment::Deployment;
pub use environment::Environment;
pub use governor::{
    HeldTurn, Provider, Share, Slot, Turns, WEIGHT_MAX, Waiter, memory_for_plugins,
};
pub use grants::{ApiRule, ApiRuleError, Capability, Grant, Grants, HttpOrigin, HttpOriginError};
pub use limits::{Limits, MEMORY_LIMIT_MAX, Reuse};
pub use log::{LoggedLine, plugin_log_rate};
pub use plugin::Plugin;
pub use plugins::Plugins;
pub use push_budget::{BudgetUsage, PushBudget, PushLimits};
pub use recordings::{Listener, Recorded, Recordings};
pub use runtime::{Runtime, Settings, SetupError};
pub use send_counts::SendCounts;
pub use services::{ServiceError, ServiceFuture, Services, Upload};
