use std::io::Read as _;
use std::time::Duration;

use botbox_sdk::bot_info::{self, Info};
use botbox_sdk::errors::ErrorKind;
use botbox_sdk::loading::show_loading_animation;
use botbox_sdk::prelude::*;
use botbox_sdk::schedule::{self, run_after};
use botbox_sdk::testing::{Bot, USER, event};
use botbox_sdk::{broadcast, once, publish, reply_or_push};

use crate::answer;

fn twice(event: Event) -> Result {
    reply("one")?;
    push(event.chat_id().unwrap_or_default(), "two")?;
    Ok(())
}

#[test]
fn what_is_sent_is_seen() {
    let turn = Bot::new(twice).handle(event::text("x").in_group("C1"));
    turn.assert_replied("one").assert_pushed("C1", "two");
    assert_eq!(turn.sent().len(), 2);
}

#[test]
fn a_reply_works_once_and_not_in_standby() {
    let bot = Bot::new(|_: Event| {
        answer("one")?;
        answer("two")
    });
    bot.handle(event::text("x"))
        .assert_rejected("expired: the event's reply token is used");
    bot.handle(event::text("x").without_reply())
        .assert_rejected("expired: the event came without a reply token");
    // The bot has nothing to do then, so the event is handled.
    bot.handle(event::text("x").in_standby()).assert_silent();
    // An earlier attempt's reply stands.
    bot.handle(event::text("x").at_attempt(2, true))
        .assert_silent();
}

#[test]
fn a_late_answer_is_pushed() {
    let bot = Bot::new(|_: Event| {
        show_loading_animation(USER, 20)?;
        once("answer").reply_or_push("late")?;
        Ok(())
    });
    bot.handle(event::text("x")).assert_replied("late");
    bot.handle(event::timer("x")).assert_pushed(USER, "late");
    assert_eq!(
        bot.loading(),
        [(USER.to_owned(), 20), (USER.to_owned(), 20)]
    );
    bot.deny("push");
    bot.handle(event::timer("x"))
        .assert_rejected("denied: `push` is not among the channel's grants");
}

#[test]
fn calls_fail_when_the_test_wants_it() {
    let bot = Bot::new(twice);
    bot.fails("push-message", ErrorKind::Unavailable, "LINE answers 500");
    let turn = bot.handle(event::text("x"));
    turn.assert_retry("unavailable: LINE answers 500");
    // The place of the `?` in the bot.
    turn.assert_retry("(at sdk-guest/rust/tests/bots/host.rs:");
    assert_eq!(turn.texts(), ["one"]);
    bot.handle(event::text("x")).assert_pushed(USER, "two");
}

#[test]
#[should_panic(expected = "which nothing called")]
fn a_failure_that_never_comes_fails_the_test() {
    Bot::new(twice).fails("push-mesage", ErrorKind::Other, "a slip");
}

#[test]
#[should_panic(expected = "the reply is another")]
fn a_wrong_reply_fails_the_test() {
    Bot::new(twice)
        .handle(event::text("x"))
        .assert_replied("two");
}

#[test]
fn timers_come_in_their_order() {
    let bot = Bot::new(|event: Event| match &event.kind {
        EventKind::Timer(timer) => {
            push(event.chat_id().unwrap_or_default(), timer.payload.as_str())?;
            Ok(())
        }
        _ => {
            run_after(&event, Duration::from_secs(60), "second")?;
            run_after(&event, Duration::from_secs(30), "first")?;
            let third = once("third").run_after(&event, Duration::from_secs(90), "third")?;
            assert_eq!(schedule::cancel(&third), Ok(true));
            Ok(())
        }
    });
    bot.handle(event::text("x").in_room("R1"));
    assert_eq!(bot.timers().len(), 2);
    assert!(bot.advance(Duration::from_secs(29)).is_empty());
    let turns = bot.advance(Duration::from_secs(31));
    let [first, second] = &turns[..] else {
        panic!("{turns:?}");
    };
    first.assert_pushed("R1", "first");
    second.assert_pushed("R1", "second");
    assert!(bot.advance(Duration::from_secs(3600)).is_empty());
}

#[test]
fn contents_are_read_and_media_published() {
    let bot = Bot::new(|event: Event| {
        let EventKind::Message(received) = event.kind else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        let mut image = content(&received.id)?;
        image.read_to_end(&mut bytes)?;
        reply(publish(&image.content_type(), &*bytes)?)?;
        Ok(())
    });
    let picture = vec![7; 200_000];
    bot.content("m1", "image/png", picture.clone());
    let turn = bot.handle(event::image("m1"));
    let published = bot.published(turn.texts()[0]);
    assert_eq!(published, Some((String::from("image/png"), picture)));
    bot.handle(event::image("m2")).assert_rejected("not-found");
}

#[test]
fn what_the_host_does_not_know_the_test_says() {
    let bot = Bot::new(|_: Event| answer(bot_info::get_bot_info()?.display_name));
    bot.handle(event::text("x"))
        .assert_rejected("the fake host has no get-bot-info");
    bot.answers(
        "get-bot-info",
        Info {
            user_id: String::from("U9"),
            basic_id: String::from("@cafe"),
            premium_id: None,
            display_name: String::from("Café"),
            picture_url: None,
            chat_mode: String::from("bot"),
            mark_as_read_mode: String::from("auto"),
        },
    );
    bot.handle(event::text("x")).assert_replied("Café");
}

#[test]
fn requests_have_one_to_five_messages() {
    let bot = Bot::new(|_: Event| {
        broadcast(vec!["x"; 6])?;
        Ok(())
    });
    bot.handle(event::text("x"))
        .assert_rejected("1 to 5 messages, not 6");
    let bot = Bot::new(|_: Event| {
        reply_or_push(Vec::<String>::new())?;
        Ok(())
    });
    bot.handle(event::text("x"))
        .assert_rejected("1 to 5 messages, not 0");
}

#[test]
#[should_panic(expected = "there is no host here")]
fn outside_of_a_bot_there_is_no_host() {
    let _ = profile(USER);
}
