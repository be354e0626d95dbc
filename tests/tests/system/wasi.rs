//! An ordinary program for `wasm32-wasip2` runs, and finds clocks, random numbers and a log, and
//! nothing else.

use botbox_tests::{Channel, Stage};

async fn wasi() -> Stage {
    let lines = "grants = [\"reply\"]\nlimits = { deadline_ms = 1500 }\nretries = { attempts = 1 }";
    let short = |channel: Channel| channel.with(lines);
    Stage::setting("wasi-probe", short, |host| host).await
}

#[tokio::test]
async fn clocks_random_numbers_and_stdio_work() {
    let stage = wasi().await;
    let year_2026 = 1_767_225_600;
    assert!(stage.ask("time").await.parse::<u64>().unwrap() > year_2026);
    assert_ne!(stage.ask("random").await, stage.ask("random").await);
    assert_eq!(stage.ask("print").await, "printed");
    let line = stage.host.log.expect("on stdout").await;
    assert_eq!(line["context"], "stdout");
    stage.host.log.expect("on stderr").await;
}

#[tokio::test]
async fn files_sockets_and_environment_are_closed() {
    let stage = wasi().await;
    assert_eq!(stage.ask("environment").await, "0 variables, 0 arguments");
    for attempt in ["read", "write", "list", "tcp", "udp", "lookup"] {
        let answer = stage.ask(attempt).await;
        assert!(answer.starts_with("refused: "), "{attempt}: {answer}");
    }
}

#[tokio::test]
async fn sleeping_ends_at_the_deadline() {
    let stage = wasi().await;
    stage.line.say(&stage.bot, &stage.user, "sleep").await;
    // Another chat is served while this one sleeps.
    let other = stage.line.user("Ben").await;
    assert_eq!(stage.line.ask(&stage.bot, &other, "?").await, "Some(\"?\")");
    stage
        .host
        .log
        .expect("the plugin took longer than 1500 ms")
        .await;
    assert_eq!(stage.ask("awake").await, "Some(\"awake\")");
}

#[tokio::test]
async fn exiting_ends_the_event_only() {
    let stage = wasi().await;
    stage.line.say(&stage.bot, &stage.user, "exit").await;
    stage.host.log.expect("it exited with code").await;
    assert_eq!(stage.ask("back").await, "Some(\"back\")");
}
