//! A deployment: a version of a plugin, and what it runs with.

use std::sync::Arc;

use crate::environment::Environment;
use crate::plugin::Plugin;

/// What a channel runs, and with what. Clones are the same one.
#[derive(Clone)]
pub struct Deployment {
    /// The plugin, in one of its versions.
    pub plugin: Plugin,
    /// What it runs with.
    pub environment: Arc<Environment>,
}
