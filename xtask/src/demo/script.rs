//! The conversation that is played, with the answers that must come.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::chat;
use super::stage::Stage;

/// Who takes part.
pub(super) const BOTS: [&str; 2] = ["echo", "greeter"];
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// A transparent pixel.
const IMAGE: &[u8] = include_bytes!("pixel.png");

/// Something that the user does, and what the bot must answer.
struct Scene {
    bot: &'static str,
    event: Value,
    /// The parts of each answer that matter.
    answers: Vec<Value>,
}

pub(super) fn play(stage: &mut Stage) -> anyhow::Result<()> {
    let image = stage.simulator.upload(IMAGE, "image/png")?;
    for scene in scenes(&image) {
        let conversation = stage.conversation(scene.bot)?;
        chat::user_acts(scene.bot, &scene.event);
        conversation.act(&scene.event)?;
        for expected in &scene.answers {
            let answer = conversation
                .answer(ANSWER_LIMIT)?
                .with_context(|| format!("expected {expected}, but nothing came in 10 s"))?;
            chat::bot_answers(scene.bot, &answer);
            if !contains(&answer, expected) {
                bail!("expected {expected}, but {answer} came");
            }
        }
    }
    Ok(())
}

fn scenes(image: &str) -> Vec<Scene> {
    let sticker = json!({ "type": "sticker", "packageId": "446", "stickerId": "1988" });
    vec![
        Scene {
            bot: "echo",
            event: message(&text("Good morning")),
            answers: vec![text("Good morning")],
        },
        Scene {
            bot: "echo",
            event: message(&sticker),
            answers: vec![sticker],
        },
        Scene {
            bot: "greeter",
            event: json!({ "type": "follow" }),
            answers: vec![
                text(&format!("Hello {}, nice to meet you!", chat::USER)),
                json!({ "type": "template", "template": { "type": "buttons" } }),
            ],
        },
        Scene {
            bot: "greeter",
            event: json!({ "type": "postback", "postback": { "data": "colour=green" } }),
            answers: vec![text("You chose colour=green")],
        },
        Scene {
            bot: "greeter",
            event: message(&json!({ "type": "image", "contentId": image })),
            answers: vec![text(&format!("That is image/png, {} bytes", IMAGE.len()))],
        },
        Scene {
            bot: "greeter",
            event: message(&text("push me")),
            answers: vec![text("One moment"), text("Here I am again")],
        },
    ]
}

fn message(message: &Value) -> Value {
    json!({ "type": "message", "message": message })
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// Whether `whole` has all that `part` has.
fn contains(whole: &Value, part: &Value) -> bool {
    match part {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| contains(whole, part))),
        _ => whole == part,
    }
}
