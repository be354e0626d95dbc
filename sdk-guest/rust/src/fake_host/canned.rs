//! Functions of which the fake host knows nothing: they answer what the test says, by
//! [`Bot::answers`](crate::testing::Bot::answers), and fail when it says nothing.

use std::any::type_name;

use crate::generated::botbox::line::errors::{CallError, ErrorKind};

use super::world::{call_error, with};

/// What the test has a function answer.
#[allow(
    clippy::panic,
    reason = "a mistake of the test, which has no other way to hear of it"
)]
pub(crate) fn answer<T: 'static>(function: &str) -> Result<T, CallError> {
    with(|world| {
        let Some(answer) = world.answers.get(function) else {
            let why = format!(
                "the fake host has no {function}: let the test say `bot.answers(\"{function}\", …)`"
            );
            return Err(call_error(ErrorKind::Other, why));
        };
        match answer().downcast() {
            Ok(answer) => Ok(*answer),
            Err(_) => panic!(
                "`{function}` answers a {}; see `bot.answers`",
                type_name::<T>()
            ),
        }
    })
}

/// Declares functions of one grant that answer what the test says.
macro_rules! canned {
    ($grant:literal: $(
        fn $name:ident = $function:literal ($($argument:ident: $type:ty),*) -> $answer:ty;
    )+) => {$(
        pub fn $name($($argument: $type),*) -> Result<$answer, $crate::generated::botbox::line::errors::CallError> {
            $(let _ = $argument;)*
            $crate::fake_host::world::call($grant, $function)?;
            $crate::fake_host::canned::answer($function)
        }
    )+};
}

pub(crate) use canned;

pub mod quota {

    pub use crate::generated::botbox::line::quota::{AggregationUnits, DailyCount};

    canned! { "quota":
        fn get_message_quota = "get-message-quota"() -> Option<u64>;
        fn get_message_quota_consumption = "get-message-quota-consumption"() -> u64;
        fn get_number_of_sent_reply_messages = "get-number-of-sent-reply-messages"(date: &str) -> DailyCount;
        fn get_number_of_sent_push_messages = "get-number-of-sent-push-messages"(date: &str) -> DailyCount;
        fn get_number_of_sent_multicast_messages = "get-number-of-sent-multicast-messages"(date: &str) -> DailyCount;
        fn get_number_of_sent_broadcast_messages = "get-number-of-sent-broadcast-messages"(date: &str) -> DailyCount;
        fn get_aggregation_unit_usage = "get-aggregation-unit-usage"() -> u32;
        fn get_aggregation_unit_name_list = "get-aggregation-unit-name-list"(limit: Option<u32>, start: Option<&str>) -> AggregationUnits;
    }
}

pub mod followers {
    use crate::generated::botbox::line::users::UserIds;

    canned! { "followers":
        fn get_followers = "get-followers"(limit: Option<u32>, start: Option<&str>) -> UserIds;
    }
}

pub mod membership {
    use crate::generated::botbox::line::users::UserIds;

    pub use crate::generated::botbox::line::membership::{MembershipPlan, Subscription};

    canned! { "membership":
        fn get_membership_list = "get-membership-list"() -> Vec<MembershipPlan>;
        fn get_membership_subscription = "get-membership-subscription"(user_id: &str) -> Vec<Subscription>;
        fn get_joined_membership_users = "get-joined-membership-users"(membership_id: i64, limit: Option<u32>, start: Option<&str>) -> UserIds;
    }
}

pub mod bot_info {

    pub use crate::generated::botbox::line::bot_info::*;

    canned! { "bot-info":
        fn get_bot_info = "get-bot-info"() -> Info;
    }
}

pub mod insight {

    pub use crate::generated::botbox::line::insight::*;

    canned! { "insight":
        fn get_friends_demographics = "get-friends-demographics"() -> Demographics;
        fn get_number_of_message_deliveries = "get-number-of-message-deliveries"(date: &str) -> MessageDeliveries;
        fn get_number_of_followers = "get-number-of-followers"(date: Option<&str>) -> FollowerCount;
        fn get_message_event = "get-message-event"(request_id: &str) -> MessageStatistics;
        fn get_statistics_per_unit = "get-statistics-per-unit"(custom_aggregation_unit: &str, from: &str, to: &str) -> MessageStatistics;
        fn get_rich_menu_insight_summary = "get-rich-menu-insight-summary"(rich_menu_id: &str, from: &str, to: &str) -> RichMenuInsight;
        fn get_rich_menu_insight_daily = "get-rich-menu-insight-daily"(rich_menu_id: &str, from: &str, to: &str) -> RichMenuInsight;
    }
}

pub mod audience {

    pub use crate::generated::botbox::line::audience::*;

    canned! { "audience":
        fn create_audience_group = "create-audience-group"(description: &str, is_ifa_audience: bool, upload_description: Option<&str>, audiences: &[String]) -> AudienceGroup;
        fn add_audience_to_audience_group = "add-audience-to-audience-group"(audience_group_id: i64, upload_description: Option<&str>, audiences: &[String]) -> ();
        fn create_audience_for_uploading_user_ids = "create-audience-for-uploading-user-ids"(description: &str, is_ifa_audience: bool, upload_description: Option<&str>, audiences: &[String]) -> AudienceGroup;
        fn add_user_ids_to_audience = "add-user-ids-to-audience"(audience_group_id: i64, upload_description: Option<&str>, audiences: &[String]) -> ();
        fn create_click_based_audience_group = "create-click-based-audience-group"(description: &str, request_id: &str, click_url: Option<&str>) -> AudienceGroup;
        fn create_imp_based_audience_group = "create-imp-based-audience-group"(description: &str, request_id: &str) -> AudienceGroup;
        fn update_audience_group_description = "update-audience-group-description"(audience_group_id: i64, description: &str) -> ();
        fn delete_audience_group = "delete-audience-group"(audience_group_id: i64) -> ();
        fn get_audience_data = "get-audience-data"(audience_group_id: i64) -> AudienceData;
        fn get_audience_groups = "get-audience-groups"(filter: &AudienceFilter) -> AudienceGroups;
        fn get_shared_audience_data = "get-shared-audience-data"(audience_group_id: i64) -> AudienceData;
        fn get_shared_audience_groups = "get-shared-audience-groups"(filter: &AudienceFilter) -> AudienceGroups;
    }
}

pub mod coupon {

    pub use crate::generated::botbox::line::coupon::*;

    canned! { "coupon":
        fn create_coupon = "create-coupon"(coupon: &NewCoupon) -> String;
        fn list_coupon = "list-coupon"(status: &[String], limit: Option<u32>, start: Option<&str>) -> Coupons;
        fn get_coupon_detail = "get-coupon-detail"(coupon_id: &str) -> CouponDetail;
        fn close_coupon = "close-coupon"(coupon_id: &str) -> ();
    }
}

pub mod module {

    pub use crate::generated::botbox::line::module::*;

    canned! { "module":
        fn get_modules = "get-modules"(limit: Option<u32>, start: Option<&str>) -> ModuleBots;
        fn acquire_chat_control = "acquire-chat-control"(bot_id: Option<&str>, chat_id: &str, expired: bool, ttl: Option<u32>) -> ();
        fn release_chat_control = "release-chat-control"(bot_id: Option<&str>, chat_id: &str) -> ();
        fn detach_module = "detach-module"(bot_id: &str) -> ();
        fn attach_module = "attach-module"(attachment: &Attachment) -> Attached;
    }
}

pub mod line_api {

    pub use crate::generated::botbox::line::line_api::{Request, Response};

    canned! { "line-api":
        fn call = "call"(request: &Request) -> Response;
    }
}
