//! What plugins remember, and their configuration.

use botbox_tests::{Channel, Host, Line, Stage};

async fn with(lines: &str) -> Stage {
    Stage::setting("probe", |channel| channel.with(lines), |host| host).await
}

const GRANTS: &str = "grants = [\"reply\", \"keyvalue\"]";

async fn says(stage: &Stage, dialog: &[(&str, &str)]) {
    for (command, expected) in dialog {
        assert_eq!(stage.ask(command).await, *expected, "{command}");
    }
}

/// `wasi:keyvalue/store`.
#[tokio::test]
async fn values_are_set_listed_and_deleted() {
    let stage = with(GRANTS).await;
    says(
        &stage,
        &[
            ("bucket tea get sort", "None"),
            ("bucket tea set sort sencha", "()"),
            ("bucket tea get sort", "Some(\"sencha\")"),
            ("bucket tea exists sort", "true"),
            ("bucket coffee exists sort", "false"),
            ("bucket tea set price 5", "()"),
            ("bucket tea keys", "[\"price\", \"sort\"]"),
            ("bucket tea delete sort", "()"),
            ("bucket tea delete sort", "()"),
            ("bucket tea keys", "[\"price\"]"),
            ("bucket many set-numbers 0 1000", "()"),
            ("bucket many set-numbers 1000 1500", "()"),
            ("list-keys many", "(1000, Some(\"00999\"))"),
            ("list-keys many 00999", "(500, None)"),
        ],
    )
    .await;
}

/// `wasi:keyvalue/atomics`.
#[tokio::test]
async fn values_are_changed_in_one_step() {
    let stage = with(GRANTS).await;
    says(
        &stage,
        &[
            ("bucket tea increment cups 40", "40"),
            ("bucket tea increment cups 2", "42"),
            ("bucket tea get cups", "Some(\"42\")"),
            ("bucket tea append note hot", "()"),
            ("bucket tea append note ter", "()"),
            ("bucket tea get note", "Some(\"hotter\")"),
            ("swap tea sort sencha", "\"meanwhile, then true\""),
            ("bucket tea get sort", "Some(\"sencha\")"),
        ],
    )
    .await;
    let refused = stage.ask("bucket tea increment sort 1").await;
    assert!(refused.contains("no decimal number"), "{refused}");
}

/// `wasi:keyvalue/batch`.
#[tokio::test]
async fn many_values_in_one_call() {
    let stage = with(GRANTS).await;
    says(
        &stage,
        &[
            ("bucket tea set-many a one two", "()"),
            (
                "bucket tea get-many two three one",
                "[Some([97]), None, Some([97])]",
            ),
            ("bucket tea delete-many one three", "()"),
            ("bucket tea keys", "[\"two\"]"),
        ],
    )
    .await;
}

#[tokio::test]
async fn without_a_grant_there_is_no_bucket() {
    let stage = with("grants = [\"reply\"]").await;
    let denied = "Error::AccessDenied";
    says(
        &stage,
        &[("bucket tea get a", denied), ("swap tea a b", denied)],
    )
    .await;
}

/// Two channels, one bucket's name, and a host that is killed.
#[tokio::test]
async fn each_channel_has_its_own_and_keeps_it() {
    let line = Line::start().await;
    let data = tempfile::tempdir().unwrap();
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let host = async || {
        let host = Host::beside(&line).data(data.path());
        let host = host.channel(Channel::new("one", &one, "probe"));
        host.channel(Channel::new("two", &two, "probe"))
            .start(&line)
            .await
    };
    let user = line.user("Aiko").await;
    let mut first = host().await;
    assert_eq!(
        line.ask(&one, &user, "bucket tea set sort sencha").await,
        "()"
    );
    assert_eq!(line.ask(&two, &user, "bucket tea get sort").await, "None");
    first.signal("KILL");
    first.ended().await;
    let _second = host().await;
    assert_eq!(
        line.ask(&one, &user, "bucket tea get sort").await,
        "Some(\"sencha\")"
    );
}

#[tokio::test]
async fn what_is_too_much_is_refused() {
    let limits = "limits = { keyvalue_keys = 3, keyvalue_mib = 1 }";
    let stage = with(&format!("{GRANTS}\n{limits}")).await;
    says(
        &stage,
        &[
            ("bucket a set-many x one two", "()"),
            ("bucket b set three x", "()"),
        ],
    )
    .await;
    let key = "k".repeat(1_025);
    let name = "b".repeat(257);
    for (command, why) in [
        (String::from("bucket b set four x"), "4 keys with"),
        (
            String::from("bucket a fill one 1048570"),
            "the limit is 3 keys",
        ),
        (
            String::from("bucket a fill one 1048577"),
            "the value has 1048577 bytes",
        ),
        (format!("bucket a get {key}"), "the key has 1025 bytes"),
        (
            format!("bucket {name} get a"),
            "the bucket's name has 257 bytes",
        ),
        (String::from("bucket a set-numbers 0 1001"), "1001 keys"),
        (
            String::from("bucket a exhaust"),
            "1000 calls, then Error::Other(\"the event made 1000 calls",
        ),
        (
            String::from("cas a"),
            "16 held, then Error::Other(\"16 values are held",
        ),
    ] {
        let refused = stage.ask(&command).await;
        assert!(refused.contains(why), "{command}: {refused}");
    }
    says(
        &stage,
        &[("bucket a delete one", "()"), ("bucket b set four x", "()")],
    )
    .await;
}

/// `wasi:config/store`, without any grant.
#[tokio::test]
async fn the_configuration_is_the_operators() {
    let stage =
        with("grants = [\"reply\"]\nconfig = { greeting = \"Hello!\", shop = \"Ginza\" }").await;
    says(
        &stage,
        &[
            ("config greeting", "Some(\"Hello!\")"),
            ("config farewell", "None"),
            (
                "get-all",
                "Ok([(\"greeting\", \"Hello!\"), (\"shop\", \"Ginza\")])",
            ),
        ],
    )
    .await;
}
