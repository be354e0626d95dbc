//! Events for tests.
//!
//! ```
//! use botbox_sdk::testing::event;
//!
//! let mentioned = event::text("hello").from("U2").in_group("C1");
//! ```

use crate::bindings::botbox::line::events::{
    AccountLinkEvent, BeaconDevice, BeaconEvent, BeaconVisitEvent, ContentProvider, Event,
    EventKind, FileContent, FollowEvent, GroupSource, ImageContent, LocationContent, MembersEvent,
    MentionTarget, Mentionee, MessageContent, MessageEvent, PostbackEvent, ReplyState, RoomSource,
    Source, StickerContent, TextContent, TimerEvent, UserSource,
};

/// The id of the user who acts when a test does not say who.
pub const USER: &str = "U00000000000000000000000000000001";

/// An event that a test has happen. An [`Event`] of the test's own making is one, too.
#[derive(Clone, Debug)]
#[must_use = "an event happens when a bot handles it"]
pub struct TestEvent {
    event: Event,
    /// Whether id and time are the bot's to give.
    is_new: bool,
}

/// A text.
pub fn text(text: impl Into<String>) -> TestEvent {
    message(
        "message-1",
        MessageContent::Text(TextContent {
            text: text.into(),
            emojis: Vec::new(),
            mentionees: Vec::new(),
        }),
    )
}

/// A text that begins with a mention of the bot.
pub fn mention(text: impl AsRef<str>) -> TestEvent {
    let name = "@bot";
    message(
        "message-1",
        MessageContent::Text(TextContent {
            text: format!("{name} {}", text.as_ref()),
            emojis: Vec::new(),
            mentionees: vec![Mentionee {
                index: 0,
                length: 4,
                target: MentionTarget::Bot,
            }],
        }),
    )
}

/// A sticker.
pub fn sticker(package_id: impl Into<String>, sticker_id: impl Into<String>) -> TestEvent {
    message(
        "message-1",
        MessageContent::Sticker(StickerContent {
            package_id: package_id.into(),
            sticker_id: sticker_id.into(),
            sticker_resource_type: String::from("STATIC"),
            keywords: Vec::new(),
            text: None,
        }),
    )
}

/// An image. Its bytes are what [`Bot::content`](super::Bot::content) says of the message's id.
pub fn image(message_id: impl Into<String>) -> TestEvent {
    message(
        message_id,
        MessageContent::Image(ImageContent {
            provider: ContentProvider::Line,
            image_set: None,
        }),
    )
}

/// A file. Its bytes are what [`Bot::content`](super::Bot::content) says of the message's id.
pub fn file(
    message_id: impl Into<String>,
    file_name: impl Into<String>,
    file_size: u64,
) -> TestEvent {
    message(
        message_id,
        MessageContent::File(FileContent {
            file_name: file_name.into(),
            file_size,
        }),
    )
}

/// A place.
pub fn location(latitude: f64, longitude: f64) -> TestEvent {
    message(
        "message-1",
        MessageContent::Location(LocationContent {
            title: None,
            address: None,
            latitude,
            longitude,
        }),
    )
}

/// A message of any kind.
pub fn message(id: impl Into<String>, content: MessageContent) -> TestEvent {
    of(EventKind::Message(MessageEvent {
        id: id.into(),
        quote_token: Some(String::from("quote-1")),
        quoted_message_id: None,
        mark_as_read_token: Some(String::from("read-1")),
        content,
    }))
}

/// A postback action's data.
pub fn postback(data: impl Into<String>) -> TestEvent {
    of(EventKind::Postback(PostbackEvent {
        data: data.into(),
        params: Vec::new(),
    }))
}

/// The data of a date picker, and what the user picked: a `date`, `time` or `datetime`.
pub fn picked(
    data: impl Into<String>,
    mode: impl Into<String>,
    value: impl Into<String>,
) -> TestEvent {
    of(EventKind::Postback(PostbackEvent {
        data: data.into(),
        params: vec![(mode.into(), value.into())],
    }))
}

/// A user became a friend.
pub fn follow() -> TestEvent {
    of(EventKind::Follow(FollowEvent {
        is_unblocked: false,
    }))
}

/// A user blocked the bot.
pub fn unfollow() -> TestEvent {
    of(EventKind::Unfollow).without_reply()
}

/// The bot joined the group or room.
pub fn join() -> TestEvent {
    of(EventKind::Join)
}

/// Users joined the group or room.
pub fn member_joined<U: Into<String>>(users: impl IntoIterator<Item = U>) -> TestEvent {
    of(EventKind::MemberJoined(members(users)))
}

/// Users left the group or room.
pub fn member_left<U: Into<String>>(users: impl IntoIterator<Item = U>) -> TestEvent {
    of(EventKind::MemberLeft(members(users))).without_reply()
}

/// A user came near a beacon.
pub fn beacon(hwid: impl Into<String>, device: Option<BeaconDevice>) -> TestEvent {
    of(EventKind::Beacon(BeaconEvent {
        hwid: hwid.into(),
        beacon_type: String::from("enter"),
        device_message: None,
        device,
    }))
}

/// A user's stay near a beacon has ended, after so many milliseconds.
pub fn beacon_visit(
    hwid: impl Into<String>,
    device: Option<BeaconDevice>,
    duration: u64,
) -> TestEvent {
    let visit = of(EventKind::BeaconVisit(BeaconVisitEvent {
        hwid: hwid.into(),
        device,
        started_at: 0,
        duration,
    }));
    visit.without_reply()
}

/// A user linked an account of the provider's service, or failed to.
pub fn account_link(account: Option<&str>) -> TestEvent {
    of(EventKind::AccountLink(AccountLinkEvent {
        is_linked: account.is_some(),
        account: account.map(String::from),
        nonce: None,
    }))
}

/// A timer's time has come. [`Bot::advance`](super::Bot::advance) has those come that the bot has set.
pub fn timer(payload: impl Into<String>) -> TestEvent {
    let timer = of(EventKind::Timer(TimerEvent {
        id: String::from("timer-1"),
        payload: payload.into(),
    }));
    timer.without_reply()
}

/// Anything else that happens in the chat with [`USER`], and can be replied to.
pub fn of(kind: EventKind) -> TestEvent {
    TestEvent {
        event: Event {
            id: String::new(),
            timestamp: 0,
            mode: String::from("active"),
            is_redelivery: false,
            source: Some(Source::User(UserSource {
                user_id: Some(String::from(USER)),
            })),
            reply: ReplyState::Open,
            attempt: 1,
            kind,
        },
        is_new: true,
    }
}

impl TestEvent {
    /// By another user.
    pub fn from(mut self, user: impl Into<String>) -> Self {
        let user_id = Some(user.into());
        self.event.source = Some(match self.event.source.take() {
            Some(Source::Group(group)) => Source::Group(GroupSource { user_id, ..group }),
            Some(Source::Room(room)) => Source::Room(RoomSource { user_id, ..room }),
            _ => Source::User(UserSource { user_id }),
        });
        self
    }

    /// In a group.
    pub fn in_group(mut self, group: impl Into<String>) -> Self {
        self.event.source = Some(Source::Group(GroupSource {
            group_id: group.into(),
            user_id: self.event.user_id().map(String::from),
        }));
        self
    }

    /// In a room.
    pub fn in_room(mut self, room: impl Into<String>) -> Self {
        self.event.source = Some(Source::Room(RoomSource {
            room_id: room.into(),
            user_id: self.event.user_id().map(String::from),
        }));
        self
    }

    /// While another service is in charge of the chat.
    pub fn in_standby(mut self) -> Self {
        self.event.mode = String::from("standby");
        self.event.reply = ReplyState::None;
        self
    }

    /// Without a reply token.
    pub fn without_reply(mut self) -> Self {
        self.event.reply = ReplyState::None;
        self
    }

    /// Again, after attempts that failed. Say whether one of them had replied.
    pub fn at_attempt(mut self, attempt: u32, has_replied: bool) -> Self {
        self.event.attempt = attempt;
        if has_replied {
            self.event.reply = ReplyState::Spent;
        }
        self
    }

    /// The event as a bot gets it.
    pub(super) fn into_event(self, id: impl FnOnce() -> String, now: i64) -> Event {
        let Self { mut event, is_new } = self;
        if is_new {
            event.id = id();
            event.timestamp = now;
        }
        event
    }
}

impl From<Event> for TestEvent {
    fn from(event: Event) -> Self {
        Self {
            event,
            is_new: false,
        }
    }
}

fn members<U: Into<String>>(users: impl IntoIterator<Item = U>) -> MembersEvent {
    let users = users.into_iter();
    let member = |user: U| UserSource {
        user_id: Some(user.into()),
    };
    MembersEvent {
        members: users.map(member).collect(),
    }
}
