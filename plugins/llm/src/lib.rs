//! Answers by a language model, and remembers what was said.
//!
//! A model may need longer than LINE takes a reply: the user sees a loading animation meanwhile, and the answer
//! goes out as a push if the reply comes too late.

mod model;

use std::time::Duration;

use botbox_sdk::loading::show_loading_animation;
use botbox_sdk::once;
use botbox_sdk::prelude::*;
use botbox_sdk::session::Sessions;

use model::{Model, Turn};

/// What was said lately, until the user says nothing for an hour.
const TALKS: Sessions<Vec<Turn>> = Sessions::new("talks").lasting(Duration::from_secs(3600));

/// How much of it the model gets to see: the last 20 turns, so that an answer costs no more with each.
const REMEMBERED: usize = 20;

/// For how many seconds the animation shows: the most that LINE takes.
const LOADING: u32 = 60;

bot!(llm());

fn llm() -> Router {
    Router::new()
        .follow(|_, _| answer("Hello! Ask me something. Say “forget” to begin anew."))
        .text("forget", |event, _| forget(event))
        .text(|_: &str| true, think)
}

fn think(event: &Event, question: &str) -> Result {
    if let Some(Source::User(_)) = event.source
        && let Some(user) = event.user_id()
    {
        show_loading_animation(user, LOADING)?;
    }
    let mut talk = TALKS
        .find(event)?
        .map_or_else(Vec::new, |talk| talk.clone());
    talk.push(Turn::user(question));
    talk.drain(..talk.len().saturating_sub(REMEMBERED));
    let said = Model::configured()?.answer(&talk)?;
    // A model answers otherwise each time: the key has one answer go out for this event.
    once("answer").reply_or_push(said.as_str())?;
    talk.push(Turn::assistant(said));
    TALKS.begin(event, talk)?;
    Ok(())
}

fn forget(event: &Event) -> Result {
    if let Some(talk) = TALKS.find(event)? {
        talk.end()?;
    }
    answer("I have forgotten what we said.")
}

fn answer(text: &str) -> Result {
    reply(text)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use botbox_sdk::http::{Error, Response};
    use botbox_sdk::testing::{Bot, USER, event};
    use serde_json::{Value, json};

    use super::*;

    const URL: &str = "https://model.example/v1/chat/completions";

    /// A bot whose model answers how many turns it got, and the requests for that.
    fn bot() -> (Bot, Rc<RefCell<Vec<Value>>>) {
        let bot = Bot::new(llm());
        bot.config("url", URL)
            .config("model", "small")
            .config("key", "secret");
        let requests = Rc::<RefCell<Vec<Value>>>::default();
        let kept = Rc::clone(&requests);
        bot.web(move |request| {
            assert_eq!((request.method(), request.url()), ("POST", URL));
            let bearer = (String::from("authorization"), String::from("Bearer secret"));
            assert!(request.headers().contains(&bearer));
            let asked: Value = serde_json::from_slice(request.bytes()).unwrap();
            let count = asked["messages"].as_array().unwrap().len();
            kept.borrow_mut().push(asked);
            let said = json!({ "role": "assistant", "content": format!("{count} turns") });
            let answer = json!({ "choices": [{ "message": said }] });
            Ok(Response::new(200, answer.to_string()))
        });
        (bot, requests)
    }

    #[test]
    fn the_model_gets_what_was_said() {
        let (bot, requests) = bot();
        bot.handle(event::text("Hi")).assert_replied("1 turns");
        assert_eq!(bot.loading(), [(USER.to_owned(), LOADING)]);
        bot.handle(event::text("And now?"))
            .assert_replied("3 turns");
        let said = json!([
            { "role": "user", "content": "Hi" },
            { "role": "assistant", "content": "1 turns" },
            { "role": "user", "content": "And now?" },
        ]);
        assert_eq!(requests.borrow()[1]["messages"], said);
        assert_eq!(requests.borrow()[1]["model"], "small");
        bot.handle(event::text("forget"))
            .assert_replied("I have forgotten what we said.");
        bot.handle(event::text("Hi")).assert_replied("1 turns");
    }

    #[test]
    fn only_the_last_turns_are_sent() {
        let (bot, _) = bot();
        for _ in 0..30 {
            bot.handle(event::text("Hi")).assert_handled();
        }
        bot.handle(event::text("Hi"))
            .assert_replied(format!("{REMEMBERED} turns"));
    }

    #[test]
    fn instructions_come_first() {
        let (bot, requests) = bot();
        bot.config("instructions", "Be kind.");
        bot.handle(event::text("Hi")).assert_replied("2 turns");
        let first = json!({ "role": "system", "content": "Be kind." });
        assert_eq!(requests.borrow()[0]["messages"][0], first);
    }

    #[test]
    fn a_late_answer_is_pushed() {
        let (bot, _) = bot();
        bot.handle(event::text("Hi").without_reply())
            .assert_pushed(USER, "1 turns");
    }

    #[test]
    fn a_model_that_is_busy_is_asked_again() {
        let (bot, _) = bot();
        bot.web(|_| Ok(Response::new(429, "slow down")));
        bot.handle(event::text("Hi"))
            .assert_retry("answers 429: slow down");
        bot.web(|request| {
            Err(Error::Unavailable {
                url: request.url().to_owned(),
                why: String::from("timed out"),
            })
        });
        bot.handle(event::text("Hi")).assert_retry("timed out");
        bot.web(|_| Ok(Response::new(401, "no such key")));
        bot.handle(event::text("Hi"))
            .assert_rejected("answers 401: no such key");
    }

    #[test]
    fn the_missing_configuration_is_named() {
        let bot = Bot::new(llm());
        bot.handle(event::text("Hi"))
            .assert_rejected("[channels.config] has no `url`");
    }
}
