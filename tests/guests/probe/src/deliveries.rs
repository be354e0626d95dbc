//! Sends a text in the way, and fails at the attempts, that a command names:
//! `deliver HOW TEXT [before|after retry|reject|panic TIMES]`. So `deliver push 7 before retry 2`
//! asks for a retry at the first two attempts, and pushes `7` at the third. `deliver timer 7` has a
//! timer do that.
//!
//! `attempts HOW TEXTS / TEXTS` sends, in the same way, the first texts at the first attempt, the second
//! ones at the second, and so on, and asks for a retry at all but the last. `mended FAILURE` sends
//! something wrong when it runs first, and something right when it runs again.

use botbox_sdk::notification::push_messages_by_phone;
use botbox_sdk::prelude::*;
use botbox_sdk::schedule::run_at;
use botbox_sdk::{once, reply_or_push, store};

/// What the payload of a timer begins with that pushes the rest of it.
const PUSH: &str = "push ";

pub(crate) fn deliver(event: &Event, words: &[&str]) -> Result {
    let &[how, text, ref failure @ ..] = words else {
        return Err(Failure::reject("deliver what?"));
    };
    fail("before", event, failure)?;
    match how {
        "push" => drop(push(event.chat_id().unwrap_or_default(), text)?),
        "reply" => drop(reply(text)?),
        "reply-or-push" => drop(reply_or_push(text)?),
        "timer" => drop(run_at(0, &format!("{PUSH}{text}"), None)?),
        digest => notify(digest, text)?,
    }
    fail("after", event, failure)
}

pub(crate) fn attempts(event: &Event, how: &str, words: &[&str]) -> Result {
    let attempts: Vec<_> = words.split(|word| *word == "/").collect();
    let number = event.attempt as usize;
    for &text in attempts.get(number - 1).copied().unwrap_or_default() {
        let outcome = send(event, how, text)?;
        log::info!("attempt {number} sent {text}: Ok {outcome}");
    }
    if number < attempts.len() {
        return Err(Failure::retry(format!("as told, at attempt {number}")));
    }
    Ok(())
}

/// Sends one text in a way. Returns what is known of it then.
fn send(event: &Event, how: &str, text: &str) -> Result<String> {
    let chat = event.chat_id().unwrap_or_default();
    Ok(match how {
        "push" => format!("{:?}", push(chat, text)?),
        "once" => format!("{:?}", once("answer").push(chat, text)?),
        "reply-or-push-once" => format!("{:?}", once("answer").reply_or_push(text)?),
        // In an hour from when the event happened.
        "timer" => run_at(event.timestamp + 3_600_000, text, None)?,
        // At another time in each attempt.
        "timer-once" => {
            let at = event.timestamp + 3_600_000 + i64::from(event.attempt);
            once(text).run_at(at, text)?
        }
        digest => format!("{:?}", notify(digest, text)?),
    })
}

/// To the phone whose number has this digest.
fn notify(digest: &str, text: &str) -> Result {
    push_messages_by_phone(digest, &[Message::from(text)], false, None, None)?;
    Ok(())
}

pub(crate) fn mended(event: &Event, failure: &str) -> Result {
    let chat = event.chat_id().unwrap_or_default();
    if store::open("mended")?.increment(&event.id, 1)? > 1 {
        push(chat, "right")?;
        push(chat, "same")?;
        return Ok(());
    }
    push(chat, "same")?;
    push(chat, "wrong")?;
    match failure {
        "reject" => Err(Failure::reject("as told")),
        _ => panic!("as told"),
    }
}

/// Does what a timer is there for.
pub(crate) fn ring(event: &Event, payload: &str) -> Result {
    if let Some(text) = payload.strip_prefix(PUSH) {
        push(event.chat_id().unwrap_or_default(), text)?;
    }
    Ok(())
}

/// Fails, if now is when it is to.
fn fail(now: &str, event: &Event, failure: &[&str]) -> Result {
    let &[when, outcome, times] = failure else {
        return Ok(());
    };
    if when != now || event.attempt > times.parse()? {
        return Ok(());
    }
    let why = format!("as told, at attempt {}", event.attempt);
    match outcome {
        "retry" => Err(Failure::retry(why)),
        "reject" => Err(Failure::reject(why)),
        _ => panic!("{why}"),
    }
}
