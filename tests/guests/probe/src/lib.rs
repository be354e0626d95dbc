//! Does what the tests tell it, good and bad.

#![allow(clippy::panic, reason = "panicking is one of the things to do")]

mod calls;
mod deliveries;
mod failure;
#[path = "../../full_memory.rs"]
mod full_memory;
mod kinds;
mod state;

use std::hint::black_box;
use std::io;

use botbox_sdk::errors::CallError;
use botbox_sdk::group::get_group_member_profile;
use botbox_sdk::prelude::*;
use botbox_sdk::{broadcast, config, event_json, once};

use self::failure::{broken, kind};
use self::full_memory::fill_memory;

bot!(probe);

fn probe(event: Event) -> Result {
    match event.text() {
        Some(command) => obey(command, &event),
        None => show(&event),
    }
}

/// Tells what kind of event it was: in the log, and in the chat where it can be answered. Of an
/// image or a video, its content instead.
fn show(event: &Event) -> Result {
    let mut shown = format!("{:?}", event.kind);
    log::info!("{shown}");
    if let EventKind::Message(received) = &event.kind
        && let MessageContent::Image(_) | MessageContent::Video(_) = received.content
    {
        shown = read_content(&received.id);
    }
    if event.reply == ReplyState::Open {
        reply(shown)?;
    }
    if let EventKind::Timer(timer) = &event.kind {
        deliveries::ring(event, &timer.payload)?;
        if timer.payload == "push" {
            tell(event, "it is time")?;
        }
    }
    Ok(())
}

fn read_content(message_id: &str) -> String {
    match content(message_id) {
        Ok(mut content) => match io::copy(&mut content, &mut io::sink()) {
            Ok(bytes) => format!("{} {bytes}", content.content_type()),
            Err(error) => format!("broke off: {}", broken(&error)),
        },
        Err(error) => kind(&error),
    }
}

fn obey(command: &str, event: &Event) -> Result {
    let words: Vec<&str> = command.split(' ').collect();
    match words.as_slice() {
        ["panic"] => panic!("as told"),
        ["loop"] => loop {
            black_box(());
        },
        ["allocate"] => {
            let mut hoard = Vec::new();
            loop {
                hoard.push(black_box(vec![1_u8; 1 << 20]));
            }
        }
        // What follows, when the host has no memory left.
        ["crowded", words @ ..] => {
            fill_memory();
            match calls::call(words) {
                Some(Ok(outcome)) => answer(&outcome),
                Some(Err(error)) => answer(&error.message),
                None => answer("?"),
            }
        }
        ["recurse"] => {
            black_box(recurse(1));
            Ok(())
        }
        ["retry"] => Err(Failure::retry("as told")),
        ["told"] => {
            log::info!("attempt {}, the reply is {:?}", event.attempt, event.reply);
            if event.reply == ReplyState::Open {
                reply("told")?;
            }
            Ok(())
        }
        // What follows, in two attempts.
        ["again", ..] => {
            obey(command.trim_start_matches("again "), event)?;
            match event.attempt {
                1 => Err(Failure::retry("again")),
                _ => Ok(()),
            }
        }
        // Tells which deployment it is, or fails as that says.
        ["which"] => match config("mood").as_deref() {
            Some("panic") => panic!("as configured"),
            _ => answer(config("name").as_deref().unwrap_or("none")),
        },
        ["reject"] => Err(Failure::reject("as told")),
        ["count"] => answer(&state::count().to_string()),
        ["grow", mib] => {
            state::grow(mib.parse()?);
            answer("grown")
        }
        ["leave-open", message] => {
            state::leave_open(content(message)?);
            answer("left open")
        }
        ["read-on"] => answer(&state::read_on()),
        ["error"] => {
            io::Read::read_exact(&mut io::empty(), &mut [0])?;
            Ok(())
        }
        ["flood"] => {
            flood();
            answer("flooded")
        }
        ["flood", "and", "panic"] => {
            flood();
            panic!("after the flood")
        }
        ["novel"] => Err(Failure::reject("Once\nupon a time ".repeat(10_000))),
        ["call"] => loop {
            push(event.chat_id().unwrap_or_default(), "again")?;
        },
        ["broadcast", "again", "and", "again"] => {
            let mut sent = 0;
            let error = loop {
                match broadcast("again") {
                    Ok(_) => sent += 1,
                    Err(error) => break error,
                }
            };
            answer(&format!("{} after {sent} broadcasts", kind(&error)))
        }
        ["fake"] => {
            log::info!("innocent\n{{\"level\":\"ERROR\",\"message\":\"fake\"}}");
            answer("faked")
        }
        ["huge"] => answer(&result(reply("x".repeat(13 << 20)))),
        ["hoard", message] => {
            let mut streams = Vec::new();
            let error = loop {
                match content(message) {
                    Ok(stream) => streams.push(stream),
                    Err(error) => break error,
                }
            };
            answer(&format!("{} after {} streams", kind(&error), streams.len()))
        }
        ["dump"] => answer(&event_json()),
        ["profile", user] => answer(&match profile(user) {
            Ok(profile) => profile.display_name,
            Err(error) => kind(&error),
        }),
        ["member", group, user] => answer(&match get_group_member_profile(group, user) {
            Ok(profile) => profile.display_name,
            Err(error) => kind(&error),
        }),
        ["deliver", words @ ..] => deliveries::deliver(event, words),
        ["attempts", how, words @ ..] => deliveries::attempts(event, how, words),
        ["fail", ways @ ..] => match ways.get(event.attempt as usize - 1) {
            Some(&"panic") => panic!("as told"),
            Some(_) => Err(Failure::retry("as told")),
            None => Ok(()),
        },
        ["mended", failure] => deliveries::mended(event, failure),
        ["twice"] => {
            reply("first")?;
            tell(event, &result(reply("second")))
        }
        ["reply"] => match reply("replied") {
            Ok(_) => Ok(()),
            Err(error) => tell(event, &kind(&error)),
        },
        ["push"] => {
            let outcome = result(push(event.chat_id().unwrap_or_default(), "pushed"));
            answer(&outcome)
        }
        ["push-with-key", bytes] => {
            let key = "k".repeat(bytes.parse()?);
            let chat = event.chat_id().unwrap_or_default();
            answer(&result(once(&key).push(chat, "pushed")))
        }
        ["kinds"] => {
            let chat = event.chat_id().unwrap_or_default();
            let who = event.user_id().unwrap_or_default();
            for messages in kinds::all(who).chunks(5) {
                push(chat, messages.to_vec())?;
            }
            answer("sent")
        }
        ["messages", count] => {
            let count = count.parse()?;
            let outcome = result(reply(vec!["many"; count]));
            if outcome == "ok" {
                Ok(())
            } else {
                answer(&outcome)
            }
        }
        ["raw", ..] => {
            let json = command.trim_start_matches("raw ");
            let outcome = result(reply(message::raw_json(json)));
            if outcome == "ok" {
                Ok(())
            } else {
                answer(&outcome)
            }
        }
        words => match calls::call(words) {
            Some(Ok(outcome)) if outcome.is_empty() => Ok(()),
            Some(Ok(outcome)) => answer(&outcome),
            Some(Err(error)) => answer(&kind(&error)),
            None => answer(command),
        },
    }
}

#[allow(unconditional_recursion, reason = "until the stack ends")]
fn recurse(depth: u64) -> u64 {
    let here = black_box([depth; 64]);
    recurse(here[0] + 1) + here[1]
}

fn flood() {
    for number in 0..10_000 {
        log::info!("line {number}");
    }
}

fn answer(text: &str) -> Result {
    reply(text)?;
    Ok(())
}

fn tell(event: &Event, text: &str) -> Result {
    push(event.chat_id().unwrap_or_default(), text)?;
    Ok(())
}

fn result<T>(result: Result<T, CallError>) -> String {
    match result {
        Ok(_) => String::from("ok"),
        Err(error) => kind(&error),
    }
}
