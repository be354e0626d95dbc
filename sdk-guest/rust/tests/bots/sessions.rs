use std::time::Duration;

use botbox_sdk::prelude::*;
use botbox_sdk::session::{Session, Sessions};
use botbox_sdk::store;
use botbox_sdk::testing::{Bot, USER, event};
use serde::{Deserialize, Serialize};

use crate::answer;

const HOUR: Duration = Duration::from_secs(3600);
const ORDERS: Sessions<Order> = Sessions::new("orders").lasting(HOUR);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Order {
    Size,
    Name { size: String },
}

fn routes() -> Router {
    Router::new()
        .session(ORDERS, proceed)
        .text("order", |event, _| {
            ORDERS.begin(event, Order::Size)?;
            answer("Which size?")
        })
        .otherwise(|_| answer("Say “order”."))
}

fn proceed(event: &Event, mut order: Session<Order>) -> Result {
    let text = event.text().unwrap_or_default();
    match &*order {
        Order::Size => {
            order.set(Order::Name {
                size: text.to_owned(),
            })?;
            answer("Which name?")
        }
        Order::Name { size } => {
            let done = format!("One {size} for {text}!");
            order.end()?;
            answer(done)
        }
    }
}

#[test]
fn a_conversation_goes_on_where_it_was() {
    let bot = Bot::new(routes());
    for (text, expected) in [
        ("hello", "Say “order”."),
        ("order", "Which size?"),
        ("large", "Which name?"),
        ("Aiko", "One large for Aiko!"),
        ("hello", "Say “order”."),
    ] {
        bot.handle(event::text(text)).assert_replied(expected);
    }
}

#[test]
fn each_user_of_each_chat_has_a_session() {
    let bot = Bot::new(routes());
    bot.handle(event::text("order"))
        .assert_replied("Which size?");
    for other in [
        event::text("hello").from("U2"),
        event::text("hello").in_group("C1"),
    ] {
        bot.handle(other).assert_replied("Say “order”.");
    }
    let in_group = || event::text("order").in_group("C1");
    bot.handle(in_group()).assert_replied("Which size?");
    bot.handle(in_group().from("U2"))
        .assert_replied("Which size?");
    bot.handle(event::text("small"))
        .assert_replied("Which name?");
    bot.handle(in_group()).assert_replied("Which name?");
}

#[test]
fn a_session_is_over_when_its_time_is() {
    let bot = Bot::new(routes());
    bot.handle(event::text("order"))
        .assert_replied("Which size?");
    bot.advance(HOUR);
    bot.handle(event::text("large"))
        .assert_replied("Which name?");
    bot.advance(HOUR + Duration::from_millis(1));
    bot.handle(event::text("Aiko"))
        .assert_replied("Say “order”.");
}

#[test]
fn what_is_not_understood_begins_anew() {
    let bot = Bot::new(routes());
    bot.run(|| store::open("orders")?.set(USER, "\"Colour\""))
        .unwrap();
    let turn = bot.handle(event::text("large"));
    turn.assert_replied("Say “order”.");
    assert!(turn.log()[0].text.contains("begins anew"), "{turn}");
}

#[test]
fn without_the_grant_the_failure_names_it() {
    let bot = Bot::new(routes());
    bot.deny("keyvalue");
    bot.handle(event::text("order"))
        .assert_rejected("`keyvalue` is not among the channel's grants");
}

#[test]
fn values_have_types() {
    let bot = Bot::new(routes());
    bot.run(|| {
        let bucket = store::open("guests").unwrap();
        assert_eq!(bucket.get_json::<Vec<String>>("today").unwrap(), None);
        for name in ["Aiko", "Ben"] {
            let add = |guests: Option<Vec<String>>| {
                let mut guests = guests.unwrap_or_default();
                guests.push(name.to_owned());
                guests
            };
            bucket.update_json("today", add).unwrap();
        }
        let guests: Option<Vec<String>> = bucket.get_json("today").unwrap();
        assert_eq!(guests.unwrap(), ["Aiko", "Ben"]);
        bucket.set_json("today", &3).unwrap();
        assert_eq!(bucket.increment("today", 2), Ok(5));
        let error = bucket.get_json::<Vec<String>>("today").unwrap_err();
        assert!(
            error.to_string().contains("the value of today is not"),
            "{error}"
        );
    });
}
