//! Replies of events that fail and are tried again: each arrives once.

use botbox_tests::{Sender, message};
use serde_json::json;

use crate::delivery::{WITH, befriend, failures, say, sent, stage};

/// The token is used, so there is nothing to send: the plugin gets what the first attempt got.
#[tokio::test]
async fn a_reply_of_an_attempt_that_failed_is_the_reply_of_the_next_one() {
    let stage = stage(WITH).await;
    for (number, failure) in [(1, "panic"), (2, "retry")] {
        for how in ["reply", "reply-or-push"] {
            let user = stage.line.user("Somebody").await;
            let command = format!("deliver {how} {number} after {failure} {number}");
            let id = say(&stage, &user, &command).await;
            let event = stage.host.expect("bot", &id, "handled").await;
            assert_eq!(failures(&event).len(), number, "{event}");
            let sent = sent(&stage.line, &stage.bot, &user).await;
            let reply = [(String::from("reply"), number.to_string())];
            assert_eq!(sent, reply, "{command}");
        }
    }
    let calls = stage.line.calls(&stage.bot, "/message/reply").await;
    assert_eq!(calls.len(), 4, "{calls:?}");
}

/// The reply has arrived, but the host can't know: it asks LINE with the same token.
#[tokio::test]
async fn a_reply_whose_answer_was_lost_is_not_sent_again() {
    let stage = stage(WITH).await;
    for how in ["reply", "reply-or-push"] {
        for answer in [json!({"status": 500}), json!({"truncate": true})] {
            let user = stage.line.user("Somebody").await;
            befriend(&stage.line, &stage.bot, &user).await;
            stage.line.lost_answer("replyMessage", 1, answer).await;
            let id = say(&stage, &user, &format!("deliver {how} once")).await;
            let event = stage.host.expect("bot", &id, "handled").await;
            let failures = failures(&event);
            assert_eq!(failures.len(), 1, "{event}");
            assert!(failures[0].contains("asks to retry"), "{event}");
            let sent = sent(&stage.line, &stage.bot, &user).await;
            let reply = [(String::from("reply"), String::from("once"))];
            assert_eq!(sent, reply);
        }
    }
}

/// It never arrived, though nobody could know.
#[tokio::test]
async fn a_reply_that_line_never_took_is_sent_by_the_next_attempt() {
    let stage = stage(WITH).await;
    let fault = json!({"status": 500});
    stage.line.fault("replyMessage", 1, fault).await;
    let id = say(&stage, &stage.user, "deliver reply-or-push late").await;
    stage.host.expect("bot", &id, "handled").await;
    let sent = sent(&stage.line, &stage.bot, &stage.user).await;
    assert_eq!(sent, [(String::from("reply"), String::from("late"))]);
}

#[tokio::test]
async fn what_can_not_be_replied_any_more_is_pushed() {
    let stage = stage(WITH).await;
    let sender = Sender::new();
    for (id, command) in [
        ("first", "deliver reply-or-push 1"),
        // Pushed once, though the first attempt did that already.
        ("second", "deliver reply-or-push 2 after panic 1"),
    ] {
        // LINE does not know the token any more.
        let event = message(&stage.user, id, "expired", command);
        let url = stage.host.webhook("bot");
        let answer = sender.send(&url, &stage.bot, &[event]).await;
        assert_eq!(answer.unwrap().status, 200);
        stage.host.expect("bot", id, "handled").await;
    }
    let sent = sent(&stage.line, &stage.bot, &stage.user).await;
    let push = |text: &str| (String::from("push"), text.to_owned());
    assert_eq!(sent, [push("1"), push("2")]);
}
