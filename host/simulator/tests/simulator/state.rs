//! The state as a whole.

use botbox_simulator::{Settings, Simulator};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Stage, answer};

async fn state(stage: &Stage) -> Value {
    stage.control_get("/state").await.ok()
}

/// A stage on which something has happened.
async fn lived_in() -> (Stage, String, String) {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let group = stage.group("group", &[&ann]).await;
    stage
        .act(json!([
            { "as": ann, "event": { "type": "follow" } },
            { "in": group, "event": { "type": "join" } },
        ]))
        .await;
    stage.write(&ann, "hi").await;
    stage.push(&ann, "hello").await.ok();
    let menu = json!({
        "size": { "width": 2500, "height": 1686 }, "selected": false, "name": "Menu",
        "chatBarText": "Tap", "areas": [],
    });
    stage.post("/v2/bot/richmenu", &menu).await.ok();
    (stage, ann, group)
}

#[tokio::test]
async fn a_state_is_a_seed() {
    let (stage, ann, group) = lived_in().await;
    let saved = state(&stage).await;
    let transcript = stage.transcript(&ann).await;
    assert_eq!(transcript, ["user/user: hi", "bot/push: hello"]);

    stage.control(Method::POST, "/reset", &json!({})).await.ok();
    assert_eq!(
        state(&stage).await,
        json!({ "users": [], "groups": [], "bots": [] })
    );
    assert_eq!(stage.get("/v2/bot/info").await.status, 401);

    stage.control(Method::PUT, "/state", &saved).await.ok();
    assert_eq!(state(&stage).await, saved);
    assert_eq!(stage.transcript(&ann).await, transcript);
    stage.push(&ann, "again").await.ok();
    stage.push(&group, "all").await.ok();
    assert_eq!(stage.transcript(&ann).await.len(), 3);

    let settings = Settings {
        seed: Some(saved.to_string()),
        ..Settings::default()
    };
    let other = Simulator::start(settings).await.unwrap();
    let url = format!("{}/simulator/state", other.url());
    assert_eq!(answer(stage.http.get(url)).await.ok(), saved);
}

#[tokio::test]
async fn a_seed_says_what_matters() {
    let seed = json!({
        "users": [{ "displayName": "Ann" }],
        "bots": [{ "bot": { "displayName": "Bot", "accessToken": "token" } }],
    });
    let settings = Settings {
        seed: Some(seed.to_string()),
        ..Settings::default()
    };
    let simulator = Simulator::start(settings).await.unwrap();
    let http = reqwest::Client::new();
    let info = http.get(format!("{}/v2/bot/info", simulator.url()));
    let info = answer(info.bearer_auth("token")).await.ok();
    assert_eq!(info["displayName"], "Bot");

    for wrong in [
        json!({ "user": [] }),
        json!({ "users": [{ "userId": "Ann", "displayName": "Ann" }] }),
        json!({ "groups": [{ "kind": "group", "members": [format!("U{}", "0".repeat(32))] }] }),
    ] {
        let settings = Settings {
            seed: Some(wrong.to_string()),
            ..Settings::default()
        };
        let refused = Simulator::start(settings).await.unwrap_err().to_string();
        assert!(refused.starts_with("the seed is no state"), "{refused}");
    }
}

#[tokio::test]
async fn everything_can_be_listed_and_deleted() {
    let (stage, ann, group) = lived_in().await;
    let ids = |list: &Value, name: &str| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|it| it[name].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        ids(&stage.control_get("/users").await.ok(), "userId"),
        [&*ann]
    );
    assert_eq!(
        ids(&stage.control_get("/groups").await.ok(), "groupId"),
        [&*group]
    );
    assert_eq!(
        ids(&stage.control_get("/bots").await.ok(), "botId"),
        [stage.bot_id()]
    );

    let bot = format!("/bots/{}", stage.bot_id());
    for path in [
        format!("{bot}/log"),
        format!("{bot}/chats/{ann}"),
        format!("/groups/{group}"),
        format!("/users/{ann}"),
        bot,
    ] {
        let deleted = stage.control(Method::DELETE, &path, &json!({})).await;
        assert_eq!(deleted.status, 200, "{path}");
        let again = stage.control(Method::DELETE, &path, &json!({})).await;
        let expected = if path.ends_with("/log") { 200 } else { 404 };
        assert_eq!(again.status, expected, "{path}");
    }
    assert_eq!(
        state(&stage).await,
        json!({ "users": [], "groups": [], "bots": [] })
    );
}

#[tokio::test]
async fn the_log_of_all_is_in_order() {
    let (stage, ann, _) = lived_in().await;
    let other = stage
        .control(Method::POST, "/bots", &json!({ "displayName": "Other" }))
        .await
        .created();
    let url = format!("{}/v2/bot/info", stage.simulator.url());
    let call = stage.http.get(url).header("x-custom", "seen");
    answer(call.bearer_auth(other["accessToken"].as_str().unwrap()))
        .await
        .ok();
    stage.push(&ann, "last").await.ok();

    let log = stage.control_get("/log?last=2").await.ok();
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries[0]["botId"], other["botId"]);
    assert_eq!(entries[0]["headers"]["x-custom"], "seen");
    assert_eq!(entries[0]["headers"].get("authorization"), None);
    assert_eq!(entries[1]["botId"], stage.bot_id());
    assert_eq!(entries[1]["body"]["messages"][0]["text"], "last");
    assert_eq!(
        (&entries[1]["type"], &entries[1]["status"]),
        (&json!("call"), &json!(200))
    );
    let after = entries[0]["order"].as_u64().unwrap();
    let log = stage.control_get(&format!("/log?after={after}")).await.ok();
    assert_eq!(log["entries"], json!([entries[1]]));
}

#[tokio::test]
async fn who_waits_learns_that_nothing_is_under_way() {
    let stage = Stage::set().await;
    assert_eq!(
        stage.control_get("/idle").await.ok(),
        json!({ "idle": true })
    );
    stage
        .fault(json!({ "operation": "getBotInfo", "answer": { "delay": 30_000 } }))
        .await;
    let call = tokio::spawn(stage.call(Method::GET, "/v2/bot/info").send());
    // The call may not have arrived yet.
    loop {
        let idle = stage.control_get("/idle?wait=0").await.ok();
        if idle["idle"] == false {
            break;
        }
    }
    call.abort();
}
