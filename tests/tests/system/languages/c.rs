//! What is C's own: files and lines without exceptions, `abort` and `assert`, and C++ beside it.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use botbox_tests::{Stage, plugin};

use super::failures::{fails, stage};
use super::needs;

const PROBE: &str = "probe-c";

#[tokio::test]
async fn what_goes_wrong_is_named() {
    needs!("c");
    let stage = stage(PROBE).await;
    let memory =
        "it used memory that it does not have: look for a wrong index, and for endless recursion";
    for (text, expected) in [
        ("abort", &["abort() (at probe.c:33)"][..]),
        ("doom", &["it went wrong (at doomed.cpp:11)"]),
        (
            "assert",
            &["Assertion failed: strlen(text) == 0 (probe.c: bot_handle: 35)"],
        ),
        (
            "reject",
            &["rejects the event: no more tea (at probe.c:36)"],
        ),
        ("retry", &["asks to retry: not now (at probe.c:37)"]),
        ("exit", &["it exited with code 1"]),
        (
            "loop",
            &["used more than 500 ms of processor time (in bot_handle"],
        ),
        (
            "allocate",
            &["the limit is 32 MiB", "out of memory", "(at probe.c:42)"],
        ),
        ("recurse", &[memory, "(in recurse, called by recurse"]),
        (
            "wrong type",
            &["messages[0].type: Must be one of", "(at probe.c:44)"],
        ),
        ("wrong format", &["bot_json knows no %y", "(at probe.c:45)"]),
        (
            "denied store",
            &["denied: `keyvalue` is not among the channel's grants (at probe.c:21)"],
        ),
        (
            "denied",
            &["denied: `push` is not among the channel's grants (at probe.c:47)"],
        ),
        (
            "handed on",
            &["denied: `push` is not among the channel's grants (at probe.c:49)"],
        ),
    ] {
        fails(&stage, text, expected).await;
    }
}

#[tokio::test]
async fn the_c_library_works_as_elsewhere() {
    needs!("c");
    let stage = stage(PROBE).await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let told: u64 = stage.ask("clock").await.parse().unwrap();
    assert!(told.abs_diff(now.as_secs()) < 60, "{told}");
    assert_eq!(stage.ask("config").await, "hi none");
    assert_eq!(stage.ask("log").await, "logged");
    let line = stage.host.log.expect_all(&["six is 6", "probe"]).await;
    assert_eq!(line["level"], "WARN");
    let json = r#"["\"\\\u000a",{},-1,1099511627776,-35.650000000,true,%]"#;
    assert_eq!(stage.ask("json").await, json);
}

#[tokio::test]
async fn what_is_remembered_is_there() {
    needs!("c");
    let needs = r#"
        grants = ["reply", "keyvalue"]
        config = { bot = "probe" }
    "#;
    let stage = Stage::setting(PROBE, |channel| channel.with(needs), |host| host).await;
    assert_eq!(stage.ask("count 1").await, "1 nothing");
    assert_eq!(stage.ask("count 2").await, "2 count 1");
}

/// What C is loved for.
#[test]
fn a_bot_has_50_kb_at_most() {
    needs!("c");
    let size = fs::metadata(plugin("echo-c")).unwrap().len();
    assert!(size <= 50_000, "{size} bytes");
}
