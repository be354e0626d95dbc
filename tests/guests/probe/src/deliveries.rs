//! Sends a text in the way, and fails at the attempts, that a command names:
//! `deliver HOW TEXT [before|after retry|reject|panic TIMES]`. So `deliver push 7 before retry 2`
//! asks for a retry at the first two attempts, and pushes `7` at the third. `deliver timer 7` has a
//! timer do that.

use botbox_sdk::prelude::*;
use botbox_sdk::reply_or_push;
use botbox_sdk::schedule::run_at;

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
        "timer" => drop(run_at(0, &format!("{PUSH}{text}"))?),
        _ => return Err(Failure::reject("deliver how?")),
    }
    fail("after", event, failure)
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
