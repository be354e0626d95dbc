//! What a host serves: tenants and their channels, plugins, deployments and traffic, who may change them,
//! and who did.
//!
//! Providers and channels have ids that are never given again, for a name is only a name: who takes over
//! the name of a channel that was deleted does not take over its data. What a deployment or a setting
//! says is a document to the store, which never looks into it.

pub(crate) mod access;
pub(crate) mod deployments;
pub(crate) mod error;
pub(crate) mod metering;
pub(crate) mod tenants;

/// Who changes something, for the audit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Actor(
    /// The name of a token, or of what the host does by itself.
    pub String,
);

/// The revision of what can be changed: 1 at first, and 1 more with each change.
pub type Revision = i64;
