//! Messages to many, and to the chat of the event.

use botbox_sdk::messages::Message;
use botbox_sdk::narrowcast::{Age, AppType, Area, Gender, Period, and, not, or};
use botbox_sdk::push::{NarrowcastTarget, get_narrowcast_progress, multicast, push_message};
use botbox_sdk::{broadcast, log, narrowcast, reply_or_push};

use super::outcome::{Outcome, owned, shown};

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["push-message", unit, to] => shown(push_message(
            to,
            &[Message::from("to one")],
            true,
            Some(unit),
            None,
        )),
        ["multicast", unit, ref to @ ..] => {
            let messages = [Message::from("to some")];
            Some(multicast(&owned(to), &messages, true, Some(unit), None))
        }
        ["broadcast"] => Some(broadcast("to all")),
        ["narrowcast"] => Some(narrowcast(&narrowcast::to_friends(), "to friends")),
        ["narrowcast", "max", max] => {
            let target = narrowcast::to_friends().max(max.parse().unwrap_or_default());
            Some(narrowcast(&target, "to few"))
        }
        ["narrowcast", "after", request_id] => {
            let recipient = not(narrowcast::redelivery(request_id));
            let target = narrowcast::to_friends().recipient(recipient);
            Some(narrowcast(&target, "to others"))
        }
        ["narrowcast", "of-all-kinds"] => Some(narrowcast(&of_all_kinds(), "to few")),
        ["narrowcast", "raw", recipient] => {
            let target = NarrowcastTarget {
                recipient: Some(recipient.to_owned()),
                ..narrowcast::to_friends()
            };
            Some(narrowcast(&target, "to nobody"))
        }
        ["get-narrowcast-progress", request_id] => shown(get_narrowcast_progress(request_id)),
        // What comes of it can't be answered: it is logged.
        ["reply-or-push", ref texts @ ..] => {
            for &text in texts {
                match reply_or_push(text) {
                    Ok(delivery) => log::info!("{text}: {:?}", delivery.via),
                    Err(error) => log::info!("{text}: {:?}", error.kind),
                }
            }
            Some(Ok(String::new()))
        }
        _ => None,
    }
}

fn of_all_kinds() -> NarrowcastTarget {
    let everybody = or([
        narrowcast::gender([Gender::Male, Gender::Female]),
        narrowcast::app_type([AppType::Ios, AppType::Android]),
        narrowcast::area([Area::Hokkaido, Area::LienchiangCounty, Area::OtherIndonesia]),
    ]);
    narrowcast::to_friends()
        .demographic(and([
            everybody,
            narrowcast::age(Age::Years20..Age::Years40),
            narrowcast::subscription_period(Period::Days30..),
        ]))
        .max(100)
        .forbid_partial_delivery()
}
