//! A chat between users and one bot, as both sides see it.

use std::collections::VecDeque;
use std::sync::Arc;

use botbox_clock::Clock;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock;
use crate::live::{Change, Live};

/// How many messages of one chat are kept; the oldest are dropped.
const MAX_MESSAGES: usize = 10_000;

/// The transcript of one chat.
pub(crate) struct Chat {
    messages: VecDeque<ChatMessage>,
    /// The sequence number of the last message; readers wait on it.
    last: watch::Sender<u64>,
    /// The sequence number up to which the bot marked messages as read.
    read: u64,
    /// When another channel takes over, in milliseconds since 1970: from then on the bot is on
    /// standby. `None` is never.
    standby_from: Option<u64>,
    /// When the loading animation ends, in milliseconds since 1970.
    loading_until: u64,
    /// Says that this chat has something new.
    change: Change,
    live: Live,
    clock: Clock,
}

/// One message of a chat.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatMessage {
    /// Counts from 1 in each chat.
    seq: u64,
    from: Side,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    via: Via,
    id: String,
    /// One copy serves all chats that a message was sent to.
    #[serde(
        serialize_with = "serialize_shared",
        deserialize_with = "deserialize_shared"
    )]
    message: Arc<Value>,
    timestamp: u64,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum Side {
    User,
    Bot,
}

/// How a message came into a chat.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Via {
    /// A user sent it.
    User,
    /// The bot sent it with a reply token.
    Reply,
    /// The bot pushed it.
    Push,
    /// The bot sent it to several users.
    Multicast,
    /// The bot sent it to users of its choice.
    Narrowcast,
    /// The bot sent it to all its friends.
    Broadcast,
    /// The bot sent it to a phone number.
    Notification,
    /// The bot sent it to a phone number, as a template.
    TemplatedNotification,
}

impl ChatMessage {
    /// Its id, which its event has as well.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The message, if it is the bot's.
    pub(crate) fn said_by_bot(&self) -> Option<&Value> {
        matches!(self.from, Side::Bot).then(|| &*self.message)
    }

    /// When it was sent, in milliseconds since 1970.
    pub(crate) fn timestamp(&self) -> u64 {
        self.timestamp
    }
}

impl Via {
    /// Whether it counts against the month's quota (LINE documentation, "Messaging API pricing").
    /// Replies are free, and LINE notification messages are paid for apart.
    pub(crate) fn is_counted(self) -> bool {
        matches!(
            self,
            Self::Push | Self::Multicast | Self::Narrowcast | Self::Broadcast
        )
    }
}

impl Chat {
    pub(crate) fn new(bot_id: &str, chat_id: &str, live: Live, clock: Clock) -> Self {
        let change = Change::Chat {
            bot_id: bot_id.to_owned(),
            chat_id: chat_id.to_owned(),
        };
        Self {
            messages: VecDeque::new(),
            last: watch::Sender::new(0),
            read: 0,
            standby_from: None,
            loading_until: 0,
            change,
            live,
            clock,
        }
    }

    pub(crate) fn user_sent(&mut self, user_id: Option<&str>, id: String, message: Value) {
        self.add(
            Side::User,
            user_id.map(str::to_owned),
            Via::User,
            id,
            Arc::new(message),
        );
    }

    pub(crate) fn bot_sent(&mut self, via: Via, id: String, message: Arc<Value>) {
        // The bot's next message ends the animation.
        self.loading_until = 0;
        self.add(Side::Bot, None, via, id, message);
    }

    /// Puts messages of an earlier chat in the place of these.
    pub(crate) fn restore(&mut self, messages: Vec<ChatMessage>) {
        self.messages = messages.into();
        self.messages
            .make_contiguous()
            .sort_by_key(|message| message.seq);
        let last = self.messages.back().map_or(0, |message| message.seq);
        self.last.send_replace(last);
    }

    /// The sequence number of the last message.
    pub(crate) fn last(&self) -> u64 {
        *self.last.borrow()
    }

    /// The sequence number up to which the bot marked messages as read.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// Marks the messages up to `seq` as read by the bot.
    pub(crate) fn mark_as_read(&mut self, seq: u64) {
        self.read = self.read.max(seq);
        self.tell();
    }

    /// Makes the bot the active channel of the chat until then, in milliseconds since 1970; `None`
    /// is for ever.
    pub(crate) fn acquire_control(&mut self, until: Option<u64>) {
        self.standby_from = until;
    }

    /// Puts the bot on standby.
    pub(crate) fn release_control(&mut self) {
        self.standby_from = Some(0);
    }

    pub(crate) fn is_on_standby(&self) -> bool {
        self.standby_from
            .is_some_and(|from| from <= clock::now_ms(&self.clock))
    }

    /// Shows the loading animation for so long from now, whatever was left of an earlier one.
    pub(crate) fn show_loading(&mut self, seconds: u64) {
        self.loading_until = clock::now_ms(&self.clock) + seconds * 1000;
        self.tell();
    }

    /// When the loading animation ends, in milliseconds since 1970; `None` when none is shown.
    pub(crate) fn loading_until(&self) -> Option<u64> {
        (self.loading_until > clock::now_ms(&self.clock)).then_some(self.loading_until)
    }

    /// The messages with a sequence number above `seq`, oldest first.
    pub(crate) fn after(&self, seq: u64) -> Vec<ChatMessage> {
        let start = self.messages.partition_point(|message| message.seq <= seq);
        self.messages.range(start..).cloned().collect()
    }

    /// The last message.
    pub(crate) fn newest(&self) -> Option<&ChatMessage> {
        self.messages.back()
    }

    /// Tells of the sequence number of the last message.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    fn add(
        &mut self,
        from: Side,
        user_id: Option<String>,
        via: Via,
        id: String,
        message: Arc<Value>,
    ) {
        let seq = self.last() + 1;
        let timestamp = clock::now_ms(&self.clock);
        self.messages.push_back(ChatMessage {
            seq,
            from,
            user_id,
            via,
            id,
            message,
            timestamp,
        });
        if self.messages.len() > MAX_MESSAGES {
            self.messages.pop_front();
        }
        self.last.send_replace(seq);
        self.tell();
    }

    fn tell(&self) {
        self.live.tell(&self.change);
    }
}

fn deserialize_shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Value>, D::Error> {
    Value::deserialize(deserializer).map(Arc::new)
}

fn serialize_shared<S: Serializer>(message: &Arc<Value>, serializer: S) -> Result<S::Ok, S::Error> {
    message.as_ref().serialize(serializer)
}
