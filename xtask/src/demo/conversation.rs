//! The user's chat with one bot.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::simulator::{Bot, Simulator};

#[derive(Clone)]
pub(super) struct Conversation {
    simulator: Simulator,
    bot: Bot,
    user: String,
    /// The place of the last message that was fetched.
    last: u64,
    /// What was fetched together with an earlier answer.
    waiting: VecDeque<Value>,
}

impl Conversation {
    pub(super) fn new(simulator: Simulator, bot: Bot, user: String) -> Self {
        Self {
            simulator,
            bot,
            user,
            last: 0,
            waiting: VecDeque::new(),
        }
    }

    pub(super) fn bot(&self) -> &str {
        &self.bot.name
    }

    pub(super) fn act(&self, event: &Value) -> anyhow::Result<()> {
        self.simulator.act(&self.user, &self.bot, event)
    }

    /// The bot's next message, or nothing when none comes in time.
    pub(super) fn answer(&mut self, limit: Duration) -> anyhow::Result<Option<Value>> {
        let deadline = Instant::now() + limit;
        while self.waiting.is_empty() {
            let wait = deadline.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Ok(None);
            }
            self.fetch(wait)?;
        }
        Ok(self.waiting.pop_front())
    }

    fn fetch(&mut self, wait: Duration) -> anyhow::Result<()> {
        let messages = self
            .simulator
            .messages(&self.user, &self.bot, self.last, wait)?;
        for message in messages {
            self.last = message.seq;
            if message.from_bot {
                self.waiting.push_back(message.content);
            }
        }
        Ok(())
    }
}
