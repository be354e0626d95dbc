//! A bot for groups.

use serde_json::{Value, json};

use super::{answer, stage};

/// A text in which the user mentions the bot.
fn to_the_bot(bot: &str, text: &str) -> Value {
    let mention = json!({"index": 0, "length": 4, "type": "user", "userId": bot, "isSelf": true});
    let message = json!({
        "type": "text",
        "text": format!("@Bot {text}"),
        "mention": {"mentionees": [mention]},
    });
    json!({"type": "message", "message": message})
}

#[tokio::test]
async fn groups_greets_counts_names_and_leaves() {
    let stage = stage("groups").await;
    let group = stage.line.group(&[&stage.user]).await;

    let greeting = answer(&stage, &group, json!({"type": "join"})).await;
    let expected = "Hello! There is 1 person here. Mention me when you need something.";
    assert_eq!(greeting.text(), expected);

    let chiyo = stage.line.user("Chiyo").await;
    let members = json!({"members": [{"type": "user", "userId": chiyo.id}]});
    let joined = json!({"type": "memberJoined", "joined": members});
    let welcome = answer(&stage, &group, joined).await.message;
    assert_eq!(welcome["type"], "textV2");
    assert_eq!(welcome["text"], "Welcome {member0}!");
    let mentionee = json!({"type": "user", "userId": chiyo.id});
    let member = json!({"type": "mention", "mentionee": mentionee});
    assert_eq!(welcome["substitution"], json!({"member0": member}));

    let ask = async |text| answer(&stage, &group, to_the_bot(&stage.bot.id, text)).await;
    assert_eq!(ask("How many?").await.text(), "There are 2 people here.");
    let names = ask("who is here?").await;
    let both = ["Here are Aiko, Chiyo.", "Here are Chiyo, Aiko."];
    assert!(both.contains(&names.text()), "{names:?}");

    // As it is for accounts that are not verified.
    let refusal = json!({"message": "Access to this API is not available for your account"});
    let refusal = json!({"status": 403, "body": refusal});
    stage.line.fault("getGroupMembersIds", 1, refusal).await;
    let names = ask("who is here?").await;
    assert_eq!(names.text(), "LINE does not tell me who is here.");

    assert_eq!(ask("please leave").await.text(), "Goodbye!");
    stage.line.expect_calls(&stage.bot, "/leave", 1).await;
}

#[tokio::test]
async fn groups_answers_in_rooms_when_it_is_mentioned_only() {
    let stage = stage("groups").await;
    let room = stage.line.room(&[&stage.user]).await;
    let message = json!({"type": "text", "text": "How many?"});
    let event = json!({"type": "message", "message": message});
    let unmentioned = json!({"as": stage.user.id, "in": room, "event": event});
    stage.line.send(&stage.bot, vec![unmentioned]).await;

    let event = to_the_bot(&stage.bot.id, "hello");
    let help = answer(&stage, &room, event).await;
    assert!(help.text().starts_with("Ask me"), "{help:?}");
    assert_eq!(stage.line.calls(&stage.bot, "/reply").await.len(), 1);

    let event = to_the_bot(&stage.bot.id, "how many");
    let count = answer(&stage, &room, event).await;
    assert_eq!(count.text(), "There is 1 person here.");
}
