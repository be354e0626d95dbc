//! What is found out about a plugin when it comes, and kept with it.

use botbox_runtime::Plugin;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the WIT package that plugins are built for.
pub(crate) const WIT: &str = "botbox:line@0.1.0";

/// What is known of a plugin.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct PluginDetails {
    /// The WIT package that it is built for.
    pub(crate) wit: String,
    /// What it imports that has to be granted, by name.
    pub(crate) imports: Vec<String>,
    /// How many bytes of memory an instance begins with.
    pub(crate) memory: u64,
}

/// What is known of a plugin, as a document.
pub(crate) fn details(plugin: &Plugin) -> String {
    let details = PluginDetails {
        wit: String::from(WIT),
        imports: plugin
            .imports()
            .iter()
            .map(|it| it.name().to_owned())
            .collect(),
        memory: plugin.memory() as u64,
    };
    // Texts and numbers.
    serde_json::to_string(&details).unwrap_or_default()
}
