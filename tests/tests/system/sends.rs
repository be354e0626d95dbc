//! Messages to many, and answers that may take a while: `push` and `reply`.

use botbox_tests::{Stage, User};
use serde_json::{Value, json};

/// A friend of the bot beside another one.
async fn two_friends() -> (Stage, User) {
    let stage = Stage::with("probe").await;
    stage.befriend(&stage.user).await;
    let other = stage.friend("Ben").await;
    (stage, other)
}

/// What was sent to a user this way.
async fn sent(stage: &Stage, user: &User, via: &str) -> Vec<String> {
    let chat = stage.line.messages(&stage.bot, &user.id, 0, 0).await;
    let sent = chat.iter().filter(|it| it["via"] == via);
    sent.map(|it| it["message"]["text"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn push_message_names_an_aggregation_unit() {
    let (stage, other) = two_friends().await;
    let command = format!("push-message unit_1 {}", other.id);
    let answer = stage.replied(&command).await;
    assert!(answer.contains("quote-token: Some("), "{answer}");
    assert_eq!(sent(&stage, &other, "push").await, ["to one"]);
    let calls = stage.line.calls(&stage.bot, "/push").await;
    assert_eq!(
        calls[0]["body"]["customAggregationUnits"],
        json!(["unit_1"])
    );
    assert_eq!(calls[0]["body"]["notificationDisabled"], true);
    let invalid = format!("push-message unit-1 {}", other.id);
    assert_eq!(stage.replied(&invalid).await, "ErrorKind::Invalid");
}

#[tokio::test]
async fn multicast_reaches_all_whom_it_names() {
    let (stage, other) = two_friends().await;
    let command = format!("multicast unit_1 {} {}", stage.user.id, other.id);
    let request_id = stage.replied(&command).await;
    assert_eq!(sent(&stage, &stage.user, "multicast").await, ["to some"]);
    assert_eq!(sent(&stage, &other, "multicast").await, ["to some"]);
    let calls = stage.line.calls(&stage.bot, "/multicast").await;
    assert_eq!(calls[0]["requestId"], request_id);
    assert_eq!(calls[0]["body"]["to"], json!([stage.user.id, other.id]));
    assert_eq!(
        calls[0]["body"]["customAggregationUnits"],
        json!(["unit_1"])
    );

    let stranger = format!("multicast unit_1 U{}", "0".repeat(32));
    assert_eq!(stage.replied(&stranger).await, "ErrorKind::Invalid");
}

#[tokio::test]
async fn broadcast_reaches_all_friends() {
    let (stage, other) = two_friends().await;
    let stranger = stage.line.user("Chiyo").await;
    let request_id = stage.replied("broadcast").await;
    assert_eq!(sent(&stage, &stage.user, "broadcast").await, ["to all"]);
    assert_eq!(sent(&stage, &other, "broadcast").await, ["to all"]);
    assert!(sent(&stage, &stranger, "broadcast").await.is_empty());
    let calls = stage.line.calls(&stage.bot, "/broadcast").await;
    assert_eq!(calls[0]["requestId"], request_id);

    stage.line.set(&stage.bot, json!({"monthlyQuota": 3})).await;
    assert_eq!(
        stage.replied("broadcast").await,
        "ErrorKind::QuotaExceeded",
        "of 3 messages, 2 are sent, and 2 friends are there"
    );
}

#[tokio::test]
async fn narrowcast_and_its_progress() {
    let (stage, other) = two_friends().await;
    let request_id = stage.replied("narrowcast").await;
    assert_eq!(
        sent(&stage, &stage.user, "narrowcast").await,
        ["to friends"]
    );
    assert_eq!(sent(&stage, &other, "narrowcast").await, ["to friends"]);
    // The simulator is one phase further with each question.
    let progress = format!("get-narrowcast-progress {request_id}");
    for (phase, counts) in [
        ("waiting", "success-count: None"),
        ("sending", "success-count: Some(0)"),
        (
            "succeeded",
            "success-count: Some(2), failure-count: Some(0), target-count: Some(2)",
        ),
    ] {
        let answer = stage.replied(&progress).await;
        let phase = format!("phase: \"{phase}\"");
        assert!(
            answer.contains(&phase) && answer.contains(counts),
            "{answer}"
        );
    }
    let few = stage.replied("narrowcast max 1").await;
    assert_ne!(few, request_id);
    let reached = sent(&stage, &stage.user, "narrowcast").await.len()
        + sent(&stage, &other, "narrowcast").await.len();
    assert_eq!(reached, 3);

    let unknown = "get-narrowcast-progress 00000000-0000-4000-8000-000000000000";
    assert_eq!(stage.replied(unknown).await, "ErrorKind::NotFound");
    let invalid = "get-narrowcast-progress 1";
    assert_eq!(stage.replied(invalid).await, "ErrorKind::Invalid");
}

#[tokio::test]
async fn narrowcast_takes_recipients_and_filters() {
    let (stage, _) = two_friends().await;
    let first = stage.replied("narrowcast").await;
    // Only one that has succeeded can be sent on; each question finds it a phase further.
    for _ in 0..2 {
        let progress = format!("get-narrowcast-progress {first}");
        stage.replied(&progress).await;
    }
    stage.replied(&format!("narrowcast after {first}")).await;
    // LINE takes what it says, but filters no fewer than 100 friends.
    let answer = stage.replied("narrowcast of-all-kinds").await;
    assert_eq!(answer, "ErrorKind::Other");
    stage.host.log.expect("not have enough friends").await;
    let calls = stage.line.calls(&stage.bot, "/message/narrowcast").await;
    assert_eq!(
        calls[1]["body"]["recipient"],
        json!({"type": "operator", "not": {"type": "redelivery", "requestId": first}})
    );
    let filter = &calls[2]["body"]["filter"]["demographic"];
    assert_eq!(filter["and"][0]["or"].as_array().unwrap().len(), 3);
    assert_eq!(
        calls[2]["body"]["limit"],
        json!({"max": 100, "upToRemainingQuota": true, "forbidPartialDelivery": true})
    );

    // What LINE would refuse for its form, it is not asked for.
    for no_object in ["{", "[]"] {
        let command = format!("narrowcast raw {no_object}");
        assert_eq!(stage.replied(&command).await, "ErrorKind::Invalid");
    }
    let unknown = stage.replied("narrowcast raw {\"type\":\"moon\"}").await;
    assert_eq!(unknown, "ErrorKind::Invalid");
    let calls = stage.line.calls(&stage.bot, "/message/narrowcast").await;
    assert_eq!(calls.len(), 4);
}

#[tokio::test]
async fn sends_without_the_grant_are_denied() {
    let stage = Stage::setting("probe", |it| it.with("grants = [\"reply\"]"), |it| it).await;
    for command in [
        "push-message unit_1 U1",
        "multicast unit_1 U1",
        "broadcast",
        "narrowcast",
        "get-narrowcast-progress 1",
    ] {
        assert_eq!(
            stage.replied(command).await,
            "ErrorKind::Denied",
            "{command}"
        );
    }
    let replies = stage.line.calls(&stage.bot, "/reply").await.len();
    assert_eq!(stage.line.calls(&stage.bot, "/v2/").await.len(), replies);
}

/// A bot that does not know whom it talks to learns so, and LINE is not asked.
#[tokio::test]
async fn nobody_is_not_sent_to() {
    let stage = Stage::with("probe").await;
    for command in [
        "push-message unit_1 ",
        "multicast unit_1",
        "multicast unit_1 U1 ",
        "push-messages-by-phone  parcel-0123456789",
        "show-loading-animation  5",
        "mark-messages-as-read ",
        "mark-messages-as-read-by-token ",
        "profile ",
    ] {
        let answer = stage.ask(command).await;
        assert_eq!(answer, "ErrorKind::Invalid", "{command:?}");
    }
    let mut calls = stage.line.calls(&stage.bot, "/").await;
    calls.retain(|call| call["method"] == "POST");
    let replies = calls
        .iter()
        .filter(|call| call["path"] == "/v2/bot/message/reply");
    assert_eq!(replies.count(), calls.len(), "{calls:?}");
}

/// LINE took the messages, only its answer was lost: the host asks again with the same retry key,
/// and learns the id of the request that was taken.
#[tokio::test]
async fn sends_to_many_arrive_once() {
    let (stage, other) = two_friends().await;
    for (operation, command) in [
        ("multicast", format!("multicast unit_1 {}", other.id)),
        ("broadcast", String::from("broadcast")),
        ("narrowcast", String::from("narrowcast")),
    ] {
        let lost = json!({"status": 500});
        stage.line.lost_answer(operation, 1, lost).await;
        let request_id = stage.replied(&command).await;
        let path = format!("/message/{operation}");
        let calls = stage.line.calls(&stage.bot, &path).await;
        let [first, second] = calls.as_slice() else {
            panic!("{} calls of {operation}", calls.len());
        };
        assert_eq!(first["requestId"], request_id, "{operation}");
        assert_eq!(first["retryKey"], second["retryKey"], "{operation}");
        assert_eq!(second["status"], 409, "{operation}");
        assert_eq!(
            sent(&stage, &other, operation).await.len(),
            1,
            "{operation}"
        );
    }
}

/// Says `reply-or-push TEXTS`, and expects what becomes of each text.
async fn expect_turns(stage: &Stage, event: Value, turns: &[(&str, &str)]) {
    let texts: Vec<_> = turns.iter().map(|(text, _)| *text).collect();
    let command = format!("reply-or-push {}", texts.join(" "));
    let mut message = json!({
        "type": "message",
        "message": {"type": "text", "text": command},
    });
    for (name, value) in event.as_object().unwrap() {
        message[name] = value.clone();
    }
    stage.line.act(&stage.bot, &stage.user, message).await;
    for (text, outcome) in turns {
        stage.host.log.expect(&format!("{text}: {outcome}")).await;
    }
}

#[tokio::test]
async fn reply_or_push_replies_while_it_can() {
    let stage = Stage::with("probe").await;
    let turns = [("first", "Via::Reply"), ("second", "Via::Push")];
    expect_turns(&stage, json!({}), &turns).await;
    assert_eq!(sent(&stage, &stage.user, "reply").await, ["first"]);
    assert_eq!(sent(&stage, &stage.user, "push").await, ["second"]);
    assert_eq!(
        stage.line.calls(&stage.bot, "/reply").await.len(),
        1,
        "a spent token is known to be spent"
    );
}

#[tokio::test]
async fn reply_or_push_pushes_what_is_late() {
    let stage = Stage::with("probe").await;
    let expired = json!({"status": 400, "body": {"message": "Invalid reply token"}});
    stage.line.fault("replyMessage", 1, expired).await;
    expect_turns(&stage, json!({}), &[("late", "Via::Push")]).await;
    let without = json!({"replyToken": null});
    expect_turns(&stage, without, &[("unanswerable", "Via::Push")]).await;
    assert_eq!(
        sent(&stage, &stage.user, "push").await,
        ["late", "unanswerable"]
    );
    assert_eq!(stage.line.calls(&stage.bot, "/reply").await.len(), 1);
}

#[tokio::test]
async fn reply_or_push_pushes_to_the_group_of_the_event() {
    let stage = Stage::with("probe").await;
    let group = stage.line.group(&[&stage.user]).await;
    let join = json!({"as": stage.user.id, "in": group, "event": {"type": "join"}});
    stage.line.send(&stage.bot, vec![join]).await;
    let text = json!({"type": "text", "text": "reply-or-push one two"});
    let event = json!({"type": "message", "message": text});
    let event = json!({"as": stage.user.id, "in": group, "event": event});
    stage.line.send(&stage.bot, vec![event]).await;
    stage.host.log.expect("two: Via::Push").await;
    let chat = stage.line.messages(&stage.bot, &group, 0, 0).await;
    let pushed = chat.iter().find(|it| it["via"] == "push").unwrap();
    assert_eq!(pushed["message"]["text"], "two");
}

#[tokio::test]
async fn reply_or_push_pushes_nothing_that_may_not_go_out() {
    let stage = Stage::setting("probe", |it| it.with("grants = [\"reply\"]"), |it| it).await;
    let turns = [
        ("granted", "Via::Reply"),
        ("not-granted", "ErrorKind::Denied"),
    ];
    expect_turns(&stage, json!({}), &turns).await;
    assert_eq!(stage.line.calls(&stage.bot, "/push").await.len(), 0);

    let stage = Stage::with("probe").await;
    // Who it would go to is not known.
    let nowhere = json!({"replyToken": null, "source": null});
    expect_turns(&stage, nowhere, &[("nowhere", "ErrorKind::Expired")]).await;
    let standby = json!({"mode": "standby", "replyToken": null});
    expect_turns(&stage, standby, &[("standby", "ErrorKind::Standby")]).await;
    for send in ["/push", "/reply"] {
        assert_eq!(stage.line.calls(&stage.bot, send).await.len(), 0);
    }
}

/// It may have arrived: a push could be a second one.
#[tokio::test]
async fn reply_or_push_does_not_push_after_a_reply_without_an_answer() {
    let stage = Stage::with("probe").await;
    let lost = json!({"status": 500});
    stage.line.lost_answer("replyMessage", 1, lost).await;
    let turns = [("unsure", "ErrorKind::Unavailable")];
    expect_turns(&stage, json!({}), &turns).await;
    assert_eq!(sent(&stage, &stage.user, "reply").await, ["unsure"]);
    assert_eq!(stage.line.calls(&stage.bot, "/push").await.len(), 0);
}
