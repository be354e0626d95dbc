//! The operations of the LINE Platform's API: where each is, how often it may be called, and
//! whether a call may be made again.
//!
//! Names, methods and paths are those of LINE's OpenAPI description; the rates are those of the
//! LINE reference, "Rate limits". The two operations on templated notification messages are in the
//! reference only, so their ids are ours.

use std::time::Duration;

use reqwest::Method;
use serde::de::{Deserialize, Deserializer, Error as _};

/// Which of LINE's servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// `api.line.me`
    Api,
    /// `api-data.line.me`: contents, images and files.
    DataApi,
    /// `manager.line.biz`: attaching modules.
    Manager,
}

/// When a request may be made again (LINE documentation, "Retry failed API requests").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// After a 5xx status or without an answer: the request changes nothing, or the same again.
    Safely,
    /// The same, because the request has a retry key. LINE answers 409 when it took an earlier
    /// attempt, which is success.
    WithKey,
    /// Only while it certainly did not reach LINE.
    Unsent,
}

/// How often LINE takes calls of one channel. It refuses more with 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// This many calls
    pub calls: u32,
    /// in this time.
    pub period: Duration,
}

/// What an operation is.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// LINE's `operationId`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// Where it is.
    pub server: Server,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// How often it may be called.
    pub rate: Rate,
    /// When a call may be made again.
    pub repeat: Repeat,
}

/// The rate of operations for which LINE documents no other (LINE reference, "Rate limits").
pub const USUAL_RATE: Rate = per_second(2_000);

macro_rules! operations {
    ($($name:ident $id:literal $method:ident $server:ident $path:literal $rate:expr, $repeat:ident;)*) => {
        /// An operation of the LINE Platform's API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation {
            $(
                #[doc = concat!("`", stringify!($method), " ", $path, "`")]
                $name,
            )*
        }

        impl Operation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What it is.
            #[must_use]
            pub const fn endpoint(self) -> &'static Endpoint {
                match self {
                    $(
                        Self::$name => {
                            static ENDPOINT: Endpoint = Endpoint {
                                id: $id,
                                method: Method::$method,
                                server: Server::$server,
                                path: $path,
                                rate: $rate,
                                repeat: Repeat::$repeat,
                            };
                            &ENDPOINT
                        }
                    )*
                }
            }
        }
    };
}

const fn per_second(calls: u32) -> Rate {
    let period = Duration::from_secs(1);
    Rate { calls, period }
}

const fn per_minute(calls: u32) -> Rate {
    let period = Duration::from_secs(60);
    Rate { calls, period }
}

const fn per_hour(calls: u32) -> Rate {
    let period = Duration::from_secs(3_600);
    Rate { calls, period }
}

#[rustfmt::skip]
operations! {
    // Messaging API
    GetWebhookEndpoint "getWebhookEndpoint" GET Api "/v2/bot/channel/webhook/endpoint" per_minute(1_000), Safely;
    SetWebhookEndpoint "setWebhookEndpoint" PUT Api "/v2/bot/channel/webhook/endpoint" per_minute(1_000), Safely;
    TestWebhookEndpoint "testWebhookEndpoint" POST Api "/v2/bot/channel/webhook/test" per_hour(60), Safely;
    GetMessageContent "getMessageContent" GET DataApi "/v2/bot/message/{messageId}/content" USUAL_RATE, Safely;
    GetMessageContentPreview "getMessageContentPreview" GET DataApi "/v2/bot/message/{messageId}/content/preview" USUAL_RATE, Safely;
    GetMessageContentTranscodingByMessageId "getMessageContentTranscodingByMessageId" GET DataApi "/v2/bot/message/{messageId}/content/transcoding" USUAL_RATE, Safely;
    ReplyMessage "replyMessage" POST Api "/v2/bot/message/reply" USUAL_RATE, Unsent;
    PushMessage "pushMessage" POST Api "/v2/bot/message/push" USUAL_RATE, WithKey;
    Multicast "multicast" POST Api "/v2/bot/message/multicast" per_second(200), WithKey;
    Narrowcast "narrowcast" POST Api "/v2/bot/message/narrowcast" per_hour(60), WithKey;
    GetNarrowcastProgress "getNarrowcastProgress" GET Api "/v2/bot/message/progress/narrowcast" USUAL_RATE, Safely;
    Broadcast "broadcast" POST Api "/v2/bot/message/broadcast" per_hour(60), WithKey;
    GetMessageQuota "getMessageQuota" GET Api "/v2/bot/message/quota" USUAL_RATE, Safely;
    GetMessageQuotaConsumption "getMessageQuotaConsumption" GET Api "/v2/bot/message/quota/consumption" USUAL_RATE, Safely;
    GetNumberOfSentReplyMessages "getNumberOfSentReplyMessages" GET Api "/v2/bot/message/delivery/reply" USUAL_RATE, Safely;
    GetNumberOfSentPushMessages "getNumberOfSentPushMessages" GET Api "/v2/bot/message/delivery/push" USUAL_RATE, Safely;
    GetNumberOfSentMulticastMessages "getNumberOfSentMulticastMessages" GET Api "/v2/bot/message/delivery/multicast" USUAL_RATE, Safely;
    GetNumberOfSentBroadcastMessages "getNumberOfSentBroadcastMessages" GET Api "/v2/bot/message/delivery/broadcast" USUAL_RATE, Safely;
    ValidateReply "validateReply" POST Api "/v2/bot/message/validate/reply" USUAL_RATE, Safely;
    ValidatePush "validatePush" POST Api "/v2/bot/message/validate/push" USUAL_RATE, Safely;
    ValidateMulticast "validateMulticast" POST Api "/v2/bot/message/validate/multicast" USUAL_RATE, Safely;
    ValidateNarrowcast "validateNarrowcast" POST Api "/v2/bot/message/validate/narrowcast" USUAL_RATE, Safely;
    ValidateBroadcast "validateBroadcast" POST Api "/v2/bot/message/validate/broadcast" USUAL_RATE, Safely;
    GetAggregationUnitUsage "getAggregationUnitUsage" GET Api "/v2/bot/message/aggregation/info" USUAL_RATE, Safely;
    GetAggregationUnitNameList "getAggregationUnitNameList" GET Api "/v2/bot/message/aggregation/list" USUAL_RATE, Safely;
    GetProfile "getProfile" GET Api "/v2/bot/profile/{userId}" USUAL_RATE, Safely;
    GetFollowers "getFollowers" GET Api "/v2/bot/followers/ids" USUAL_RATE, Safely;
    GetBotInfo "getBotInfo" GET Api "/v2/bot/info" USUAL_RATE, Safely;
    GetGroupMemberProfile "getGroupMemberProfile" GET Api "/v2/bot/group/{groupId}/member/{userId}" USUAL_RATE, Safely;
    GetRoomMemberProfile "getRoomMemberProfile" GET Api "/v2/bot/room/{roomId}/member/{userId}" USUAL_RATE, Safely;
    GetGroupMembersIds "getGroupMembersIds" GET Api "/v2/bot/group/{groupId}/members/ids" USUAL_RATE, Safely;
    GetRoomMembersIds "getRoomMembersIds" GET Api "/v2/bot/room/{roomId}/members/ids" USUAL_RATE, Safely;
    LeaveGroup "leaveGroup" POST Api "/v2/bot/group/{groupId}/leave" USUAL_RATE, Unsent;
    LeaveRoom "leaveRoom" POST Api "/v2/bot/room/{roomId}/leave" USUAL_RATE, Unsent;
    GetGroupSummary "getGroupSummary" GET Api "/v2/bot/group/{groupId}/summary" USUAL_RATE, Safely;
    GetGroupMemberCount "getGroupMemberCount" GET Api "/v2/bot/group/{groupId}/members/count" USUAL_RATE, Safely;
    GetRoomMemberCount "getRoomMemberCount" GET Api "/v2/bot/room/{roomId}/members/count" USUAL_RATE, Safely;
    CreateRichMenu "createRichMenu" POST Api "/v2/bot/richmenu" per_hour(100), Unsent;
    ValidateRichMenuObject "validateRichMenuObject" POST Api "/v2/bot/richmenu/validate" USUAL_RATE, Safely;
    GetRichMenuImage "getRichMenuImage" GET DataApi "/v2/bot/richmenu/{richMenuId}/content" USUAL_RATE, Safely;
    SetRichMenuImage "setRichMenuImage" POST DataApi "/v2/bot/richmenu/{richMenuId}/content" USUAL_RATE, Unsent;
    GetRichMenu "getRichMenu" GET Api "/v2/bot/richmenu/{richMenuId}" USUAL_RATE, Safely;
    DeleteRichMenu "deleteRichMenu" DELETE Api "/v2/bot/richmenu/{richMenuId}" per_hour(100), Unsent;
    GetRichMenuList "getRichMenuList" GET Api "/v2/bot/richmenu/list" per_second(10), Safely;
    SetDefaultRichMenu "setDefaultRichMenu" POST Api "/v2/bot/user/all/richmenu/{richMenuId}" USUAL_RATE, Safely;
    GetDefaultRichMenuId "getDefaultRichMenuId" GET Api "/v2/bot/user/all/richmenu" USUAL_RATE, Safely;
    CancelDefaultRichMenu "cancelDefaultRichMenu" DELETE Api "/v2/bot/user/all/richmenu" USUAL_RATE, Safely;
    CreateRichMenuAlias "createRichMenuAlias" POST Api "/v2/bot/richmenu/alias" USUAL_RATE, Unsent;
    GetRichMenuAlias "getRichMenuAlias" GET Api "/v2/bot/richmenu/alias/{richMenuAliasId}" USUAL_RATE, Safely;
    UpdateRichMenuAlias "updateRichMenuAlias" POST Api "/v2/bot/richmenu/alias/{richMenuAliasId}" USUAL_RATE, Safely;
    DeleteRichMenuAlias "deleteRichMenuAlias" DELETE Api "/v2/bot/richmenu/alias/{richMenuAliasId}" per_hour(100), Unsent;
    GetRichMenuAliasList "getRichMenuAliasList" GET Api "/v2/bot/richmenu/alias/list" USUAL_RATE, Safely;
    GetRichMenuIdOfUser "getRichMenuIdOfUser" GET Api "/v2/bot/user/{userId}/richmenu" USUAL_RATE, Safely;
    UnlinkRichMenuIdFromUser "unlinkRichMenuIdFromUser" DELETE Api "/v2/bot/user/{userId}/richmenu" USUAL_RATE, Safely;
    LinkRichMenuIdToUser "linkRichMenuIdToUser" POST Api "/v2/bot/user/{userId}/richmenu/{richMenuId}" USUAL_RATE, Safely;
    LinkRichMenuIdToUsers "linkRichMenuIdToUsers" POST Api "/v2/bot/richmenu/bulk/link" USUAL_RATE, Safely;
    UnlinkRichMenuIdFromUsers "unlinkRichMenuIdFromUsers" POST Api "/v2/bot/richmenu/bulk/unlink" USUAL_RATE, Safely;
    RichMenuBatch "richMenuBatch" POST Api "/v2/bot/richmenu/batch" per_hour(3), Unsent;
    ValidateRichMenuBatchRequest "validateRichMenuBatchRequest" POST Api "/v2/bot/richmenu/validate/batch" USUAL_RATE, Safely;
    GetRichMenuBatchProgress "getRichMenuBatchProgress" GET Api "/v2/bot/richmenu/progress/batch" per_hour(100), Safely;
    IssueLinkToken "issueLinkToken" POST Api "/v2/bot/user/{userId}/linkToken" USUAL_RATE, Unsent;
    MarkMessagesAsRead "markMessagesAsRead" POST Api "/v2/bot/message/markAsRead" USUAL_RATE, Safely;
    PushMessagesByPhone "pushMessagesByPhone" POST Api "/bot/pnp/push" USUAL_RATE, Unsent;
    GetPnpMessageStatistics "getPNPMessageStatistics" GET Api "/v2/bot/message/delivery/pnp" USUAL_RATE, Safely;
    GetMembershipSubscription "getMembershipSubscription" GET Api "/v2/bot/membership/subscription/{userId}" per_second(200), Safely;
    GetMembershipList "getMembershipList" GET Api "/v2/bot/membership/list" per_second(200), Safely;
    GetJoinedMembershipUsers "getJoinedMembershipUsers" GET Api "/v2/bot/membership/{membershipId}/users/ids" per_second(200), Safely;
    ListCoupon "listCoupon" GET Api "/v2/bot/coupon" per_second(200), Safely;
    CreateCoupon "createCoupon" POST Api "/v2/bot/coupon" per_second(200), Unsent;
    GetCouponDetail "getCouponDetail" GET Api "/v2/bot/coupon/{couponId}" per_second(200), Safely;
    CloseCoupon "closeCoupon" PUT Api "/v2/bot/coupon/{couponId}/close" per_second(200), Unsent;
    ShowLoadingAnimation "showLoadingAnimation" POST Api "/v2/bot/chat/loading/start" per_second(100), Safely;
    MarkMessagesAsReadByToken "markMessagesAsReadByToken" POST Api "/v2/bot/chat/markAsRead" USUAL_RATE, Safely;
    PushTemplatedMessagesByPhone "pushTemplatedMessagesByPhone" POST Api "/v2/bot/message/pnp/templated/push" USUAL_RATE, Unsent;
    GetTemplatedPnpMessageStatistics "getTemplatedPNPMessageStatistics" GET Api "/v2/bot/message/delivery/pnp/templated" USUAL_RATE, Safely;
    // Channel access tokens
    IssueStatelessChannelToken "issueStatelessChannelToken" POST Api "/oauth2/v3/token" USUAL_RATE, Safely;
    GetsAllValidChannelAccessTokenKeyIds "getsAllValidChannelAccessTokenKeyIds" GET Api "/oauth2/v2.1/tokens/kid" USUAL_RATE, Safely;
    IssueChannelTokenByJwt "issueChannelTokenByJWT" POST Api "/oauth2/v2.1/token" USUAL_RATE, Unsent;
    VerifyChannelTokenByJwt "verifyChannelTokenByJWT" GET Api "/oauth2/v2.1/verify" USUAL_RATE, Safely;
    RevokeChannelTokenByJwt "revokeChannelTokenByJWT" POST Api "/oauth2/v2.1/revoke" USUAL_RATE, Safely;
    IssueChannelToken "issueChannelToken" POST Api "/v2/oauth/accessToken" per_second(370), Unsent;
    VerifyChannelToken "verifyChannelToken" POST Api "/v2/oauth/verify" USUAL_RATE, Safely;
    RevokeChannelToken "revokeChannelToken" POST Api "/v2/oauth/revoke" USUAL_RATE, Safely;
    // Insight
    GetFriendsDemographics "getFriendsDemographics" GET Api "/v2/bot/insight/demographic" per_hour(60), Safely;
    GetNumberOfMessageDeliveries "getNumberOfMessageDeliveries" GET Api "/v2/bot/insight/message/delivery" per_hour(60), Safely;
    GetNumberOfFollowers "getNumberOfFollowers" GET Api "/v2/bot/insight/followers" per_hour(60), Safely;
    GetMessageEvent "getMessageEvent" GET Api "/v2/bot/insight/message/event" per_hour(60), Safely;
    GetStatisticsPerUnit "getStatisticsPerUnit" GET Api "/v2/bot/insight/message/event/aggregation" per_hour(60), Safely;
    GetRichMenuInsightSummary "getRichMenuInsightSummary" GET Api "/v2/bot/insight/richmenu/{richMenuId}/summary" per_hour(60), Safely;
    GetRichMenuInsightDaily "getRichMenuInsightDaily" GET Api "/v2/bot/insight/richmenu/{richMenuId}/daily" per_hour(60), Safely;
    // Audiences
    CreateAudienceGroup "createAudienceGroup" POST Api "/v2/bot/audienceGroup/upload" per_minute(60), Unsent;
    AddAudienceToAudienceGroup "addAudienceToAudienceGroup" PUT Api "/v2/bot/audienceGroup/upload" per_minute(60), Unsent;
    CreateAudienceForUploadingUserIds "createAudienceForUploadingUserIds" POST DataApi "/v2/bot/audienceGroup/upload/byFile" per_minute(60), Unsent;
    AddUserIdsToAudience "addUserIdsToAudience" PUT DataApi "/v2/bot/audienceGroup/upload/byFile" per_minute(60), Unsent;
    CreateClickBasedAudienceGroup "createClickBasedAudienceGroup" POST Api "/v2/bot/audienceGroup/click" per_minute(60), Unsent;
    CreateImpBasedAudienceGroup "createImpBasedAudienceGroup" POST Api "/v2/bot/audienceGroup/imp" per_minute(60), Unsent;
    UpdateAudienceGroupDescription "updateAudienceGroupDescription" PUT Api "/v2/bot/audienceGroup/{audienceGroupId}/updateDescription" per_minute(60), Safely;
    DeleteAudienceGroup "deleteAudienceGroup" DELETE Api "/v2/bot/audienceGroup/{audienceGroupId}" per_minute(60), Unsent;
    GetAudienceData "getAudienceData" GET Api "/v2/bot/audienceGroup/{audienceGroupId}" per_minute(60), Safely;
    GetAudienceGroups "getAudienceGroups" GET Api "/v2/bot/audienceGroup/list" per_minute(60), Safely;
    GetSharedAudienceData "getSharedAudienceData" GET Api "/v2/bot/audienceGroup/shared/{audienceGroupId}" per_minute(60), Safely;
    GetSharedAudienceGroups "getSharedAudienceGroups" GET Api "/v2/bot/audienceGroup/shared/list" per_minute(60), Safely;
    // Modules
    DetachModule "detachModule" POST Api "/v2/bot/channel/detach" USUAL_RATE, Unsent;
    AcquireChatControl "acquireChatControl" POST Api "/v2/bot/chat/{chatId}/control/acquire" USUAL_RATE, Safely;
    ReleaseChatControl "releaseChatControl" POST Api "/v2/bot/chat/{chatId}/control/release" USUAL_RATE, Safely;
    GetModules "getModules" GET Api "/v2/bot/list" USUAL_RATE, Safely;
    // Attaching a module
    AttachModule "attachModule" POST Manager "/module/auth/v1/token" USUAL_RATE, Unsent;
    // Mission stickers
    MissionStickerV3 "missionStickerV3" POST Api "/shop/v3/mission" USUAL_RATE, Unsent;
    // LIFF apps
    AddLiffApp "addLIFFApp" POST Api "/liff/v1/apps" USUAL_RATE, Unsent;
    GetAllLiffApps "getAllLIFFApps" GET Api "/liff/v1/apps" USUAL_RATE, Safely;
    UpdateLiffApp "updateLIFFApp" PUT Api "/liff/v1/apps/{liffId}" USUAL_RATE, Safely;
    DeleteLiffApp "deleteLIFFApp" DELETE Api "/liff/v1/apps/{liffId}" USUAL_RATE, Unsent;
}

impl Operation {
    /// LINE's `operationId`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.endpoint().id
    }

    /// The operation that a request is for, by its method and its path without a query.
    #[must_use]
    pub fn find(method: &Method, path: &str) -> Option<Self> {
        let is_it = |operation: &Self| {
            let endpoint = operation.endpoint();
            endpoint.method == *method && matches(endpoint.path, path)
        };
        // Some paths also look like others with a parameter: `richmenu/list`, `richmenu/{id}`.
        let found = Self::ALL.iter().copied().filter(is_it);
        found.min_by_key(|operation| operation.endpoint().path.matches('{').count())
    }
}

/// Whether a path is one that `template` stands for.
fn matches(template: &str, path: &str) -> bool {
    let mut given = path.split('/');
    let fits = template.split('/').all(|part| match given.next() {
        Some(segment) if part.starts_with('{') => !segment.is_empty(),
        // Whether LINE cares for capitals or not: an operation is not another one by them.
        Some(segment) => segment.eq_ignore_ascii_case(part),
        None => false,
    });
    fits && given.next().is_none()
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().find(|operation| operation.id() == id);
        let unknown = || D::Error::custom(format!("LINE has no operation `{id}`"));
        found.copied().ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_find_their_operation() {
        for &operation in Operation::ALL {
            let endpoint = operation.endpoint();
            assert_eq!(
                Operation::find(&endpoint.method, endpoint.path),
                Some(operation)
            );
        }
        let found = |path| Operation::find(&Method::GET, path);
        assert_eq!(
            found("/v2/bot/richmenu/list"),
            Some(Operation::GetRichMenuList)
        );
        assert_eq!(found("/v2/bot/richmenu/r-1"), Some(Operation::GetRichMenu));
        assert_eq!(
            found("/V2/bot/richMenu/LIST"),
            Some(Operation::GetRichMenuList)
        );
        assert_eq!(found("/v2/bot/richmenu/"), None);
        assert_eq!(found("/v2/bot/richmenu/r-1/x"), None);
        assert_eq!(Operation::find(&Method::PUT, "/v2/bot/richmenu/list"), None);
    }

    #[test]
    fn all_that_line_documents() {
        assert_eq!(Operation::ALL.len(), 112);
    }
}
