//! Events, from LINE to the plugin.

use botbox_line::webhook;
use secrecy::ExposeSecret;

use crate::beacons::{self, Beacons};
use crate::bindings::botbox::line::events::{
    AccountLinkEvent, ActivatedEvent, AudioContent, BeaconDevice, BeaconEvent, BeaconVisitEvent,
    ContentProvider, DeliveryEvent, Emoji, Event, EventKind, ExternalContent, FileContent,
    FollowEvent, GroupSource, ImageContent, ImageSet, LocationContent, MembersEvent,
    MembershipEvent, MentionTarget, Mentionee, MessageContent, MessageEvent, ModuleEvent,
    PostbackEvent, ReplyState, RoomSource, Source, StickerContent, TextContent, TimerEvent,
    UnsendEvent, UserSource, VideoContent, VideoPlayCompleteEvent,
};
use crate::host_event::HostEvent;

/// The event as the plugin sees it: without the reply token.
pub(crate) fn event(
    event: webhook::Event,
    reply: ReplyState,
    attempt: u32,
    beacons: &Beacons,
) -> Event {
    let kind = match event.kind {
        webhook::EventKind::Message(message) => EventKind::Message(message_event(message)),
        webhook::EventKind::MessageEdited(message) => {
            EventKind::MessageEdited(message_event(message))
        }
        webhook::EventKind::Unsend { message_id } => EventKind::Unsend(UnsendEvent { message_id }),
        webhook::EventKind::Follow { is_unblocked } => {
            EventKind::Follow(FollowEvent { is_unblocked })
        }
        webhook::EventKind::Unfollow => EventKind::Unfollow,
        webhook::EventKind::Join => EventKind::Join,
        webhook::EventKind::Leave => EventKind::Leave,
        webhook::EventKind::MemberJoined(members) => EventKind::MemberJoined(users(members)),
        webhook::EventKind::MemberLeft(members) => EventKind::MemberLeft(users(members)),
        webhook::EventKind::Postback(postback) => EventKind::Postback(PostbackEvent {
            data: postback.data,
            params: postback.params.into_iter().collect(),
        }),
        webhook::EventKind::Beacon(beacon) => EventKind::Beacon(BeaconEvent {
            device: beacons.seen(&beacon.hwid).map(device),
            hwid: beacon.hwid,
            beacon_type: beacon.beacon_type,
            device_message: beacon.device_message,
        }),
        webhook::EventKind::AccountLink(link) => EventKind::AccountLink(AccountLinkEvent {
            is_linked: link.is_linked,
            account: link.account,
            nonce: link.nonce.map(|nonce| nonce.expose_secret().to_owned()),
        }),
        webhook::EventKind::VideoPlayComplete { tracking_id } => {
            EventKind::VideoPlayComplete(VideoPlayCompleteEvent { tracking_id })
        }
        webhook::EventKind::Membership(membership) => EventKind::Membership(MembershipEvent {
            membership_type: membership.membership_type,
            membership_id: membership.membership_id,
        }),
        webhook::EventKind::Delivery { data } => EventKind::Delivery(DeliveryEvent { data }),
        webhook::EventKind::Module(module) => EventKind::Module(ModuleEvent {
            module_type: module.module_type,
            bot_id: module.bot_id,
            scopes: module.scopes,
            reason: module.reason,
        }),
        webhook::EventKind::Activated { expire_at } => {
            EventKind::Activated(ActivatedEvent { expire_at })
        }
        webhook::EventKind::Deactivated => EventKind::Deactivated,
        webhook::EventKind::BotSuspended => EventKind::BotSuspended,
        webhook::EventKind::BotResumed => EventKind::BotResumed,
        webhook::EventKind::Host => host_event(&event, beacons),
        webhook::EventKind::Unknown => EventKind::Unknown(event.json.redacted()),
    };
    Event {
        id: event.id,
        timestamp: event.timestamp,
        mode: event.mode,
        is_redelivery: event.is_redelivery,
        source: event.source.map(source),
        reply,
        attempt,
        kind,
    }
}

fn host_event(event: &webhook::Event, beacons: &Beacons) -> EventKind {
    match HostEvent::of(event) {
        Some(HostEvent::Timer { timer }) => EventKind::Timer(TimerEvent {
            id: event.id.clone(),
            payload: timer.payload,
        }),
        Some(HostEvent::BeaconVisit { visit }) => EventKind::BeaconVisit(BeaconVisitEvent {
            device: beacons.seen(&visit.hwid).map(device),
            hwid: visit.hwid,
            started_at: visit.started_at,
            duration: visit.duration,
        }),
        None => EventKind::Unknown(event.json.redacted()),
    }
}

pub(crate) fn device(device: &beacons::BeaconDevice) -> BeaconDevice {
    BeaconDevice {
        hwid: device.hwid.to_string(),
        name: device.name.clone(),
        place: device.place.clone(),
        labels: device.labels.clone().into_iter().collect(),
    }
}

fn source(source: webhook::Source) -> Source {
    match source {
        webhook::Source::User { user_id } => Source::User(UserSource { user_id }),
        webhook::Source::Group { group_id, user_id } => {
            Source::Group(GroupSource { group_id, user_id })
        }
        webhook::Source::Room { room_id, user_id } => Source::Room(RoomSource { room_id, user_id }),
        webhook::Source::Unknown(json) => Source::Unknown(json),
    }
}

fn users(members: Vec<webhook::Member>) -> MembersEvent {
    let user = |member: webhook::Member| UserSource {
        user_id: member.user_id,
    };
    MembersEvent {
        members: members.into_iter().map(user).collect(),
    }
}

fn message_event(message: webhook::Message) -> MessageEvent {
    MessageEvent {
        id: message.id,
        quote_token: message.quote_token,
        quoted_message_id: message.quoted_message_id,
        mark_as_read_token: message.mark_as_read_token,
        content: content(message.content),
    }
}

fn content(content: webhook::MessageContent) -> MessageContent {
    match content {
        webhook::MessageContent::Text {
            text,
            emojis,
            mentionees,
        } => MessageContent::Text(TextContent {
            text,
            emojis: emojis.into_iter().map(emoji).collect(),
            mentionees: mentionees.into_iter().map(mentionee).collect(),
        }),
        webhook::MessageContent::Image {
            provider,
            image_set,
        } => MessageContent::Image(ImageContent {
            provider: content_provider(provider),
            image_set: image_set.map(|set| ImageSet {
                id: set.id,
                index: set.index,
                total: set.total,
            }),
        }),
        webhook::MessageContent::Video { provider, duration } => {
            MessageContent::Video(VideoContent {
                provider: content_provider(provider),
                duration,
            })
        }
        webhook::MessageContent::Audio { provider, duration } => {
            MessageContent::Audio(AudioContent {
                provider: content_provider(provider),
                duration,
            })
        }
        webhook::MessageContent::File { name, size } => MessageContent::File(FileContent {
            file_name: name,
            file_size: size,
        }),
        webhook::MessageContent::Location {
            title,
            address,
            latitude,
            longitude,
        } => MessageContent::Location(LocationContent {
            title,
            address,
            latitude,
            longitude,
        }),
        webhook::MessageContent::Sticker {
            package_id,
            sticker_id,
            resource_type,
            keywords,
            text,
        } => MessageContent::Sticker(StickerContent {
            package_id,
            sticker_id,
            sticker_resource_type: resource_type,
            keywords,
            text,
        }),
        webhook::MessageContent::Unknown(json) => MessageContent::Unknown(json),
    }
}

fn emoji(emoji: webhook::Emoji) -> Emoji {
    Emoji {
        index: emoji.index,
        length: emoji.length,
        product_id: emoji.product_id,
        emoji_id: emoji.emoji_id,
    }
}

fn mentionee(mentionee: webhook::Mentionee) -> Mentionee {
    Mentionee {
        index: mentionee.index,
        length: mentionee.length,
        target: match mentionee.target {
            webhook::MentionTarget::User(user_id) => MentionTarget::User(user_id),
            webhook::MentionTarget::Bot => MentionTarget::Bot,
            webhook::MentionTarget::All => MentionTarget::All,
            webhook::MentionTarget::Unknown(json) => MentionTarget::Unknown(json),
        },
    }
}

fn content_provider(provider: webhook::ContentProvider) -> ContentProvider {
    match provider {
        webhook::ContentProvider::Line => ContentProvider::Line,
        webhook::ContentProvider::External {
            original_content_url,
            preview_image_url,
        } => ContentProvider::External(ExternalContent {
            original_content_url,
            preview_image_url,
        }),
        webhook::ContentProvider::Unknown(json) => ContentProvider::Unknown(json),
    }
}
