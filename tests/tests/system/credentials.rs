//! A plugin sees no credential.

use botbox_tests::{ADMIN_TOKEN, Stage};

/// How the probe takes what it shall look for: masked, so that the question is not the answer.
fn masked(secret: &str) -> String {
    secret
        .bytes()
        .map(|byte| format!("{:02x}", byte ^ 0x55))
        .collect()
}

/// The plugin asks the host for all that it tells, and then looks through its whole memory.
#[tokio::test]
async fn no_credential_is_in_a_plugins_memory() {
    let grants = r#"grants = ["reply", "profile", "bot-info", { line-api = ["GET /v2/bot/info"] }]
                    config = { motto = "what is here can be found" }"#;
    let stage = Stage::setting("probe", |channel| channel.with(grants), |host| host).await;
    let search = |secret: &str| format!("search-memory {} {}", stage.user.id, masked(secret));

    // What it may see is found, in its event, its configuration, a profile and an answer of LINE.
    for seen in [
        stage.user.id.as_str(),
        "what is here can be found",
        "Aiko",
        &stage.bot.id,
    ] {
        assert_ne!(stage.ask(&search(seen)).await, "0", "{seen}");
    }
    for secret in [stage.bot.secret.as_str(), &stage.bot.token, ADMIN_TOKEN] {
        assert_eq!(stage.ask(&search(secret)).await, "0");
    }
}
