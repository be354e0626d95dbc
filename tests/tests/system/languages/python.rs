//! What is Python's own: exceptions with the author's files and lines, `logging`, and packages of PyPI.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use botbox_tests::Stage;
use serde_json::Value;

use super::failures::{fails, stage};
use super::needs;

/// All bots in one plugin.
const BOTS: &str = "bots-python";

/// What the probe answers.
async fn answer(stage: &Stage, text: &str) -> Value {
    serde_json::from_str(&stage.ask(text).await).unwrap()
}

#[tokio::test]
async fn what_goes_wrong_is_named() {
    needs!("python");
    let stage = stage(BOTS).await;
    for (text, expected) in [
        (
            "throw",
            &["ZeroDivisionError: division by zero at doomed (doomed.py:5) at throw (probe.py:33)"]
                [..],
        ),
        (
            "throw a cause",
            &[
                "ValueError: it went wrong, caused by ZeroDivisionError",
                "at throw_a_cause (probe.py:41)",
            ],
        ),
        ("retry", &["asks to retry: not now at retry (probe.py:46)"]),
        ("exit", &["SystemExit: 1 at leave (probe.py:51)"]),
        ("loop", &["used more than 500 ms of processor time"]),
        ("allocate", &["MemoryError at allocate (probe.py:64)"]),
        (
            "recurse",
            &["RecursionError: maximum recursion depth exceeded at recurse (probe.py:69)"],
        ),
        (
            "wrong type",
            &[
                "messages[0].type: Must be one of",
                "at wrong_type (probe.py:74)",
            ],
        ),
        (
            "wrong argument",
            &[
                "the recipient of a push is a str, not int 7",
                "at wrong_argument (probe.py:79)",
            ],
        ),
        (
            "no message",
            &[
                "one of LINE's message objects, not None",
                "at no_message (probe.py:84)",
            ],
        ),
        (
            "denied",
            &["CallError: `push` is not among the channel's grants at denied (probe.py:89)"],
        ),
        (
            "denied store",
            &[
                "CallError: `keyvalue` is not among the channel's grants",
                "(probe.py:94)",
            ],
        ),
        (
            "unavailable",
            &["asks to retry: CallError: LINE is away at unavailable (probe.py:99)"],
        ),
        (
            "fetch https://example.com/",
            &[
                "https://example.com is not in `http` among the channel's grants at fetch (probe.py:104)",
            ],
        ),
    ] {
        fails(&stage, text, expected).await;
    }
}

#[tokio::test]
async fn the_library_works_as_elsewhere() {
    needs!("python");
    let stage = stage(BOTS).await;
    let (one, two) = (
        answer(&stage, "random").await,
        answer(&stage, "random").await,
    );
    assert_ne!(one[0], two[0]);
    assert_ne!(one[1], two[1]);
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = since_1970.unwrap().as_secs_f64();
    let told = answer(&stage, "clock").await.as_f64().unwrap();
    assert!((now - told).abs() < 60.0, "{told}");
    assert_eq!(answer(&stage, "config").await, "hi");
    assert_eq!(stage.ask("log").await, "logged");
    let line = stage.host.log.expect_all(&["six is 6", "probe"]).await;
    assert_eq!(line["level"], "WARN");
    stage.host.log.expect("printed").await;
}

#[tokio::test]
async fn what_is_remembered_is_there() {
    needs!("python");
    let needs = r#"
        grants = ["reply", "keyvalue"]
        config = { bot = "probe", conversation = "yes" }
    "#;
    let stage = Stage::setting(BOTS, |channel| channel.with(needs), |host| host).await;
    assert_eq!(stage.ask("count").await, "1 ['count'] ['count', 'seen']");
    assert_eq!(
        stage.ask("count").await,
        "2 ['count', 'count'] ['count', 'seen']"
    );
    for (text, expected) in [
        ("order", "Which size?"),
        ("large", "How many?"),
        ("2", "2 of large"),
        ("2", "and you?"),
    ] {
        assert_eq!(stage.ask(text).await, expected);
    }
}

#[tokio::test]
async fn requests_go_to_the_web() {
    needs!("python");
    let redirect = async || (StatusCode::SEE_OTHER, [("location", "/there")]);
    let routes = Router::new()
        .route(
            "/echo",
            post(async |body: Bytes| (StatusCode::CREATED, body)),
        )
        .route("/away", post(redirect))
        .route("/there", get(async || "there"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let needs = format!(
        "grants = [\"reply\", {{ http = [\"{origin}\"] }}]\nconfig = {{ bot = \"probe\" }}"
    );
    let stage = Stage::setting(BOTS, |channel| channel.with(&needs), |host| host).await;
    let echoed = stage.ask(&format!("fetch {origin}/echo")).await;
    assert_eq!(echoed, "201 application/octet-stream to the web");
    let there = stage.ask(&format!("fetch {origin}/away")).await;
    assert_eq!(there, "200 text/plain; charset=utf-8 there");
}

/// dateutil, of PyPI, reads what people write as a time.
#[tokio::test]
async fn a_package_of_pypi_is_at_work() {
    needs!("python");
    let needs = r#"
        grants = ["reply", "push", "schedule"]
        config = { bot = "reminder" }
    "#;
    let stage = Stage::setting(BOTS, |channel| channel.with(needs), |host| host).await;
    assert_eq!(
        stage
            .ask("remind me 5 May 2019: tea")
            .await
            .split(' ')
            .next(),
        Some("That")
    );
    assert_eq!(
        stage.ask("remind me some day: tea").await,
        "When is some day?"
    );
    let soon = std::time::SystemTime::now() + std::time::Duration::from_secs(3);
    let soon = soon
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        % 86_400;
    let text = format!(
        "remind me {:02}:{:02}:{:02}: tea",
        soon / 3600,
        soon / 60 % 60,
        soon % 60
    );
    let answer = stage.ask(&text).await;
    assert!(
        answer.starts_with("In ") && answer.ends_with(": tea"),
        "{answer}"
    );
    let Stage {
        line, bot, user, ..
    } = &stage;
    let chat = line.messages(bot, &user.id, 0, 0).await;
    let last = chat.last().unwrap()["seq"].as_u64().unwrap();
    let reminder = line.next(bot, &user.id, last).await;
    assert_eq!(
        (reminder.text(), reminder.via.as_str()),
        ("It is time: tea", "push")
    );
}
