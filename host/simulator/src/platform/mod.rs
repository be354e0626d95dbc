//! The LINE Platform's side: the Messaging API.

mod answer;
mod bots;
mod contents;
mod messages;
mod profiles;
mod serve;

use axum::Router;
use axum::routing::{get, post};
use serde::Deserialize;

pub(crate) use self::answer::Answer;
use self::answer::Refusal;
use self::serve::{not_found, operation};
use crate::world::Shared;

/// The operations that the simulator performs, by LINE's operation ids (LINE's OpenAPI
/// description).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Operation {
    GetBotInfo,
    GetGroupMemberProfile,
    GetMessageContent,
    GetMessageContentTranscodingByMessageId,
    GetProfile,
    GetRoomMemberProfile,
    GetWebhookEndpoint,
    PushMessage,
    ReplyMessage,
    SetWebhookEndpoint,
    TestWebhookEndpoint,
}

impl Operation {
    /// Whether the header `X-Line-Retry-Key` is allowed (LINE documentation, "Retry failed API
    /// requests").
    fn takes_retry_key(self) -> bool {
        self == Self::PushMessage
    }
}

/// LINE's API and data API, under the paths that LINE gives them.
pub(crate) fn routes() -> Router<Shared> {
    use Operation as Op;

    Router::new()
        .route(
            "/v2/bot/message/reply",
            post(operation(Op::ReplyMessage, messages::reply)),
        )
        .route(
            "/v2/bot/message/push",
            post(operation(Op::PushMessage, messages::push)),
        )
        .route(
            "/v2/bot/profile/{userId}",
            get(operation(Op::GetProfile, profiles::of_user)),
        )
        .route(
            "/v2/bot/group/{groupId}/member/{userId}",
            get(operation(
                Op::GetGroupMemberProfile,
                profiles::of_group_member,
            )),
        )
        .route(
            "/v2/bot/room/{roomId}/member/{userId}",
            get(operation(
                Op::GetRoomMemberProfile,
                profiles::of_room_member,
            )),
        )
        .route(
            "/v2/bot/message/{messageId}/content",
            get(operation(Op::GetMessageContent, contents::bytes)),
        )
        .route(
            "/v2/bot/message/{messageId}/content/transcoding",
            get(operation(
                Op::GetMessageContentTranscodingByMessageId,
                contents::transcoding,
            )),
        )
        .route("/v2/bot/info", get(operation(Op::GetBotInfo, bots::info)))
        .route(
            "/v2/bot/channel/webhook/endpoint",
            get(operation(Op::GetWebhookEndpoint, bots::webhook_endpoint)).put(operation(
                Op::SetWebhookEndpoint,
                bots::set_webhook_endpoint,
            )),
        )
        .route(
            "/v2/bot/channel/webhook/test",
            post(operation(
                Op::TestWebhookEndpoint,
                bots::test_webhook_endpoint,
            )),
        )
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
}
