//! The host is changed while it runs: by the admin API alone, from an empty configuration.

mod access;
mod api;
mod backup;
mod command;
mod deletion;
mod deployments;
mod description;
mod documented;
mod everywhere;
mod guard;
mod guide;
mod lists;
mod live_events;
mod load;
mod metrics;
mod plugin_logs;
mod refusals;
mod reload;
mod secrets;
mod streams;
mod switches;
mod tenants;
mod usage;
mod users;
