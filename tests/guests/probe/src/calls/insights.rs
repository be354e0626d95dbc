//! Statistics.

use botbox_sdk::insight::{
    get_friends_demographics, get_message_event, get_number_of_followers,
    get_number_of_message_deliveries, get_rich_menu_insight_daily, get_rich_menu_insight_summary,
    get_statistics_per_unit,
};

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["get-friends-demographics"] => shown(get_friends_demographics()),
        ["get-number-of-message-deliveries", day] => shown(get_number_of_message_deliveries(day)),
        ["get-number-of-followers"] => shown(get_number_of_followers(None)),
        ["get-number-of-followers", day] => shown(get_number_of_followers(Some(day))),
        ["get-message-event", request] => shown(get_message_event(request)),
        ["get-statistics-per-unit", unit, from, to] => {
            shown(get_statistics_per_unit(unit, from, to))
        }
        ["get-rich-menu-insight-summary", menu, from, to] => {
            shown(get_rich_menu_insight_summary(menu, from, to))
        }
        ["get-rich-menu-insight-daily", menu, from, to] => {
            shown(get_rich_menu_insight_daily(menu, from, to))
        }
        _ => None,
    }
}
