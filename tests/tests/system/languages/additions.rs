//! What the host knows beside LINE's JSON.

use botbox_tests::Stage;
use serde_json::json;

use super::needs;

const BEACONS: &str = r#"
grants = ["reply"]
config = { bot = "probe" }
[[channels.beacons]]
hwid = "32AF519E88"
name = "door"
place = "Ginza"
labels = { floor = "1" }"#;

#[tokio::test]
async fn a_beacon_in_typescript() {
    needs!("typescript");
    beacon("probe-typescript").await;
}

#[tokio::test]
async fn a_beacon_in_python() {
    needs!("python");
    beacon("bots-python").await;
}

#[tokio::test]
async fn a_beacon_in_go() {
    needs!("go");
    beacon("probe-go").await;
}

#[tokio::test]
async fn a_beacon_in_c() {
    needs!("c");
    beacon("probe-c").await;
}

/// The bot tells what the operator registered about a beacon that a user is near.
async fn beacon(plugin: &str) {
    let Stage {
        line,
        bot,
        host: _host,
        user,
    } = Stage::setting(plugin, |channel| channel.with(BEACONS), |host| host).await;
    let beacon = json!({"hwid": "32af519e88", "type": "enter"});
    line.act(&bot, &user, json!({"type": "beacon", "beacon": beacon}))
        .await;
    let told = line.next(&bot, &user.id, 0).await;
    assert_eq!(told.text(), r#"["door","Ginza","1"]"#);
}
