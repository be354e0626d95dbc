//! Events, from LINE to the plugin.

use botbox_line::webhook;

use crate::bindings::botbox::line::events::{
    AccountLinkEvent, AudioContent, BeaconEvent, ContentProvider, Event, EventKind,
    ExternalContent, FileContent, FollowEvent, GroupSource, ImageContent, LocationContent,
    MembersEvent, MessageContent, MessageEvent, PostbackEvent, RoomSource, Source, StickerContent,
    TextContent, UnsendEvent, UserSource, VideoContent,
};

/// The event as the plugin sees it: without the reply token.
pub(crate) fn event(event: webhook::Event, can_reply: bool) -> Event {
    let kind = match event.kind {
        webhook::EventKind::Message(message) => EventKind::Message(message_event(message)),
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
            params: postback.params.into_iter().flatten().collect(),
        }),
        webhook::EventKind::Beacon(beacon) => EventKind::Beacon(BeaconEvent {
            hwid: beacon.hwid,
            beacon_type: beacon.beacon_type,
            device_message: beacon.device_message,
        }),
        webhook::EventKind::AccountLink(link) => EventKind::AccountLink(AccountLinkEvent {
            is_linked: link.is_linked,
            nonce: link.nonce,
        }),
        webhook::EventKind::Unknown => EventKind::Unknown(event.json.redacted()),
    };
    Event {
        id: event.id,
        timestamp: event.timestamp,
        mode: event.mode,
        is_redelivery: event.is_redelivery,
        source: event.source.map(source),
        can_reply,
        kind,
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
        content: content(message.content),
    }
}

fn content(content: webhook::MessageContent) -> MessageContent {
    match content {
        webhook::MessageContent::Text { text } => MessageContent::Text(TextContent { text }),
        webhook::MessageContent::Image { provider } => MessageContent::Image(ImageContent {
            provider: content_provider(provider),
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
