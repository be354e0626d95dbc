use botbox_sdk::events::UserSource;
use botbox_sdk::postback::data;
use botbox_sdk::prelude::*;
use botbox_sdk::testing::{Bot, TestEvent, event};

use crate::answer;

fn routes() -> Router {
    Router::new()
        .follow(|event, _| answer(format!("follow by {}", event.user_id().unwrap_or("nobody"))))
        .text("menu", |_, text| answer(format!("menu: {text}")))
        .text(["hi", "hello"], |_, _| answer("greeting"))
        .text(|text: &str| text.ends_with('?'), |_, _| answer("question"))
        .command("order", |_, what| answer(format!("order: {what}")))
        .postback("buy", |_, data| {
            answer(format!("buy {}", data.read::<u32>("n")?))
        })
        .postback("", |_, data| answer(format!("other: {data}")))
        .sticker(|_, sticker| answer(&sticker.sticker_id))
        .location(|_, place| answer(format!("{}", place.latitude)))
        .image(|_, message| answer(format!("image {}", message.id)))
        .member_joined(|_, joined| answer(format!("{} joined", joined.members.len())))
        .timer(|_, timer| answer(&timer.payload))
        .join(|_| answer("joined"))
        .on(|event| event.attempt > 1, |_| answer("again"))
        .message(|_, _| answer("some message"))
        .otherwise(|_| answer("something"))
}

#[test]
fn the_first_route_that_fits_handles_an_event() {
    let bot = Bot::new(routes());
    let cases: [(TestEvent, &str); 21] = [
        (event::follow().from("U7"), "follow by U7"),
        (event::text("menu"), "menu: menu"),
        (event::text("  MENU "), "menu:   MENU "),
        (event::text("Hello"), "greeting"),
        (event::text("Is there tea?"), "question"),
        (event::text("ORDER  two teas"), "order: two teas"),
        (event::text("order"), "order: "),
        (event::text("orders"), "some message"),
        (event::postback("buy?n=3"), "buy 3"),
        (event::postback("buy&n=4"), "buy 4"),
        (event::postback("buyer?n=3"), "other: buyer?n=3"),
        (
            event::postback(data("go").with("to", "a b")),
            "other: go?to=a%20b",
        ),
        (event::sticker("1", "52"), "52"),
        (event::location(35.5, 139.0), "35.5"),
        (event::image("m1"), "image m1"),
        (event::file("m2", "menu.pdf", 9), "some message"),
        (
            event::member_joined(["U2", "U3"]).in_group("C1"),
            "2 joined",
        ),
        (event::join().in_group("C1"), "joined"),
        (event::text("what now").at_attempt(2, false), "again"),
        (event::text("what now"), "some message"),
        (event::account_link(Some("aiko")), "something"),
    ];
    for (event, expected) in cases {
        let turn = bot.handle(event.clone());
        assert_eq!(turn.texts(), [expected], "{event:?}");
    }
    bot.handle(event::postback("buy?n=many"))
        .assert_rejected("field `n` can't be `many`");
}

#[test]
fn what_fits_no_route_is_handled_by_doing_nothing() {
    let bot = Bot::new(Router::new().text("menu", |_, _| answer("tea")));
    bot.handle(event::text("cake")).assert_silent();
    bot.handle(event::unfollow()).assert_silent();
}

#[test]
fn layers_are_around_all_routes_and_may_end_it() {
    let router = Router::new()
        .layer(|event, next| {
            log::info!("begin");
            let result = next.run(event);
            log::info!("end, well: {}", result.is_ok());
            result
        })
        .text("menu", |_, _| answer("tea"))
        .layer(|event, next| match &event.source {
            Some(Source::User(UserSource { .. })) => next.run(event),
            _ => Ok(()),
        });
    let bot = Bot::new(router);
    let turn = bot.handle(event::text("menu"));
    turn.assert_replied("tea");
    let log: Vec<_> = turn.log().iter().map(|line| &*line.text).collect();
    assert_eq!(log, ["begin", "end, well: true"]);
    let turn = bot.handle(event::text("menu").in_group("C1"));
    turn.assert_silent();
    assert_eq!(turn.log().len(), 2);
}
