//! What the command and the API say when something is not right.

use std::process::Stdio;

use botbox_tests::ADMIN_TOKEN;
use serde_json::{Value, json};
use tokio::process::Command;

use super::stage::{Stage, run};

#[tokio::test]
async fn what_is_not_right_is_told() {
    let stage = Stage::new().await;
    stage.say_until("handled", "hello").await;
    for (arguments, expected) in [
        (
            vec!["journal", "list", "--channel", "coffee"],
            "there is no channel \"coffee\"; the host has bot, other",
        ),
        (
            vec!["journal", "show", "coffee", "01NONE"],
            "there is no channel \"coffee\"",
        ),
        (
            vec!["events", "--channel", "coffee"],
            "there is no channel \"coffee\"",
        ),
        (
            vec!["deployment", "list", "coffee"],
            "there is no channel \"coffee\"",
        ),
        (
            vec!["dead-letters", "discard", "--channel", "coffee"],
            "there is no channel \"coffee\"",
        ),
        (
            vec![
                "dead-letters",
                "replay",
                "--channel",
                "bot",
                "--deployment",
                "7",
            ],
            "the channel \"bot\" has no deployment 7",
        ),
    ] {
        let said = stage.try_botbox(&arguments).await;
        assert_eq!(said.code, Some(3), "{arguments:?}: {}", said.err);
        assert!(said.err.starts_with("error: "), "{}", said.err);
        assert!(
            said.err.contains(expected),
            "{}\nexpected {expected}",
            said.err
        );
        assert_eq!(said.out, "");
    }
    let said = stage
        .try_botbox(&["journal", "list", "--since", "yesterday"])
        .await;
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("nor a while ago such as 15m"),
        "{}",
        said.err
    );

    for (path, status, expected) in [
        (
            "journal/events?chanel=bot",
            400,
            "unknown field `chanel`, expected one of `channel`",
        ),
        (
            "journal/events?state=lost",
            400,
            "unknown variant `lost`, expected one of `waiting`",
        ),
        ("journal/events?since=today", 400, "since: invalid digit"),
        (
            "journal/events?limit=0",
            400,
            "limit: a page has 1 to 1000 events, not 0",
        ),
        (
            "journal/events?channel=coffee",
            404,
            "there is no channel \"coffee\"",
        ),
        (
            "journal/events/bot/none",
            404,
            "the journal has no event \"none\"",
        ),
        (
            "dead-letters?state=handled",
            400,
            "unknown field `state`, expected one of `channel`",
        ),
        ("events?id=1", 400, "unknown field `id`"),
    ] {
        let answer = stage.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], status, "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(expected), "{path}: {detail}");
    }
    for (body, status, expected) in [
        (json!({}), 400, "nothing says which dead letters"),
        (json!({"chanel": "bot"}), 422, "unknown field `chanel`"),
        (json!({"all": true, "chat": "U1"}), 400, "all: with it"),
        (json!({"all": true, "deployment": 3}), 400, "deployment: "),
        (json!({"since": "1h"}), 422, "invalid type: string"),
        (json!([]), 422, "an object"),
    ] {
        for path in ["dead-letters/replay", "dead-letters/discard"] {
            let answer = stage.post(path, &body).await;
            assert_eq!(answer.status(), status, "{body}");
            let problem: Value = answer.json().await.unwrap();
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(expected), "{body}: {detail}");
        }
    }
}

#[tokio::test]
async fn the_command_needs_a_host_and_its_token() {
    let stage = Stage::new().await;
    let list = ["journal", "list"];
    let fails = async |command: &mut Command, code: i32, expected: &[&str]| {
        let said = run(command).await;
        assert_eq!(said.code, Some(code), "{}", said.err);
        for expected in expected {
            assert!(
                said.err.contains(expected),
                "{}\nexpected {expected}",
                said.err
            );
        }
    };
    fails(
        stage
            .command()
            .args(list)
            .env("BOTBOX_ADMIN_TOKEN", "wrong"),
        5,
        &[
            "does not take the admin token from BOTBOX_ADMIN_TOKEN",
            "set BOTBOX_ADMIN_TOKEN",
        ],
    )
    .await;
    fails(
        stage.command().args(list).env_remove("BOTBOX_ADMIN_TOKEN"),
        5,
        &["the admin token is missing: set the environment variable BOTBOX_ADMIN_TOKEN"],
    )
    .await;
    fails(
        stage
            .command()
            .args(list)
            .args(["--token-file", "/nowhere"]),
        5,
        &["cannot read the admin token from /nowhere: No such file"],
    )
    .await;
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", unused.local_addr().unwrap());
    drop(unused);
    fails(
        stage.command().args(list).args(["--admin", &address]),
        7,
        &[
            "cannot reach the host at http://127.0.0.1:",
            "Connection refused",
            "--admin",
        ],
    )
    .await;
    fails(
        stage
            .command()
            .args(list)
            .args(["--admin", &stage.host.url]),
        1,
        &["is no admin API of a host: it answered 404"],
    )
    .await;
    fails(
        stage
            .command()
            .args(list)
            .args(["--admin", "localhost:8081"]),
        1,
        &["\"localhost:8081\" is no address of a host: it must begin with http://"],
    )
    .await;

    // The token from a file, before the command and after it.
    let file = stage.data.path().join("token");
    std::fs::write(&file, format!("{ADMIN_TOKEN}\n")).unwrap();
    let file = file.display().to_string();
    for arguments in [
        ["journal", "--token-file", &file, "stats"],
        ["journal", "stats", "--token-file", &file],
    ] {
        let said = run(stage
            .command()
            .args(arguments)
            .env_remove("BOTBOX_ADMIN_TOKEN"))
        .await;
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
}

/// As in `botbox journal list | head`.
#[tokio::test]
async fn nobody_need_read_to_the_end() {
    let stage = Stage::new().await;
    stage.say_until("handled", "hello").await;
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut list = stage.command();
    let said = list
        .args(["journal", "list"])
        .stdout(writer)
        .stderr(Stdio::piped());
    let said = said.spawn().unwrap().wait_with_output().await.unwrap();
    assert_eq!(said.status.code(), Some(0));
    assert_eq!(String::from_utf8(said.stderr).unwrap(), "");
}
