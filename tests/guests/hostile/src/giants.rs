//! 13 MiB in one argument, for a function of each interface that takes one.

use botbox_sdk::prelude::*;
use botbox_sdk::{
    account_link, audience, beacon, broadcast, coupon, event_json, group, insight, keyvalue,
    line_api, loading, mark_as_read, media, membership, module, multicast, narrowcast,
    notification, quota, rich_menu, room, schedule, validate,
};

use crate::got::Got;

/// More than one call may hand over: 12 MiB of the host's memory.
const SIZE: usize = 13 << 20;

/// The functions; the last one tells how many there are.
pub(crate) fn run(words: &[&str]) -> Option<Got> {
    let ["giant", function] = *words else {
        return None;
    };
    let long = || "x".repeat(SIZE);
    let many = || vec![String::from("U0123456789"); SIZE / 16];
    let is_taken = match function {
        "reply" => reply(long()).is_ok(),
        "push" => push(long(), "x").is_ok(),
        "messages" => push("U1", vec!["x"; 100_000]).is_ok(),
        "multicast" => multicast(&many(), "x").is_ok(),
        "broadcast" => broadcast(long()).is_ok(),
        "narrowcast" => {
            let mut target = narrowcast::to_friends();
            target.recipient = Some(long());
            botbox_sdk::narrowcast(&target, "x").is_ok()
        }
        "validate" => validate::validate_push(&[Message::from(long())]).is_ok(),
        "loading" => loading::show_loading_animation(&long(), 5).is_ok(),
        "mark-as-read" => mark_as_read::mark_messages_as_read(&long()).is_ok(),
        "notification" => {
            let text = [Message::from("x")];
            notification::push_messages_by_phone(&long(), &text, false, None, None).is_ok()
        }
        "profile" => profile(&long()).is_ok(),
        "group" => group::get_group_summary(&long()).is_ok(),
        "room" => room::leave_room(&long()).is_ok(),
        "membership" => membership::get_membership_subscription(&long()).is_ok(),
        "content" => content(long()).is_ok(),
        "media" => media::start_upload(&long(), None).is_ok(),
        "rich-menu" => rich_menu::delete_rich_menu(&long()).is_ok(),
        "rich-menu-users" => rich_menu::unlink_rich_menu_id_from_users(&many()).is_ok(),
        "quota" => quota::get_number_of_sent_push_messages(&long()).is_ok(),
        "insight" => insight::get_message_event(&long()).is_ok(),
        "audience" => audience::create_audience_group("x", false, None, &many()).is_ok(),
        "coupon" => coupon::get_coupon_detail(&long()).is_ok(),
        "module" => module::detach_module(&long()).is_ok(),
        "account-link" => account_link::create_link(&long()).is_ok(),
        "beacon" => beacon::get_device(&long()).is_ok(),
        "schedule" => schedule::run_at(0, &long(), None).is_ok(),
        "line-api" => line_api::call(&line_api::Request {
            method: String::from("POST"),
            path: String::from("/v2/bot/info"),
            content_type: None,
            body: long().into_bytes(),
        })
        .is_ok(),
        "bucket" => keyvalue::store::open(&long()).is_ok(),
        "keys" => {
            let bucket = keyvalue::store::open("").expect("a bucket");
            keyvalue::batch::get_many(&bucket, &many()).is_ok()
        }
        "value" => {
            let bucket = keyvalue::store::open("").expect("a bucket");
            bucket.set("x", long().as_bytes()).is_ok()
        }
        "config" => botbox_sdk::config(long()).is_some(),
        "log" => {
            log::info!("{}", long());
            true
        }
        "stdout" => {
            let stream = wasip2::cli::stdout::get_stdout();
            stream.write(long().as_bytes()).is_ok()
        }
        _ => return None,
    };
    // Whatever it was, the event goes on only if the host took it.
    Some(format!("taken: {is_taken}, {} bytes", event_json().len()))
}
