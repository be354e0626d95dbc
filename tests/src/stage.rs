//! The usual setting: a user in a chat with one bot.

use serde_json::json;

use crate::channel::Channel;
use crate::host::Host;
use crate::host_builder::HostBuilder;
use crate::line::{Bot, Line, User};

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

    /// Says something and returns the text of the reply, whatever else comes before it.
    pub async fn replied(&self, text: &str) -> String {
        let mut last = self.last(&self.user).await;
        let delivery = self.line.say(&self.bot, &self.user, text).await;
        assert_eq!(delivery.status, Some(200));
        loop {
            let sent = self.line.next(&self.bot, &self.user.id, last).await;
            if sent.via == "reply" {
                return sent.text().to_owned();
            }
            last = sent.seq;
        }
    }

    /// The number of the last message in the chat with a user.
    async fn last(&self, user: &User) -> u64 {
        let chat = self.line.messages(&self.bot, &user.id, 0, 0).await;
        chat.last().map_or(0, |it| it["seq"].as_u64().unwrap())
    }

    /// Makes a user a friend, which the bot must reply to.
    pub async fn befriend(&self, user: &User) {
        let last = self.last(user).await;
        let follow = json!({"type": "follow"});
        self.line.act(&self.bot, user, follow).await;
        self.line.next(&self.bot, &user.id, last).await;
    }

    /// Makes another user who is a friend.
    pub async fn friend(&self, name: &str) -> User {
        let user = self.line.user(name).await;
        self.befriend(&user).await;
        user
    }
}
