//! Groups, rooms and followers.

use botbox_sdk::followers::get_followers;
use botbox_sdk::group::{
    get_group_member_count, get_group_member_profile, get_group_members_ids, get_group_summary,
    leave_group,
};
use botbox_sdk::room::{
    get_room_member_count, get_room_member_profile, get_room_members_ids, leave_room,
};

use super::outcome::{Outcome, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["get-group-summary", group] => shown(get_group_summary(group)),
        ["get-group-member-count", group] => shown(get_group_member_count(group)),
        ["get-group-members-ids", group] => shown(get_group_members_ids(group, None)),
        ["get-group-members-ids", group, start] => shown(get_group_members_ids(group, Some(start))),
        ["get-group-member-profile", group, user] => shown(get_group_member_profile(group, user)),
        ["leave-group", group] => shown(leave_group(group)),
        ["get-room-member-count", room] => shown(get_room_member_count(room)),
        ["get-room-members-ids", room] => shown(get_room_members_ids(room, None)),
        ["get-room-members-ids", room, start] => shown(get_room_members_ids(room, Some(start))),
        ["get-room-member-profile", room, user] => shown(get_room_member_profile(room, user)),
        ["leave-room", room] => shown(leave_room(room)),
        ["get-followers"] => shown(get_followers(None, None)),
        ["get-followers", limit] => shown(get_followers(limit.parse().ok(), None)),
        ["get-followers", limit, start] => shown(get_followers(limit.parse().ok(), Some(start))),
        _ => None,
    }
}
