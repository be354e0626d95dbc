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
mod load;
mod metrics;
mod refusals;
mod reload;
mod secrets;
mod switches;
mod tenants;
mod users;
