//! One webhook event.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ring::digest::{SHA256, digest};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;
use ulid::Ulid;

use super::json::{is_object, map_member, without_member};
use super::message::Message;
use crate::lenient::{lenient, or_default, readable, readable_members};

/// The most bytes of an id: 128. LINE's have 33 at most.
const ID_BYTES: usize = 128;

/// The most bytes of a source that is kept beside its event.
const SOURCE_BYTES: usize = 1 << 10;

/// One webhook event.
#[derive(Debug)]
pub struct Event {
    /// LINE's `webhookEventId`. Where LINE gives none, a fresh ULID.
    pub id: String,
    /// When it happened, in milliseconds since the Unix epoch; 0 where LINE does not tell.
    pub timestamp: i64,
    /// `active` or `standby`.
    pub mode: String,
    /// Whether LINE sends the event again.
    pub is_redelivery: bool,
    /// Where it happened.
    pub source: Option<Source>,
    /// The token to answer the event with, once.
    pub reply_token: Option<ReplyToken>,
    /// What happened.
    pub kind: EventKind,
    /// The event as it came.
    pub json: EventJson,
}

/// A token that answers one event. It is a credential: whoever has it can write to the chat.
pub type ReplyToken = SecretString;

/// An event's JSON, as it came. Debug output does not show it: it holds the reply token, and what
/// users wrote. The default is no event's, and empty.
#[derive(Clone, Default)]
pub struct EventJson(Arc<str>);

impl EventJson {
    /// All of it, reply token included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All of it, without a copy.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The event's `source`, as it came, unless it is larger than 1 KiB, eight times LINE's largest.
    #[must_use]
    pub fn source(&self) -> Option<Box<RawValue>> {
        #[derive(Deserialize)]
        struct Wire {
            source: Option<Box<RawValue>>,
        }
        let source = serde_json::from_str::<Wire>(&self.0).ok()?.source;
        source.filter(|source| source.get().len() <= SOURCE_BYTES)
    }

    /// Without the reply token, for readers who must not see credentials.
    #[must_use]
    pub fn redacted(&self) -> String {
        without_member(&self.0, "replyToken")
    }

    /// Without the nonce of an account link.
    fn without_nonce(&self) -> Self {
        Self(without_nonce(&self.0).into())
    }
}

/// The JSON of an event, or of what is kept of one, without its reply token and the nonce of its
/// account link. What is no JSON object becomes an empty one.
#[must_use]
pub fn redacted(json: &str) -> String {
    without_nonce(&without_member(json, "replyToken"))
}

fn without_nonce(json: &str) -> String {
    map_member(json, "link", |link| without_member(link, "nonce"))
}

impl fmt::Debug for EventJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// Where an event happened.
#[derive(Debug)]
pub enum Source {
    /// A chat with one user.
    User {
        /// LINE does not show all users to bots.
        user_id: Option<String>,
    },
    /// A group chat.
    Group {
        /// The group.
        group_id: String,
        /// Who acted in it.
        user_id: Option<String>,
    },
    /// A multi-person chat.
    Room {
        /// The room.
        room_id: String,
        /// Who acted in it.
        user_id: Option<String>,
    },
    /// Another kind of source: its JSON.
    Unknown(String),
}

/// What happened.
#[derive(Debug)]
pub enum EventKind {
    /// Someone sent a message.
    Message(Message),
    /// Someone edited a text in a group.
    MessageEdited(Message),
    /// Someone took a message back.
    Unsend {
        /// Which one.
        message_id: String,
    },
    /// A user added the bot as a friend.
    Follow {
        /// Whether the user had blocked the bot before.
        is_unblocked: bool,
    },
    /// A user blocked the bot.
    Unfollow,
    /// The bot joined a group or room.
    Join,
    /// The bot left a group or room.
    Leave,
    /// Users joined a group or room.
    MemberJoined(Vec<Member>),
    /// Users left a group or room.
    MemberLeft(Vec<Member>),
    /// A user chose a postback action.
    Postback(Postback),
    /// A user watched a video to its end.
    VideoPlayComplete {
        /// What the video message was sent with.
        tracking_id: String,
    },
    /// A user is near a beacon.
    Beacon(Beacon),
    /// An account link ended.
    AccountLink(AccountLink),
    /// A user's membership changed.
    Membership(Membership),
    /// A LINE notification message arrived.
    Delivery {
        /// The hashed phone number, or the delivery tag.
        data: String,
    },
    /// A module channel was attached or detached.
    Module(Module),
    /// A module channel took control of the chat.
    Activated {
        /// When the control ends, in milliseconds since the Unix epoch.
        expire_at: Option<i64>,
    },
    /// A module channel lost control of the chat.
    Deactivated,
    /// The account of a module channel was suspended.
    BotSuspended,
    /// The account of a module channel was resumed.
    BotResumed,
    /// The host made it itself; see [`Event::from_host`].
    Host,
    /// Anything else; see [`Event::json`].
    Unknown,
}

/// A user who joined or left.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// LINE does not show all users to bots.
    #[serde(default, deserialize_with = "lenient")]
    pub user_id: Option<String>,
}

/// A chosen postback action.
#[derive(Debug, Deserialize)]
pub struct Postback {
    /// The action's data.
    pub data: String,
    /// What the user picked in a date picker, or where a rich menu switch led.
    #[serde(default, deserialize_with = "readable_members")]
    pub params: BTreeMap<String, String>,
}

/// A sighting of a beacon.
#[derive(Debug)]
pub struct Beacon {
    /// 10 hexadecimal digits, in lower case: LINE does not say which case it sends.
    pub hwid: String,
    /// `enter`, `stay` or `banner`.
    pub beacon_type: String,
    /// 1 to 13 bytes.
    pub device_message: Option<Vec<u8>>,
}

/// The end of an account link.
#[derive(Debug)]
pub struct AccountLink {
    /// Whether the accounts are linked.
    pub is_linked: bool,
    /// What the provider's service gave LINE for this link; `None` once the link is
    /// [settled](Event::settle_link). It is a credential.
    pub nonce: Option<SecretString>,
    /// The account of the service that was linked. LINE does not know it; whoever made the nonce does.
    pub account: Option<String>,
}

/// A change of a membership.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// `joined`, `left` or `renewed`.
    #[serde(rename = "type")]
    pub membership_type: String,
    /// The plan.
    pub membership_id: i64,
}

/// The attachment or detachment of a module channel.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Module {
    /// `attached` or `detached`.
    #[serde(rename = "type")]
    pub module_type: String,
    /// The account's bot.
    pub bot_id: String,
    /// What the module may do.
    #[serde(default, deserialize_with = "readable")]
    pub scopes: Vec<String>,
    /// Why it was detached. LINE's reference has an example without it.
    #[serde(default, deserialize_with = "lenient")]
    pub reason: Option<String>,
}

impl Event {
    /// Reads one event, whose JSON must be an object.
    pub(super) fn parse(raw: &RawValue) -> Result<Self, serde_json::Error> {
        if !is_object(raw.get()) {
            return Err(serde_json::Error::custom("an event must be an object"));
        }
        // An object that can't be read at all (a member given twice, say) is an unknown event.
        let mut wire: Wire<'_> = serde_json::from_str(raw.get()).unwrap_or_default();
        Ok(Self {
            kind: wire.take_kind().unwrap_or(EventKind::Unknown),
            source: wire.source.map(Source::parse),
            id: wire
                .webhook_event_id
                .filter(|id| !id.is_empty())
                .map_or_else(|| Ulid::new().to_string(), bounded),
            timestamp: wire.timestamp.unwrap_or_default(),
            mode: wire.mode.unwrap_or_else(|| String::from("active")),
            is_redelivery: wire.delivery_context.is_some_and(|it| it.is_redelivery),
            reply_token: wire.reply_token,
            json: EventJson(raw.get().into()),
        })
    }

    /// Reads an event that the host made itself, in LINE's envelope. No other event gets the kind
    /// [`EventKind::Host`], so nothing that comes from outside can pass for one.
    ///
    /// # Errors
    ///
    /// When it is not a JSON object.
    pub fn from_host(json: &str) -> Result<Self, serde_json::Error> {
        let event = Self::parse(serde_json::from_str(json)?)?;
        Ok(Self {
            kind: EventKind::Host,
            reply_token: None,
            ..event
        })
    }

    /// Reads an event that was kept, with the id that it was given.
    ///
    /// # Errors
    ///
    /// When it is not a JSON object.
    pub fn restore(id: String, json: &str, is_from_host: bool) -> Result<Self, serde_json::Error> {
        let event = if is_from_host {
            Self::from_host(json)?
        } else {
            Self::parse(serde_json::from_str(json)?)?
        };
        Ok(Self { id, ..event })
    }

    /// The message that the event brings, changes or takes back.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        let id = match &self.kind {
            EventKind::Message(message) | EventKind::MessageEdited(message) => &message.id,
            EventKind::Unsend { message_id } => message_id,
            _ => return None,
        };
        is_id(id).then_some(id)
    }

    /// Whether the bot may send anything: not so in `standby`, or in a mode yet unknown.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.mode == "active"
    }

    /// Replaces the nonce of an account link by the account that it stood for, if any, and removes the nonce
    /// from the JSON.
    pub fn settle_link(&mut self, account: Option<String>) {
        self.json = self.json.without_nonce();
        self.kind = EventKind::AccountLink(AccountLink {
            is_linked: account.is_some(),
            nonce: None,
            account,
        });
    }

    /// The id of the user, group or room: what orders events among one another.
    #[must_use]
    pub fn chat(&self) -> Option<&str> {
        let id = match self.source.as_ref()? {
            Source::User { user_id } => user_id.as_deref()?,
            Source::Group { group_id, .. } => group_id,
            Source::Room { room_id, .. } => room_id,
            Source::Unknown(_) => return None,
        };
        is_id(id).then_some(id)
    }
}

/// Whether it can be an id of LINE's.
fn is_id(id: &str) -> bool {
    id.len() <= ID_BYTES
}

/// The id of an event, or the SHA-256 of an id that is too long, so that the event is known when it comes
/// again.
fn bounded(id: String) -> String {
    if is_id(&id) {
        return id;
    }
    hex::encode(digest(&SHA256, id.as_bytes()))
}

/// An event as LINE writes it. Each member is taken as it comes, so that one odd value does not
/// cost the others.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wire<'a> {
    #[serde(rename = "type", deserialize_with = "lenient")]
    event_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    mode: Option<String>,
    #[serde(deserialize_with = "lenient")]
    timestamp: Option<i64>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(deserialize_with = "lenient")]
    webhook_event_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    delivery_context: Option<DeliveryContext>,
    #[serde(deserialize_with = "lenient")]
    reply_token: Option<ReplyToken>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(deserialize_with = "lenient")]
    unsend: Option<Unsend>,
    #[serde(deserialize_with = "lenient")]
    follow: Option<Follow>,
    #[serde(deserialize_with = "lenient")]
    joined: Option<Members>,
    #[serde(deserialize_with = "lenient")]
    left: Option<Members>,
    #[serde(deserialize_with = "lenient")]
    postback: Option<Postback>,
    #[serde(deserialize_with = "lenient")]
    beacon: Option<BeaconWire>,
    #[serde(deserialize_with = "lenient")]
    link: Option<Link>,
    #[serde(deserialize_with = "lenient")]
    video_play_complete: Option<VideoPlayComplete>,
    #[serde(deserialize_with = "lenient")]
    membership: Option<Membership>,
    #[serde(deserialize_with = "lenient")]
    delivery: Option<Delivery>,
    #[serde(deserialize_with = "lenient")]
    module: Option<Module>,
    #[serde(deserialize_with = "lenient")]
    chat_control: Option<ChatControl>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VideoPlayComplete {
    tracking_id: String,
}

#[derive(Deserialize)]
struct Delivery {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChatControl {
    expire_at: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryContext {
    is_redelivery: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unsend {
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Follow {
    is_unblocked: bool,
}

/// A member of whom nothing can be read counts: somebody joined or left.
#[derive(Deserialize)]
struct Members {
    members: Vec<OddMember>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct OddMember {
    #[serde(deserialize_with = "or_default")]
    member: Member,
}

#[derive(Deserialize)]
struct BeaconWire {
    hwid: String,
    #[serde(rename = "type")]
    beacon_type: String,
    #[serde(default, deserialize_with = "lenient")]
    dm: Option<String>,
}

#[derive(Deserialize)]
struct Link {
    result: String,
    nonce: SecretString,
}

impl Wire<'_> {
    /// What happened, or nothing when that can't be told.
    fn take_kind(&mut self) -> Option<EventKind> {
        Some(match self.event_type.as_deref()? {
            "message" => EventKind::Message(Message::parse(self.message?)?),
            "messageEdited" => EventKind::MessageEdited(Message::parse(self.message?)?),
            "unsend" => EventKind::Unsend {
                message_id: self.unsend.take()?.message_id,
            },
            // LINE's reference has an example without the `follow` object.
            "follow" => EventKind::Follow {
                is_unblocked: self.follow.take().is_some_and(|it| it.is_unblocked),
            },
            "unfollow" => EventKind::Unfollow,
            "join" => EventKind::Join,
            "leave" => EventKind::Leave,
            "memberJoined" => EventKind::MemberJoined(self.joined.take()?.into()),
            "memberLeft" => EventKind::MemberLeft(self.left.take()?.into()),
            "postback" => EventKind::Postback(self.postback.take()?),
            "beacon" => EventKind::Beacon(self.beacon.take()?.into()),
            "videoPlayComplete" => EventKind::VideoPlayComplete {
                tracking_id: self.video_play_complete.take()?.tracking_id,
            },
            "accountLink" => EventKind::AccountLink(self.link.take()?.into()),
            "membership" => EventKind::Membership(self.membership.take()?),
            "delivery" => EventKind::Delivery {
                data: self.delivery.take()?.data,
            },
            "module" => EventKind::Module(self.module.take()?),
            "activated" => EventKind::Activated {
                expire_at: self.chat_control.as_ref().map(|it| it.expire_at),
            },
            "deactivated" => EventKind::Deactivated,
            "botSuspended" => EventKind::BotSuspended,
            "botResumed" => EventKind::BotResumed,
            _ => return None,
        })
    }
}

impl From<Members> for Vec<Member> {
    fn from(wire: Members) -> Self {
        wire.members.into_iter().map(|it| it.member).collect()
    }
}

impl From<BeaconWire> for Beacon {
    fn from(wire: BeaconWire) -> Self {
        Self {
            hwid: wire.hwid.to_ascii_lowercase(),
            beacon_type: wire.beacon_type,
            device_message: wire.dm.as_deref().and_then(|dm| hex::decode(dm).ok()),
        }
    }
}

impl From<Link> for AccountLink {
    fn from(wire: Link) -> Self {
        Self {
            is_linked: wire.result == "ok",
            nonce: Some(wire.nonce),
            account: None,
        }
    }
}

impl Source {
    fn parse(raw: &RawValue) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Wire {
            #[serde(rename = "type", deserialize_with = "lenient")]
            source_type: Option<String>,
            #[serde(deserialize_with = "lenient")]
            user_id: Option<String>,
            #[serde(deserialize_with = "lenient")]
            group_id: Option<String>,
            #[serde(deserialize_with = "lenient")]
            room_id: Option<String>,
        }
        let wire: Wire = serde_json::from_str(raw.get()).unwrap_or_default();
        let user_id = wire.user_id;
        match (wire.source_type.as_deref(), wire.group_id, wire.room_id) {
            (Some("user"), ..) => Self::User { user_id },
            (Some("group"), Some(group_id), _) => Self::Group { group_id, user_id },
            (Some("room"), _, Some(room_id)) => Self::Room { room_id, user_id },
            _ => Self::Unknown(raw.get().to_owned()),
        }
    }
}
