//! The usual setting: a user in a chat with one bot.

use crate::{Bot, Channel, Host, HostBuilder, Line, User};

/// A user in a chat with one bot, whose channel is called `bot`.
pub struct Stage {
    /// The simulator.
    pub line: Line,
    /// The bot.
    pub bot: Bot,
    /// The host.
    pub host: Host,
    /// The user, called Aiko.
    pub user: User,
}

impl Stage {
    /// With a bot that runs a plugin, and may call all.
    pub async fn with(plugin: &str) -> Self {
        Self::setting(plugin, |channel| channel, |host| host).await
    }

    /// With a channel and a host that are not the usual ones.
    pub async fn setting(
        plugin: &str,
        channel: impl FnOnce(Channel) -> Channel,
        host: impl FnOnce(HostBuilder) -> HostBuilder,
    ) -> Self {
        let line = Line::start().await;
        let bot = line.bot("Bot").await;
        let channel = channel(Channel::new("bot", &bot, plugin));
        let host = host(Host::beside(&line).channel(channel))
            .start(&line)
            .await;
        let user = line.user("Aiko").await;
        Self {
            line,
            bot,
            host,
            user,
        }
    }

    /// Says something and returns the text of the answer.
    pub async fn ask(&self, text: &str) -> String {
        self.line.ask(&self.bot, &self.user, text).await
    }
}
