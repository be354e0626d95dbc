use std::cell::Cell;
use std::rc::Rc;

use botbox_sdk::http::{self, Error, Response};
use botbox_sdk::prelude::*;
use botbox_sdk::testing::{Bot, event};
use serde::Deserialize;

#[derive(Deserialize)]
struct Weather {
    temperature: f32,
}

fn weather(event: Event) -> Result {
    let weather: Weather = http::post("https://api.example.com/weather?unit=C")
        .query("city", event.text().unwrap_or_default())
        .bearer("token")
        .json(&["now"])
        .send()?
        .success()?
        .json()?;
    reply(format!("{} °C", weather.temperature))?;
    Ok(())
}

#[test]
fn a_server_of_the_test_answers() {
    let bot = Bot::new(weather);
    let requests = Rc::new(Cell::new(0));
    let counted = Rc::clone(&requests);
    bot.web(move |request| {
        counted.set(counted.get() + 1);
        assert_eq!(request.method(), "POST");
        assert_eq!(
            request.url(),
            "https://api.example.com/weather?unit=C&city=New%20York"
        );
        let headers = [
            ("authorization", "Bearer token"),
            ("content-type", "application/json"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(request.headers(), headers);
        assert_eq!(request.bytes(), br#"["now"]"#);
        Ok(Response::new(200, r#"{"temperature":21.5}"#))
    });
    bot.handle(event::text("New York"))
        .assert_replied("21.5 °C");
    assert_eq!(requests.get(), 1);
}

#[test]
fn failures_ask_for_another_try_when_one_may_help() {
    let bot = Bot::new(weather);
    let unavailable = |url: &str| Error::Unavailable {
        url: url.to_owned(),
        why: String::from("connection refused"),
    };
    bot.handle(event::text("x"))
        .assert_rejected("https://api.example.com is not among the channel's grants");
    bot.web(move |request| Err(unavailable(request.url())));
    bot.handle(event::text("x"))
        .assert_retry("connection refused");
    for status in [408, 429, 500, 503] {
        bot.web(move |_| Ok(Response::new(status, "busy")));
        bot.handle(event::text("x"))
            .assert_retry(&format!("answers {status}: busy"));
    }
    bot.web(|_| Ok(Response::new(404, "")));
    bot.handle(event::text("x"))
        .assert_rejected("answers 404 (at ");
    bot.web(|_| Ok(Response::new(200, "<html>")));
    bot.handle(event::text("x"))
        .assert_rejected("is not understood");
    bot.deny("http");
    bot.handle(event::text("x"))
        .assert_rejected("is not among the channel's grants");
}
