//! What the host holds for a plugin is in the memory that all events share, and refused when that is
//! used up, with what an operator can do.

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use botbox_tests::{ALL_GRANTS, Channel, Stage};
use serde_json::json;

/// The host's whole memory for events, which is the least that can be configured.
const MEMORY: &str = "[runtime]\nslots = 8\nmemory_mib = 16\n";

async fn stage(plugin: &str, lines: &str) -> Stage {
    let channel = |channel: Channel| channel.with(lines);
    Stage::setting(plugin, channel, |host| host.tables(MEMORY)).await
}

fn assert_refused(said: &str) {
    for part in [
        "the host has no memory for ",
        " bytes more: all events together may use 16 MiB; raise `runtime.memory_mib`",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn answers_images_uploads_and_values_are_charged() {
    let rules = "\"GET /v2/bot/info\", \"GET /v2/bot/richmenu/*/content\"";
    let lines = format!("grants = [{ALL_GRANTS}, {{ line-api = [{rules}] }}]\n");
    let stage = stage("probe", &lines).await;
    stage.befriend(&stage.user).await;
    let menu = stage.ask("create-rich-menu 2500").await;
    let set = format!("set-rich-menu-image {menu} image/png 900000");
    assert_eq!(stage.ask(&set).await, "()");
    assert_eq!(stage.ask("bucket tea set-many hot one two").await, "()");
    assert_eq!(stage.ask("bucket tea fill three 900000").await, "()");
    // What is small has room in a full host, however large it might be.
    for command in ["call GET /v2/bot/info", "bucket tea get-many one two"] {
        let said = stage.ask(&format!("crowded {command}")).await;
        assert!(!said.contains("memory"), "{command}: {said}");
    }
    for command in [
        &format!("call GET /v2/bot/richmenu/{menu}/content"),
        "bucket tea get-many one two three",
    ] {
        assert_refused(&stage.ask(&format!("crowded {command}")).await);
    }
    for command in [
        &format!("get-rich-menu-image {menu}"),
        &set,
        "upload image/png - %89PNG%0d%0a%1a%0a 900000",
    ] {
        let said = stage.ask(command).await;
        assert!(!said.contains("memory"), "{command}: {said}");
        assert_refused(&stage.ask(&format!("crowded {command}")).await);
    }
}

/// Requests before they are sent, and responses piece by piece: LINE's typed ones, and its errors, too.
#[tokio::test]
async fn calls_to_line_are_charged_before_they_take_memory() {
    let stage = stage("probe", &format!("grants = [{ALL_GRANTS}]\n")).await;
    stage.befriend(&stage.user).await;
    // A MiB of rich menus: what a dozen ordinary ones have is a hundredth.
    let name = "x".repeat(1_000);
    let area = json!({"bounds": {"x": 0, "y": 0, "width": 1, "height": 1},
        "action": {"type": "message", "text": name}});
    let menu = json!({"richMenuId": "richmenu-1", "size": {"width": 800, "height": 270},
        "selected": false, "name": "menu", "chatBarText": "menu", "areas": vec![area; 20]});
    let answer = json!({"status": 200, "body": {"richmenus": vec![menu; 50]}});
    let line = &stage.line;
    line.fault("getRichMenuList", 1, answer.clone()).await;
    let said = stage.ask("get-rich-menu-list-length").await;
    assert_eq!(said, "50", "there is room");
    line.fault("getRichMenuList", 1, answer).await;
    assert_refused(&stage.ask("crowded get-rich-menu-list-length").await);
    // What is small has room.
    let said = stage.ask("crowded get-rich-menu-list-length").await;
    assert_eq!(said, "0");

    // A request for which there is no room is not sent.
    let said = stage.ask("crowded add-many-to-audience 1 40000").await;
    assert_refused(&said);
    let calls = line.calls(&stage.bot, "/audienceGroup/upload").await;
    assert!(calls.is_empty(), "{calls:?}");
}

#[tokio::test]
async fn bodies_of_the_web_are_charged() {
    let body = || async { Bytes::from_static(&[b'x'; 1 << 20]) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route("/", get(body));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let lines = format!("grants = [\"reply\", {{ http = [\"{url}\"] }}]\n");
    let stage = stage("web-probe", &lines).await;
    let got = stage.ask(&format!("get {url}/")).await;
    assert!(got.starts_with("200 1048576 "), "{got}");
    // A response's pieces are gone as fast as they are read; bodies that are not sent stay.
    assert_refused(&stage.ask("crowded bodies").await);
}
