//! Bots: the channels that the simulator plays the platform for.

pub(crate) mod access_tokens;
pub(crate) mod assertions;
pub(crate) mod attachments;
pub(crate) mod audiences;
pub(crate) mod chat_control;
pub(crate) mod chats;
pub(crate) mod coupons;
pub(crate) mod deliveries;
pub(crate) mod liff_apps;
pub(crate) mod log;
pub(crate) mod mailings;
pub(crate) mod memberships;
pub(crate) mod narrowcasts;
pub(crate) mod rates;
pub(crate) mod reply_tokens;
pub(crate) mod rich_menus;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use botbox_clock::Clock;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use self::access_tokens::AccessTokens;
use self::assertions::AssertionKeys;
use self::attachments::Attachments;
use self::audiences::Audiences;
use self::chat_control::ChatControl;
use self::chats::Chat;
use self::coupons::Coupons;
use self::deliveries::Deliveries;
use self::liff_apps::LiffApps;
use self::log::{Call, Log, Note, SentWebhook, Times};
use self::mailings::Mailings;
use self::memberships::Plan;
use self::narrowcasts::{MAX_NARROWCASTS, Narrowcast};
use self::rates::Rates;
use self::reply_tokens::ReplyTokens;
use self::rich_menus::RichMenus;
use crate::live::{Change, Live};
use crate::recent::Recent;
use crate::webhook::Webhook;
use crate::{clock, ids};

/// How many accepted retry keys of one bot are remembered.
const MAX_RETRY_KEYS: usize = 100_000;

/// How many messages with content are remembered for one bot.
const MAX_MESSAGES_WITH_CONTENT: usize = 100_000;

/// How many mark-as-read tokens of one bot are remembered: those of that many messages.
const MAX_READ_TOKENS: usize = 100_000;

/// How many quote tokens of one bot are remembered.
const MAX_QUOTE_TOKENS: usize = 100_000;

/// A bot and all that happens between it and its users.
pub(crate) struct Bot {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) basic_id: String,
    pub(crate) display_name: String,
    pub(crate) channel_secret: String,
    /// The long-lived one.
    pub(crate) access_token: String,
    pub(crate) access_tokens: AccessTokens,
    pub(crate) assertion_keys: AssertionKeys,
    /// The webhook URL.
    pub(crate) webhook: Option<String>,
    pub(crate) reply_tokens: ReplyTokens,
    pub(crate) accepted: Recent<Uuid, Accepted>,
    pub(crate) read_tokens: Recent<String, ReadToken>,
    /// Chat ids by the quote tokens of the chats' messages.
    pub(crate) quote_tokens: Recent<String, String>,
    pub(crate) messages_with_content: Recent<String, MessageContent>,
    pub(crate) log: Log,
    pub(crate) audiences: Audiences,
    pub(crate) rich_menus: RichMenus,
    pub(crate) coupons: Coupons,
    /// The plans on offer.
    pub(crate) memberships: Vec<Plan>,
    pub(crate) liff_apps: LiffApps,
    /// As a module channel.
    pub(crate) attachments: Attachments,
    pub(crate) mailings: Mailings,
    pub(crate) settings: BotSettings,
    pub(crate) rates: Rates,
    pub(crate) deliveries: Deliveries,
    /// By request id.
    pub(crate) narrowcasts: Recent<String, Narrowcast>,
    /// Users who followed or wrote to the bot, in order, for pages of them.
    users: BTreeMap<String, Acquaintance>,
    /// Groups and rooms that the bot is in.
    groups: HashSet<String>,
    /// Chats that module channels control.
    pub(crate) chat_control: ChatControl,
    /// By the id of the user, group or room.
    chats: HashMap<String, Chat>,
    live: Live,
    clock: Clock,
}

/// The request that makes a bot; the simulator makes up what it leaves out.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewBot {
    pub(crate) bot_id: Option<String>,
    basic_id: Option<String>,
    display_name: String,
    /// The webhook URL.
    pub(crate) webhook: Option<String>,
    channel_id: Option<String>,
    channel_secret: Option<String>,
    access_token: Option<String>,
    #[serde(default)]
    settings: BotSettings,
}

/// The settings that the control API gives a bot.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct BotSettings {
    /// How many messages it may send in a month; without it, any number.
    pub(crate) monthly_quota: Option<u64>,
    /// Whether LINE's rate limits are enforced. They are not by default, so that no load test is
    /// slowed down by accident.
    pub(crate) rate_limits: bool,
    /// Whether webhooks that fail are delivered once more: off, as at LINE.
    pub(crate) webhook_redelivery: bool,
    /// Whether the account is neither verified nor premium: then LINE does not name its friends and
    /// the members of its groups.
    pub(crate) unverified: bool,
    /// Whether people answer too, in LINE's chat console: then bots have to mark messages as read.
    pub(crate) chat_mode: bool,
    /// How long an issued access token lives at most, in milliseconds, to see one end; without
    /// it, as long as at LINE.
    token_lifetime: Option<u64>,
}

impl BotSettings {
    /// How long a token lives that lives for `lifetime` at LINE.
    pub(crate) fn token_lifetime(&self, lifetime: Duration) -> Duration {
        let at_most = self.token_lifetime.map(Duration::from_millis);
        at_most.map_or(lifetime, |at_most| at_most.min(lifetime))
    }
}

/// The relation between a user and a bot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Acquaintance {
    /// The user added the bot as a friend.
    Friend,
    /// The user wrote to the bot without adding it.
    Stranger,
    /// The user blocked the bot.
    Blocked,
}

impl NewBot {
    /// The request that would make this bot.
    pub(crate) fn of(bot: &Bot) -> Self {
        Self {
            bot_id: Some(bot.id.clone()),
            basic_id: Some(bot.basic_id.clone()),
            display_name: bot.display_name.clone(),
            webhook: bot.webhook.clone(),
            channel_id: Some(bot.channel_id.clone()),
            channel_secret: Some(bot.channel_secret.clone()),
            access_token: Some(bot.access_token.clone()),
            settings: bot.settings.clone(),
        }
    }
}

impl Acquaintance {
    /// The control API's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Friend => "friend",
            Self::Stranger => "stranger",
            Self::Blocked => "blocked",
        }
    }
}

/// A call that was accepted with a retry key.
pub(crate) struct Accepted {
    /// In milliseconds since 1970.
    pub(crate) at: u64,
    pub(crate) request_id: String,
    pub(crate) answer: Value,
}

/// What a mark-as-read token stands for.
#[derive(Clone)]
pub(crate) struct ReadToken {
    pub(crate) chat_id: String,
    /// The message's sequence number.
    pub(crate) seq: u64,
}

/// The content of a message that a user sent.
pub(crate) struct MessageContent {
    pub(crate) content_id: String,
    /// `image`, `video`, `audio` or `file`.
    pub(crate) message_type: String,
    pub(crate) unsent: bool,
}

impl Bot {
    pub(crate) fn new(
        new: NewBot,
        reply_token_lifetime: Duration,
        live: Live,
        clock: Clock,
    ) -> Self {
        Self {
            id: new.bot_id.unwrap_or_else(ids::user),
            channel_id: new.channel_id.unwrap_or_else(ids::channel),
            basic_id: new.basic_id.unwrap_or_else(ids::basic),
            display_name: new.display_name,
            channel_secret: new.channel_secret.unwrap_or_else(ids::hex),
            access_token: new.access_token.unwrap_or_else(ids::long_token),
            access_tokens: AccessTokens::default(),
            assertion_keys: AssertionKeys::default(),
            webhook: new.webhook,
            reply_tokens: ReplyTokens::new(reply_token_lifetime, clock.clone()),
            accepted: Recent::new(MAX_RETRY_KEYS),
            read_tokens: Recent::new(MAX_READ_TOKENS),
            quote_tokens: Recent::new(MAX_QUOTE_TOKENS),
            messages_with_content: Recent::new(MAX_MESSAGES_WITH_CONTENT),
            log: Log::default(),
            audiences: Audiences::default(),
            rich_menus: RichMenus::default(),
            coupons: Coupons::default(),
            memberships: Vec::new(),
            liff_apps: LiffApps::default(),
            attachments: Attachments::default(),
            mailings: Mailings::default(),
            settings: new.settings,
            rates: Rates::default(),
            deliveries: Deliveries::new(clock.clone()),
            narrowcasts: Recent::new(MAX_NARROWCASTS),
            users: BTreeMap::new(),
            groups: HashSet::new(),
            chat_control: ChatControl::default(),
            chats: HashMap::new(),
            live,
            clock,
        }
    }

    /// The chat with a user, group or room.
    pub(crate) fn chat(&mut self, chat_id: &str) -> &mut Chat {
        let chat = || Chat::new(&self.id, chat_id, self.live.clone(), self.clock.clone());
        self.chats.entry(chat_id.to_owned()).or_insert_with(chat)
    }

    /// The chat with a user, group or room, if anything happened in it.
    pub(crate) fn known_chat(&self, chat_id: &str) -> Option<&Chat> {
        self.chats.get(chat_id)
    }

    /// The signed webhook that carries `events` to the bot at `url`.
    pub(crate) fn webhook_to(&self, url: Option<String>, events: &[Value]) -> Webhook {
        Webhook::new(&self.id, &self.channel_secret, url, &self.id, events)
    }

    /// The webhook that tells this module channel of what happened to the bot that it is attached to.
    pub(crate) fn webhook_about(&self, bot_id: &str, events: &[Value]) -> Webhook {
        let url = self.webhook.clone();
        Webhook::new(&self.id, &self.channel_secret, url, bot_id, events)
    }

    pub(crate) fn log_webhook(&mut self, times: Times, webhook: SentWebhook) {
        self.log.add_webhook(times, webhook);
        self.tell_of_log();
    }

    pub(crate) fn log_call(&mut self, times: Times, call: Call) {
        self.log.add_call(times, call);
        self.tell_of_log();
    }

    pub(crate) fn log_note(&mut self, time: u64, note: Note) {
        self.log.add_note(time, note);
        self.tell_of_log();
    }

    fn tell_of_log(&self) {
        let bot_id = self.id.clone();
        self.live.tell(&Change::Log { bot_id });
    }

    /// Whether another channel is the active one of that chat.
    pub(crate) fn is_on_standby(&self, chat_id: &str) -> bool {
        let now = clock::now_ms(&self.clock);
        self.chat_control.holder(chat_id, now).is_some() || self.is_released(chat_id)
    }

    /// Whether the bot, a module channel, gave up its control of a chat of its own.
    fn is_released(&self, chat_id: &str) -> bool {
        self.chats.get(chat_id).is_some_and(Chat::is_on_standby)
    }

    /// The relation between `user_id` and the bot; `None` when they never met.
    pub(crate) fn acquaintance(&self, user_id: &str) -> Option<Acquaintance> {
        self.users.get(user_id).copied()
    }

    /// Whether the bot may see the profile of `user_id` and reach them with a push: a friend, or
    /// somebody who wrote to it and has not blocked it (LINE reference, "Get profile").
    pub(crate) fn reaches(&self, user_id: &str) -> bool {
        matches!(
            self.acquaintance(user_id),
            Some(Acquaintance::Friend | Acquaintance::Stranger)
        )
    }

    /// Users who met the bot, and their relation to it.
    pub(crate) fn users(&self) -> impl Iterator<Item = (&str, Acquaintance)> {
        self.users
            .iter()
            .map(|(id, standing)| (id.as_str(), *standing))
    }

    /// The ids of the groups and rooms that the bot is in.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().map(String::as_str)
    }

    /// Chats, by the id of the user, group or room.
    pub(crate) fn chats(&self) -> impl Iterator<Item = (&str, &Chat)> {
        self.chats.iter().map(|(id, chat)| (id.as_str(), chat))
    }

    pub(crate) fn forget_user(&mut self, user_id: &str) {
        self.users.remove(user_id);
        self.rich_menus.unlink(user_id);
        self.forget_chat(user_id);
    }

    /// Whether there was such a chat.
    pub(crate) fn forget_chat(&mut self, chat_id: &str) -> bool {
        let forgotten = self.chats.remove(chat_id).is_some();
        if forgotten {
            self.live.tell(&Change::Forgotten {
                bot_id: self.id.clone(),
                chat_id: chat_id.to_owned(),
            });
        }
        forgotten
    }

    /// The ids of the users who added the bot as a friend, in order.
    pub(crate) fn friends(&self) -> impl Iterator<Item = &str> {
        let friends = self
            .users
            .iter()
            .filter(|(_, acquaintance)| **acquaintance == Acquaintance::Friend);
        friends.map(|(user_id, _)| user_id.as_str())
    }

    /// How many users have this relation to the bot.
    pub(crate) fn count(&self, acquaintance: Acquaintance) -> usize {
        self.users
            .values()
            .filter(|known| **known == acquaintance)
            .count()
    }

    /// How many messages the bot may still send this month; `None` is any number.
    pub(crate) fn remaining_quota(&self) -> Option<u64> {
        let quota = self.settings.monthly_quota?;
        Some(quota.saturating_sub(self.deliveries.this_month()))
    }

    pub(crate) fn becomes(&mut self, user_id: &str, acquaintance: Acquaintance) {
        self.users.insert(user_id.to_owned(), acquaintance);
        self.live.tell(&Change::Chats);
    }

    /// Makes `user_id` known to the bot, unless they met before.
    pub(crate) fn meets(&mut self, user_id: &str) {
        if !self.users.contains_key(user_id) {
            self.becomes(user_id, Acquaintance::Stranger);
        }
    }

    pub(crate) fn is_in(&self, group_id: &str) -> bool {
        self.groups.contains(group_id)
    }

    pub(crate) fn joins(&mut self, group_id: &str) {
        if self.groups.insert(group_id.to_owned()) {
            self.live.tell(&Change::Chats);
        }
    }

    pub(crate) fn leaves(&mut self, group_id: &str) {
        if self.groups.remove(group_id) {
            self.live.tell(&Change::Chats);
        }
    }
}
