//! A plugin is uploaded to a disk that is full.

use std::fs;

use botbox_tests::{ADMIN_TOKEN, Host, plugin};
use reqwest::{Client, Response};
use ring::digest::{SHA256, digest};

use super::stage::Stage;

async fn upload(host: &Host, wasm: &[u8]) -> Response {
    let digest = hex::encode(digest(&SHA256, wasm));
    let url = format!("{}/v1/plugins/{digest}", host.admin_url);
    let request = Client::new().put(url).bearer_auth(ADMIN_TOKEN);
    request.body(wasm.to_vec()).send().await.unwrap()
}

#[tokio::test]
async fn a_plugin_that_the_disk_has_no_room_for_is_none() {
    let stage = Stage::new().await;
    let host = stage.setup.start().await;
    let aiko = stage.friend("Aiko").await;
    let wasm = fs::read(plugin("greeter")).unwrap();
    stage.disk.fill();
    let refused = upload(&host, &wasm).await;
    assert_eq!(refused.status(), 503, "{:?}", refused.text().await);
    let digest = hex::encode(digest(&SHA256, &wasm));
    let shown = host.admin(&format!("/v1/plugins/{digest}")).await;
    assert_eq!(shown["status"], 404, "{shown}");
    stage.disk.heal();
    // Nobody has to start the host again: it takes events, and the plugin.
    stage.acknowledged(&host, &aiko, "deliver push 1").await;
    let taken = upload(&host, &wasm).await;
    assert_eq!(taken.status(), 200, "{:?}", taken.text().await);
}
