//! Runs plugins: WebAssembly components that handle LINE events in sandboxes.
//!
//! [`Runtime::load`] makes a [`Plugin`] of a component's bytes, compiled once and cached.
//! [`Runtime::handle`] makes one [`Attempt`] at an event in a fresh instance, under the [`Limits`] and
//! with the [`Grants`] of its [`Deployment`]. What the plugin may call is in
//! the `capabilities` module, one file for each WIT interface.

mod artefacts;
mod beacons;
mod bindings;
mod capabilities;
pub mod clock;
mod compiler;
mod convert;
mod cpu;
mod engine;
mod governor;
mod grants;
pub mod host_event;
mod last_words;
mod ledger;
mod limits;
mod log;
mod one_line;
mod outgoing;
mod plugin;
mod push_budget;
mod runtime;
mod sandbox;
mod services;

pub use beacons::{BeaconDevice, Beacons};
pub use compiler::{
    COMPILE_COMMAND, CompileError, CompileLimits, CompilerSettings, Turn, compile_here,
};
pub use governor::{Ask, Provider, Share, Slot, WEIGHT_MAX, memory_for_plugins};
pub use grants::{ApiRule, ApiRuleError, Capability, Grant, Grants, HttpOrigin, HttpOriginError};
pub use limits::{Limits, MEMORY_LIMIT_MAX};
pub use log::plugin_log_rate;
pub use plugin::{LoadError, Plugin};
pub use push_budget::{PushBudget, PushLimits};
pub use runtime::{Attempt, AttemptError, Attempted, Deployment, Runtime, Settings, SetupError};
pub use services::{ServiceAnswer, ServiceError, Services, Upload};
