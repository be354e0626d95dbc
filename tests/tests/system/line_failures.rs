//! What LINE answers when it does not answer well.

use botbox_tests::{Channel, Host, Line, Stage};
use serde_json::{Value, json};

/// With a host that soon gives up on LINE.
pub(crate) async fn impatient() -> Stage {
    Stage::setting("probe", |channel| channel, |host| host.timeout_ms(1_500)).await
}

/// The error kind that a plugin gets when an operation answers like this, each time.
pub(crate) async fn kind(stage: &Stage, operation: &str, command: &str, answer: &Value) -> String {
    // As often as the host may try; the rest is taken back.
    stage.line.fault(operation, 3, answer.clone()).await;
    let kind = stage.ask(command).await;
    stage.line.heal().await;
    kind
}

pub(crate) fn json_error(status: u16, message: &str) -> Value {
    json!({"status": status, "body": {"message": message}})
}

#[tokio::test]
async fn each_status_has_its_kind() {
    let stage = impatient().await;
    let html = json!({"status": 400, "contentType": "text/html", "body": "<h1>Bad\nRequest</h1>"});
    let html_500 = json!({"status": 503, "contentType": "text/html", "body": "<h1>Away</h1>"});
    let html_200 = json!({"status": 200, "contentType": "text/html", "body": "<h1>Hello</h1>"});
    for (answer, expected) in [
        (
            json_error(400, "The request body has 1 error(s)"),
            "Invalid",
        ),
        (json_error(401, "Authentication failed"), "Other"),
        (
            json_error(403, "Access to this API is not available"),
            "Other",
        ),
        (json_error(404, "Not found"), "NotFound"),
        (json_error(410, "Gone"), "NotFound"),
        (
            json_error(
                429,
                "The API rate limit has been exceeded. Try again later.",
            ),
            "RateLimited",
        ),
        (
            json_error(429, "You have reached your monthly limit."),
            "QuotaExceeded",
        ),
        (json_error(500, "Internal Server Error"), "Unavailable"),
        (html, "Invalid"),
        (html_500, "Unavailable"),
        (html_200, "Unavailable"),
        (json!({"hang": true}), "Unavailable"),
    ] {
        let expected = format!("ErrorKind::{expected}");
        let profile = format!("profile {}", stage.user.id);
        assert_eq!(
            kind(&stage, "getProfile", &profile, &answer).await,
            expected,
            "profile {answer}"
        );
        assert_eq!(
            kind(&stage, "pushMessage", "push", &answer).await,
            expected,
            "push {answer}"
        );
        assert_eq!(
            kind(&stage, "replyMessage", "reply", &answer).await,
            expected,
            "reply {answer}"
        );
    }
    // It would be the same again.
    for answer in [
        r#"{"displayName":"Aiko"}"#,
        r#"{"userId":7,"displayName":"A"}"#,
    ] {
        let answer = json!({"status": 200, "contentType": "application/json", "body": answer});
        let before = stage.line.calls(&stage.bot, "/profile/").await.len();
        let profile = format!("profile {}", stage.user.id);
        let kind = kind(&stage, "getProfile", &profile, &answer).await;
        assert_eq!(kind, "ErrorKind::Other", "{answer}");
        let calls = stage.line.calls(&stage.bot, "/profile/").await.len();
        assert_eq!(calls, before + 1, "{answer}");
    }
    // A 409 is success for a push, which has a retry key, and for nothing else.
    let conflict = json_error(409, "The retry key is already accepted");
    assert_eq!(kind(&stage, "pushMessage", "push", &conflict).await, "ok");
    assert_eq!(
        kind(&stage, "replyMessage", "reply", &conflict).await,
        "ErrorKind::Other"
    );
    let invalid_token = json_error(400, "Invalid reply token");
    assert_eq!(
        kind(&stage, "replyMessage", "reply", &invalid_token).await,
        "ErrorKind::Expired"
    );
    stage.host.log.expect("<h1>Bad Request</h1>").await;
    // The log has LINE's own words beside what they were about.
    let refused = stage.host.log.expect("Access to this API is not").await;
    assert_eq!(refused["message"], "LINE answered an error");
    assert_eq!(refused["why"], "Access to this API is not available");
    assert_eq!(refused["status"], 403);
}

/// The others of its list are read all the same.
#[tokio::test]
async fn an_odd_element_of_an_answer_costs_no_other() {
    let stage = impatient().await;
    let ids = json!({"userIds": ["U1", 7, null, "U2"], "next": "n"});
    let answer = json!({"status": 200, "body": ids});
    stage.line.fault("getFollowers", 1, answer).await;
    let told = stage.ask("get-followers 10").await;
    assert!(told.contains(r#"["U1", "U2"]"#), "{told}");
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    let stage = impatient().await;
    let profile = format!("profile {}", stage.user.id);
    for answer in [
        json!({"status": 500}),
        json!({"hang": true}),
        json!({"truncate": true}),
    ] {
        stage.line.fault("getProfile", 2, answer.clone()).await;
        assert_eq!(stage.ask(&profile).await, "Aiko", "{answer}");
    }
}

/// A success that is not what LINE documents is no failure that passes: LINE would answer the same again.
#[tokio::test]
async fn what_cannot_be_read_is_not_asked_for_again() {
    let stage = impatient().await;
    let profile = format!("profile {}", stage.user.id);
    for body in [
        json!({}),
        json!({"displayName": 7, "userId": "U1"}),
        json!([]),
    ] {
        let before = stage.line.calls(&stage.bot, "/profile/").await.len();
        let answer = json!({"status": 200, "body": body});
        assert_eq!(
            kind(&stage, "getProfile", &profile, &answer).await,
            "ErrorKind::Other"
        );
        let calls = stage.line.calls(&stage.bot, "/profile/").await.len() - before;
        assert_eq!(calls, 1, "{body}");
    }
}

/// The push took effect, only its answers were lost: it is asked for again with the same retry
/// key, and arrives once.
#[tokio::test]
async fn a_push_arrives_once() {
    let stage = impatient().await;
    for answer in [
        json!({"status": 500}),
        json!({"hang": true}),
        json!({"truncate": true}),
    ] {
        let user = stage.line.user("Aiko").await;
        stage
            .line
            .lost_answer("pushMessage", 2, answer.clone())
            .await;
        let before = stage.line.calls(&stage.bot, "/push").await.len();
        assert_eq!(
            stage.line.ask(&stage.bot, &user, "push").await,
            "pushed",
            "{answer}"
        );
        let outcome = stage.line.next(&stage.bot, &user.id, 2).await;
        assert_eq!(outcome.text(), "ok", "{answer}");
        stage.line.heal().await;

        let calls = stage
            .line
            .calls(&stage.bot, "/push")
            .await
            .split_off(before);
        assert!(calls.len() >= 2, "{calls:?}");
        assert!(
            calls
                .iter()
                .all(|call| call["retryKey"] == calls[0]["retryKey"])
        );
        let chat = stage.line.messages(&stage.bot, &user.id, 0, 0).await;
        let pushed = chat.iter().filter(|it| it["via"] == "push").count();
        assert_eq!(pushed, 1, "{answer}");
    }
}

/// LINE takes 60 broadcasts in an hour. The simulator would take more, but is not asked.
#[tokio::test]
async fn a_rate_is_kept_on_our_side() {
    let stage = Stage::with("probe").await;
    let told = stage.ask("broadcast again and again").await;
    assert_eq!(told, "ErrorKind::RateLimited after 60 broadcasts");
    let said = "broadcast: LINE takes 60 calls in 3600 s; the next is possible in";
    stage.host.log.expect(said).await;
    let calls = stage.line.calls(&stage.bot, "/message/broadcast").await;
    assert_eq!(calls.len(), 60);
}

/// Whether a reply without an answer arrived can't be known, so it is not sent again.
#[tokio::test]
async fn a_reply_is_not_repeated() {
    let stage = impatient().await;
    for answer in [
        json!({"status": 500}),
        json!({"hang": true}),
        json!({"truncate": true}),
    ] {
        let before = stage.line.calls(&stage.bot, "/reply").await.len();
        stage.line.lost_answer("replyMessage", 1, answer).await;
        assert_eq!(stage.ask("reply").await, "replied");
        let chat = stage.line.messages(&stage.bot, &stage.user.id, 0, 0).await;
        let last = chat.iter().rev().find(|it| it["via"] == "reply").unwrap();
        let seq = last["seq"].as_u64().unwrap();
        let told = stage.line.next(&stage.bot, &stage.user.id, seq).await;
        assert_eq!(told.text(), "ErrorKind::Unavailable");
        assert_eq!(
            stage.line.calls(&stage.bot, "/reply").await.len(),
            before + 1
        );
    }
}

#[tokio::test]
async fn contents_that_fail() {
    let stage = impatient().await;
    let content = stage.line.content("image/png", vec![1; 300_000], 0).await;
    let message = json!({"type": "image", "contentId": content});
    let event = json!({"type": "message", "message": message});
    let mut last = 0;
    for (answer, expected) in [
        (
            json!({"truncate": true}),
            "broke off: ErrorKind::Unavailable",
        ),
        (json_error(404, "Not found"), "ErrorKind::NotFound"),
        (
            json_error(500, "Internal Server Error"),
            "ErrorKind::Unavailable",
        ),
    ] {
        stage
            .line
            .fault("getMessageContent", 3, answer.clone())
            .await;
        stage.line.act(&stage.bot, &stage.user, event.clone()).await;
        let sent = stage.line.next(&stage.bot, &stage.user.id, last).await;
        assert!(
            sent.text().starts_with(expected),
            "{answer}: {}",
            sent.text()
        );
        last = sent.seq;
        stage.line.heal().await;
    }
    // Never ready, and LINE says that it will not be.
    let video = stage.line.content("video/mp4", vec![1; 9], 1_000).await;
    let failed = json!({"status": 200, "body": {"status": "failed"}});
    stage
        .line
        .fault("getMessageContentTranscodingByMessageId", 1, failed)
        .await;
    let message = json!({"type": "video", "contentId": video});
    stage
        .line
        .act(
            &stage.bot,
            &stage.user,
            json!({"type": "message", "message": message}),
        )
        .await;
    let sent = stage.line.next(&stage.bot, &stage.user.id, last).await;
    assert_eq!(sent.text(), "ErrorKind::NotFound");
}

/// Nobody listens where LINE should be.
#[tokio::test]
async fn line_is_away() {
    let line = Line::start().await;
    let bot = line.bot("Probe").await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let channel = Channel::new("bot", &bot, "echo").with("grants = [\"reply\"]");
    let host = Host::beside(&line)
        .api(&format!("http://{closed}"))
        .channel(channel)
        .start(&line)
        .await;
    let user = line.user("Aiko").await;
    assert_eq!(line.say(&bot, &user, "anyone?").await.status, Some(200));
    let failure = host.log.expect("the plugin asks to retry").await;
    assert!(failure.to_string().contains("replyMessage"), "{failure}");
    // Tried again: nothing was sent.
    host.log.expect_count("LINE did not answer", 3).await;
}
