//! The registry's database: small, seldom written, and apart from the journal's, so that no webhook waits
//! for an operator.

mod audit;
mod database;
mod rows;

pub(super) use audit::{Change, audited};
pub(super) use database::RegistryDatabase;
pub(super) use rows::{
    CHANNEL, DEPLOYMENT, PROVIDER, SECRET, TOKEN, TRAFFIC, channel, channel_by_id, check_revision,
    columns_of, deployment, deployment_at, is_there, not_found, plugin, provider, provider_by_id,
    secret, token, traffic,
};
