//! The chat on the terminal: a line for what each side does.

use std::env;
use std::io::{self, IsTerminal as _};

use serde_json::Value;

pub(super) const USER: &str = "Aiko";

/// The width of the longest `who ▸ whom`.
const WIDTH: usize = 14;
const CYAN: &str = "36";
const GREEN: &str = "32";
const DIM: &str = "2";

pub(super) fn user_acts(bot: &str, event: &Value) {
    say(CYAN, USER, bot, &event_text(event));
}

pub(super) fn bot_answers(bot: &str, message: &Value) {
    say(GREEN, bot, USER, &message_text(message));
}

/// Something that is not part of the conversation.
pub(super) fn remark(text: &str) {
    println!("  {}", paint(DIM, text));
}

/// Whether lines can be coloured and taken back.
pub(super) fn is_terminal() -> bool {
    io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none()
}

fn say(colour: &str, from: &str, to: &str, text: &str) {
    let names = format!("{:WIDTH$}", format!("{from} ▸ {to}"));
    println!("  {}   {text}", paint(colour, &names));
}

fn paint(colour: &str, text: &str) -> String {
    if is_terminal() {
        format!("\x1b[{colour}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn event_text(event: &Value) -> String {
    match event["type"].as_str() {
        Some("message") => message_text(&event["message"]),
        Some("follow") => "(follows)".to_owned(),
        Some("unfollow") => "(blocks)".to_owned(),
        Some("postback") => format!("(taps {})", text(&event["postback"]["data"])),
        _ => format!("({})", text(&event["type"])),
    }
}

fn message_text(message: &Value) -> String {
    let mut words = vec![content_text(message)];
    let quick_replies = message["quickReply"]["items"].as_array();
    let quick_replies = quick_replies.into_iter().flatten();
    words.extend(quick_replies.map(|item| button(&item["action"])));
    words.join(" ")
}

fn content_text(message: &Value) -> String {
    match message["type"].as_str() {
        Some("text" | "textV2") => text(&message["text"]).to_owned(),
        Some("sticker") => format!(
            "(sticker {}/{})",
            text(&message["packageId"]),
            text(&message["stickerId"])
        ),
        Some("location") => format!("(location {})", text(&message["address"])),
        Some("template") => template_text(&message["template"]),
        Some("flex") => flex_words(&message["contents"]).join(" "),
        _ => format!("({})", text(&message["type"])),
    }
}

/// The text of a template and its buttons, as in `Which colour? [Red: colour=red]`.
fn template_text(template: &Value) -> String {
    let mut words = vec![text(&template["text"]).to_owned()];
    let actions = template["actions"].as_array().into_iter().flatten();
    words.extend(actions.map(button));
    words.join(" ")
}

/// The texts and buttons of a part of a Flex Message.
fn flex_words(part: &Value) -> Vec<String> {
    let own_text = part["text"].as_str().map(String::from);
    let own_button = part.get("action").map(button);
    let blocks = ["header", "hero", "body", "footer"].into_iter();
    let blocks = blocks.filter_map(|block| part.get(block));
    let contents = part["contents"].as_array().into_iter().flatten();
    let inside = blocks.chain(contents).flat_map(flex_words);
    own_text
        .into_iter()
        .chain(own_button)
        .chain(inside)
        .collect()
}

/// A button's label, and the data that it sends or the page that it opens.
fn button(action: &Value) -> String {
    let label = text(&action["label"]);
    match action["data"].as_str().or(action["uri"].as_str()) {
        Some(effect) => format!("[{label}: {effect}]"),
        None => format!("[{label}]"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
