//! `botbox:line/module`.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use botbox_tests::{Channel, Host, Line, PATIENCE, Stage};
use serde_json::json;

use crate::capabilities::granting;
use crate::groups::field;
use crate::line_failures::{impatient, json_error, kind};

const GRANTS: &str = r#"grants = ["reply", "module"]"#;
const REDIRECT_URI: &str = "https://example.com/back";

/// Attaches the stage's bot, as a module, to a new bot. Returns what the probe shows.
async fn attach(stage: &Stage, name: &str) -> String {
    let shop = stage.line.bot(name).await;
    let code = stage.line.consent(&shop, &stage.bot, REDIRECT_URI).await;
    stage
        .ask(&format!("attach-module {code} {REDIRECT_URI}"))
        .await
}

#[tokio::test]
async fn modules_are_attached_listed_and_detached() {
    let stage = granting(GRANTS).await;
    let attached = attach(&stage, "Shop").await;
    assert!(
        attached.contains("scopes: [\"message:send\"]"),
        "{attached}"
    );
    let shop = field(&attached, "bot-id");
    let cafe = attach(&stage, "Cafe").await;
    let cafe = field(&cafe, "bot-id");
    let both = stage.ask("get-modules").await;
    for part in [shop, cafe, "\"Shop\"", "\"Cafe\"", "basic-id: \"@"] {
        assert!(both.contains(part), "no {part} in {both}");
    }
    let first = stage.ask("get-modules 1").await;
    let next = field(&first, "next");
    let second = stage.ask(&format!("get-modules 1 {next}")).await;
    assert!(
        first.contains(shop) != second.contains(shop),
        "{first} {second}"
    );

    assert_eq!(stage.ask(&format!("detach-module {shop}")).await, "()");
    assert!(!stage.ask("get-modules").await.contains(shop));
    let again = stage.ask(&format!("detach-module {shop}")).await;
    assert_eq!(again, "ErrorKind::Invalid");
    let wrong = stage
        .ask(&format!("attach-module guess {REDIRECT_URI}"))
        .await;
    assert_eq!(wrong, "ErrorKind::Invalid");
}

/// LINE knows the module by its id and secret, whichever of them is the right one, and gets neither
/// in the form.
#[tokio::test]
async fn a_module_is_attached_by_the_channels_secret() {
    let line = Line::start().await;
    let bot = line.bot("Module").await;
    let channel = Channel::new("bot", &bot, "probe").with(GRANTS);
    let channel = channel.secrets(&["the new secret", &bot.secret]);
    let host = Host::beside(&line).channel(channel).start(&line).await;
    let user = line.user("Aiko").await;
    let stage = Stage {
        line,
        bot,
        host,
        user,
    };
    let attached = attach(&stage, "Shop").await;
    assert!(attached.contains("message:send"), "{attached}");
    let calls = stage.line.calls(&stage.bot, "/module/auth").await;
    assert_eq!(calls.len(), 2);
    let form = calls[1]["body"].as_str().unwrap();
    assert!(
        form.contains("code_verifier=a+verifier") && form.contains("scope=message"),
        "{form}"
    );
    assert!(
        !form.contains(&stage.bot.secret) && !form.contains("region"),
        "{form}"
    );
    assert!(stage.host.log.find(&stage.bot.secret).is_none());
}

#[tokio::test]
async fn control_of_a_chat_is_taken_and_given_back() {
    let stage = granting(GRANTS).await;
    assert_eq!(stage.ask("hello").await, "hello");
    let operator = stage.line.user("Operator").await;
    let (line, chat) = (&stage.line, &stage.user.id);
    let ask = async |command: String| line.ask(&stage.bot, &operator, &command).await;
    assert_eq!(ask(format!("release-chat-control {chat}")).await, "()");
    let question = line.say(&stage.bot, &stage.user, "is anybody there?").await;
    let id = question.events[0]["webhookEventId"].as_str().unwrap();
    stage.host.expect("bot", id, "handled").await;
    let chat_now = line.messages(&stage.bot, chat, 0, 0).await;
    let last = chat_now.last().unwrap();
    assert_eq!(last["from"], "user", "nobody answers in standby: {last}");
    assert_eq!(ask(format!("acquire-chat-control {chat}")).await, "()");
    assert_eq!(stage.ask("hello again").await, "hello again");
    assert_eq!(ask(format!("acquire-chat-control {chat} 60")).await, "()");
    assert_eq!(stage.ask("for a minute").await, "for a minute");
    let acquired = line.calls(&stage.bot, "/control/acquire").await;
    assert_eq!(acquired[0]["body"], json!({"expired": false}));
    assert_eq!(acquired[1]["body"], json!({"expired": true, "ttl": 60}));

    let unknown = ask(format!("acquire-chat-control U{}", "0".repeat(32))).await;
    assert_eq!(unknown, "ErrorKind::NotFound");
    assert_eq!(
        ask(format!("acquire-chat-control {chat} 0")).await,
        "ErrorKind::Invalid"
    );
    assert_eq!(
        ask(String::from("release-chat-control ../x")).await,
        "ErrorKind::Invalid"
    );
}

/// LINE tells the header's name to partners only, so it has to be configured.
#[tokio::test]
async fn for_which_bot_a_module_calls() {
    let stage = granting(GRANTS).await;
    for command in [
        "acquire-chat-control-of U1 U2",
        "release-chat-control-of U1 U2",
    ] {
        assert_eq!(stage.ask(command).await, "ErrorKind::Invalid");
    }
    stage
        .host
        .log
        .expect("has not configured `module_bot_header`")
        .await;
    assert!(stage.line.calls(&stage.bot, "/control").await.is_empty());

    let heads: Arc<Mutex<Vec<(String, HeaderMap)>>> = Arc::default();
    let seen = Arc::clone(&heads);
    let (called, mut calls) = tokio::sync::mpsc::unbounded_channel();
    let record = async move |request: Request| {
        let path = request.uri().path().to_owned();
        seen.lock().unwrap().push((path, request.headers().clone()));
        called.send(()).unwrap();
        r#"{"sentMessages": []}"#
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(record);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let stage = Stage::setting(
        "probe",
        |channel| channel.with(GRANTS),
        |host| host.api(&url).module_bot_header("x-the-bot"),
    )
    .await;
    for command in [
        "acquire-chat-control-of U1 U2",
        "release-chat-control-of U1 U2",
        "release-chat-control U2",
    ] {
        stage.line.say(&stage.bot, &stage.user, command).await;
        // The call, and the reply.
        for _ in 0..2 {
            tokio::time::timeout(PATIENCE, calls.recv()).await.unwrap();
        }
    }
    let heads = heads.lock().unwrap();
    let bots: Vec<_> = heads
        .iter()
        .map(|(path, head)| (path.rsplit('/').next().unwrap(), head.get("x-the-bot")))
        .map(|(path, bot)| (path, bot.and_then(|bot| bot.to_str().ok())))
        .collect();
    let expected = [
        ("acquire", Some("U1")),
        ("reply", None),
        ("release", Some("U1")),
        ("reply", None),
        ("release", None),
        ("reply", None),
    ];
    assert_eq!(bots, expected);
}

#[tokio::test]
async fn modules_are_granted_by_name() {
    let stage = granting(r#"grants = ["reply"]"#).await;
    for command in [
        "get-modules",
        "detach-module U1",
        "attach-module code https://example.com",
    ] {
        assert_eq!(stage.ask(command).await, "ErrorKind::Denied", "{command}");
    }
    assert!(stage.line.calls(&stage.bot, "/module").await.is_empty());
}

#[tokio::test]
async fn what_line_answers_about_modules() {
    let stage = impatient().await;
    let forbidden = json_error(403, "Forbidden");
    let away = json_error(500, "Internal Server Error");
    for (operation, command) in [
        ("getModules", "get-modules"),
        ("detachModule", "detach-module U1"),
        ("attachModule", "attach-module code https://example.com"),
        ("acquireChatControl", "acquire-chat-control U1"),
        ("releaseChatControl", "release-chat-control U1"),
    ] {
        assert_eq!(
            kind(&stage, operation, command, &forbidden).await,
            "ErrorKind::Other"
        );
        assert_eq!(
            kind(&stage, operation, command, &away).await,
            "ErrorKind::Unavailable"
        );
    }
}
