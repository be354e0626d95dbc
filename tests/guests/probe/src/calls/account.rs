//! The bot's account: its quota, itself, and its memberships.

use botbox_sdk::bot_info::get_bot_info;
use botbox_sdk::membership::{
    get_joined_membership_users, get_membership_list, get_membership_subscription,
};
use botbox_sdk::quota::{
    get_aggregation_unit_name_list, get_aggregation_unit_usage, get_message_quota,
    get_message_quota_consumption, get_number_of_sent_broadcast_messages,
    get_number_of_sent_multicast_messages, get_number_of_sent_push_messages,
    get_number_of_sent_reply_messages,
};

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["get-message-quota"] => shown(get_message_quota()),
        ["get-message-quota-consumption"] => shown(get_message_quota_consumption()),
        ["get-number-of-sent-reply-messages", date] => {
            shown(get_number_of_sent_reply_messages(date))
        }
        ["get-number-of-sent-push-messages", date] => shown(get_number_of_sent_push_messages(date)),
        ["get-number-of-sent-multicast-messages", date] => {
            shown(get_number_of_sent_multicast_messages(date))
        }
        ["get-number-of-sent-broadcast-messages", date] => {
            shown(get_number_of_sent_broadcast_messages(date))
        }
        ["get-aggregation-unit-usage"] => shown(get_aggregation_unit_usage()),
        ["get-aggregation-unit-name-list"] => shown(get_aggregation_unit_name_list(None, None)),
        ["get-aggregation-unit-name-list", limit, ref start @ ..] => shown(
            get_aggregation_unit_name_list(limit.parse().ok(), start.first().copied()),
        ),
        ["get-bot-info"] => shown(get_bot_info()),
        ["get-membership-list"] => shown(get_membership_list()),
        ["get-membership-subscription", user] => shown(get_membership_subscription(user)),
        ["get-joined-membership-users", id, limit, ref start @ ..] => {
            shown(get_joined_membership_users(
                id.parse().unwrap_or_default(),
                limit.parse().ok(),
                start.first().copied(),
            ))
        }
        _ => None,
    }
}
