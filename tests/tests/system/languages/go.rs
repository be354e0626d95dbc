//! What is Go's own: errors and panics with the author's functions, and goroutines within an event.

use std::time::{SystemTime, UNIX_EPOCH};

use botbox_tests::Stage;
use serde_json::{Value, json};

use super::failures::{fails, stage};
use super::needs;

const PROBE: &str = "probe-go";

/// What the probe answers.
async fn answer(stage: &Stage, text: &str) -> Value {
    serde_json::from_str(&stage.ask(text).await).unwrap()
}

#[tokio::test]
async fn what_goes_wrong_is_named() {
    needs!("go");
    let stage = stage(PROBE).await;
    for (text, expected) in [
        (
            "panic",
            &[
                "rejects the event: panic: runtime error: index out of range [0] with length 0 at \
                 main.doomed (doomed.go:5) at main.newBot.func2 (probe.go:26)",
            ][..],
        ),
        (
            "panic a text",
            &["panic: it went wrong at main.newBot.func3 (probe.go:29)"],
        ),
        (
            "panic elsewhere",
            &["panic: it went wrong elsewhere", "tests/probe/probe.go:"],
        ),
        ("reject", &["no more tea at main.reject (probe.go:"]),
        (
            "retry",
            &[
                "asks to retry: not now at main.newBot.func",
                "(probe.go:31)",
            ],
        ),
        ("exit", &["it exited with code 1"]),
        (
            "loop",
            &["used more than 500 ms of processor time (in main.newBot.func"],
        ),
        (
            "allocate",
            &[
                "the limit is 32 MiB",
                "fatal error: out of memory at botbox.dev/go/tests/probe/probe.go:42",
            ],
        ),
        ("recurse", &["its calls went deeper than its stack"]),
        (
            "deadlock",
            &["all goroutines are asleep - deadlock! at botbox.dev/go/tests/probe/probe.go:47"],
        ),
        (
            "wrong type",
            &["messages[0].type: Must be one of", "(probe.go:50)"],
        ),
        (
            "no JSON",
            &["json: unsupported type: func()", "(probe.go:51)"],
        ),
        (
            "denied",
            &[
                "denied: `push` is not among the channel's grants at main.newBot.func12 (probe.go:52)",
            ],
        ),
        (
            "denied store",
            &[
                "no count: denied: `keyvalue` is not among the channel's grants",
                "(probe.go:54)",
            ],
        ),
        (
            "unavailable",
            &["asks to retry: the menu can't be shown: unavailable: LINE is away"],
        ),
    ] {
        fails(&stage, text, expected).await;
    }
}

#[tokio::test]
async fn goroutines_run_to_their_end() {
    needs!("go");
    let stage = stage(PROBE).await;
    assert_eq!(answer(&stage, "sleep").await, true);
    assert_eq!(answer(&stage, "together").await, 100);
    assert_eq!(answer(&stage, "collect").await, 1000 << 20);
}

#[tokio::test]
async fn the_library_works_as_elsewhere() {
    needs!("go");
    let stage = stage(PROBE).await;
    assert_ne!(
        answer(&stage, "random").await,
        answer(&stage, "random").await
    );
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let told = answer(&stage, "clock").await.as_u64().unwrap();
    assert!(told.abs_diff(now.as_secs()) < 60, "{told}");
    assert_eq!(answer(&stage, "config").await, json!(["hi", false]));
    assert_eq!(stage.ask("log").await, "logged");
    let line = stage.host.log.expect_all(&["six is 6", "probe"]).await;
    assert_eq!(line["level"], "WARN");
    stage.host.log.expect("printed").await;
}

#[tokio::test]
async fn what_is_remembered_is_there() {
    needs!("go");
    let needs = r#"
        grants = ["reply", "keyvalue"]
        config = { bot = "probe" }
    "#;
    let stage = Stage::setting(PROBE, |channel| channel.with(needs), |host| host).await;
    assert_eq!(
        answer(&stage, "count").await,
        json!([1, ["count"], 1, ["texts"]])
    );
    assert_eq!(
        answer(&stage, "count").await,
        json!([2, ["count", "count"], 2, ["texts"]])
    );
}

/// A goroutine for each prime, and an answer in time.
#[tokio::test]
async fn concurrency_within_an_event() {
    needs!("go");
    let needs = r#"grants = ["reply"]"#;
    let stage = Stage::setting("primes", |channel| channel.with(needs), |host| host).await;
    assert_eq!(
        stage.ask("primes 100").await,
        "25 primes, the largest is 97"
    );
    let answer = stage.ask("primes 100000000").await;
    assert!(answer.starts_with("At least "), "{answer}");
}
