//! The configuration of a channel.

use std::path::{Path, PathBuf};

use crate::built::plugin;
use crate::line::Bot;

/// All grants that have no options, as the configuration has them.
pub const ALL_GRANTS: &str = r#"
    "account-link", "audience", "beacon", "bot-info", "content", "coupon", "followers", "group",
    "insight", "keyvalue", "loading", "mark-as-read", "media", "membership", "module",
    "notification", "profile", "push", "quota", "reply", "rich-menu", "room", "schedule",
    "validate""#;

/// The configuration of a channel.
pub struct Channel {
    pub(crate) id: String,
    pub(crate) bot: Bot,
    pub(crate) plugin: PathBuf,
    provider: String,
    secrets: Vec<String>,
    access_token: Option<String>,
    rest: String,
}

impl Channel {
    /// A channel that runs one of the built plugins with all grants.
    #[must_use]
    pub fn new(id: &str, bot: &Bot, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            provider: String::from("tests"),
            bot: bot.clone(),
            plugin: plugin(name),
            secrets: vec![bot.secret.clone()],
            access_token: None,
            rest: format!("grants = [{ALL_GRANTS}]"),
        }
    }

    /// The channel's table in a configuration where it is the channel of this number. Its secrets and
    /// token are in the environment.
    pub(crate) fn table(&self, number: usize) -> String {
        let Self {
            id, provider, rest, ..
        } = self;
        let secrets = (0..self.secrets.len())
            .map(|secret| format!("{{ env = \"{}\" }}, ", secret_variable(number, secret)));
        let secrets: String = secrets.collect();
        let access_token = self.access_token.clone();
        let access_token =
            access_token.unwrap_or_else(|| format!("{{ env = \"{}\" }}", token_variable(number)));
        format!(
            "[[channels]]\nid = \"{id}\"\nprovider = \"{provider}\"\nchannel_id = \"{channel_id}\"\n\
             secret = [{secrets}]\naccess_token = {access_token}\nplugin = \"{plugin}\"\n{rest}\n",
            channel_id = self.bot.channel_id,
            plugin = self.plugin.display(),
        )
    }

    /// The environment variables that its table names.
    pub(crate) fn environment(&self, number: usize) -> Vec<(String, String)> {
        let secrets = self.secrets.iter().enumerate();
        secrets
            .map(|(secret, value)| (secret_variable(number, secret), value.clone()))
            .chain([(token_variable(number), self.bot.token.clone())])
            .collect()
    }

    /// Replaces the provider that the tests' channels have in common.
    #[must_use]
    pub fn provider(mut self, provider: &str) -> Self {
        provider.clone_into(&mut self.provider);
        self
    }

    /// Replaces the built plugin by a file.
    #[must_use]
    pub fn plugin(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.plugin);
        self
    }

    /// Replaces the bot's secret.
    #[must_use]
    pub fn secrets(mut self, secrets: &[&str]) -> Self {
        self.secrets = secrets.iter().copied().map(String::from).collect();
        self
    }

    /// Replaces the bot's long-lived token by the token of another source: a value of TOML.
    #[must_use]
    pub fn access_token(mut self, source: &str) -> Self {
        self.access_token = Some(source.to_owned());
        self
    }

    /// Replaces the grants by these lines of configuration.
    #[must_use]
    pub fn with(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.rest);
        self
    }
}

fn secret_variable(channel: usize, secret: usize) -> String {
    format!("SECRET_{channel}_{secret}")
}

fn token_variable(channel: usize) -> String {
    format!("TOKEN_{channel}")
}
