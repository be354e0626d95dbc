//! The chat with a person at the keyboard.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::chat;
use super::conversation::Conversation;
use super::simulator::Simulator;
use super::stage::Stage;

const HELP: &str = "\
TEXT            say it               /follow /unfollow  become a friend, block the bot
/sticker        send a sticker       /postback DATA     tap a button with this data
/image FILE     send an image        /pick TIME DATA    pick a time, 2030-12-31T23:59
/location       send a place         /bot NAME          talk to another bot
                                     /quit              leave, as does Ctrl-C";

/// How long a listener asks the simulator at once.
const LISTEN: Duration = Duration::from_secs(25);
/// How long answers are still shown after the end of an input that no person types.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Chats until the user quits or the input ends.
pub(super) fn run(mut stage: Stage) -> anyhow::Result<()> {
    for conversation in &stage.conversations {
        listen(conversation.clone());
    }
    let first = stage.conversations.first().context("there is no bot")?;
    let mut bot = first.bot().to_owned();
    println!();
    chat::remark(&format!("the host's log: {}", stage.host_log().display()));
    chat::remark(&format!("the same chats in a browser: {}", stage.page()));
    chat::remark(&format!("you talk to {bot}; write something, or /help"));
    for line in io::stdin().lines() {
        let line = line.context("cannot read what is typed")?;
        take_back_line();
        match line.trim() {
            "" => {}
            "/quit" => break,
            line => {
                if let Err(error) = obey(&mut stage, &mut bot, line) {
                    chat::remark(&format!("{error:#}"));
                }
            }
        }
    }
    if !io::stdin().is_terminal() {
        // Nobody waits for the answers to the last lines before the input ends.
        thread::sleep(LAST_ANSWERS);
    }
    Ok(())
}

fn obey(stage: &mut Stage, bot: &mut String, line: &str) -> anyhow::Result<()> {
    match line.split_once(' ').unwrap_or((line, "")) {
        ("/help", _) => HELP.lines().for_each(chat::remark),
        ("/bot", name) => {
            stage.conversation(name)?.bot().clone_into(bot);
            chat::remark(&format!("you talk to {bot}"));
        }
        _ => {
            let event = event(&stage.simulator, line)?;
            chat::user_acts(bot, &event);
            stage.conversation(bot)?.act(&event)?;
        }
    }
    Ok(())
}

/// Shows the answers from now on. The thread ends with the simulator.
fn listen(mut conversation: Conversation) {
    thread::spawn(move || {
        while let Ok(answer) = conversation.answer(LISTEN) {
            if let Some(answer) = answer {
                chat::bot_answers(conversation.bot(), &answer);
            }
        }
    });
}

/// The chat shows each typed line in its own form, so the terminal need not.
fn take_back_line() {
    if io::stdin().is_terminal() && chat::is_terminal() {
        print!("\x1b[1A\x1b[2K");
    }
}

/// The event that a typed line stands for.
fn event(simulator: &Simulator, line: &str) -> anyhow::Result<Value> {
    let message = |message: Value| json!({ "type": "message", "message": message });
    Ok(match line.split_once(' ').unwrap_or((line, "")) {
        ("/follow", _) => json!({ "type": "follow" }),
        ("/unfollow", _) => json!({ "type": "unfollow" }),
        ("/postback", data) => json!({ "type": "postback", "postback": { "data": data } }),
        ("/pick", picked) => {
            let (time, data) = picked
                .split_once(' ')
                .context("/pick takes a time and data")?;
            let params = json!({ "datetime": time });
            json!({ "type": "postback", "postback": { "data": data, "params": params } })
        }
        ("/sticker", _) => {
            message(json!({ "type": "sticker", "packageId": "446", "stickerId": "1988" }))
        }
        ("/location", _) => message(json!({
            "type": "location",
            "title": "Tokyo Station",
            "address": "1 Chome-9 Marunouchi, Chiyoda City, Tokyo",
            "latitude": 35.6812,
            "longitude": 139.7671,
        })),
        ("/image", file) => message(image(simulator, Path::new(file))?),
        (command, _) if command.starts_with('/') => bail!("there is no {command}; see /help"),
        _ => message(json!({ "type": "text", "text": line })),
    })
}

fn image(simulator: &Simulator, file: &Path) -> anyhow::Result<Value> {
    let content_type = match file.extension().and_then(|extension| extension.to_str()) {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        _ => bail!("/image takes the path of a .png or .jpg file"),
    };
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let content = simulator.upload(&bytes, content_type)?;
    Ok(json!({ "type": "image", "contentId": content }))
}
