//! Module channels and mission stickers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Stage, answer};

async fn other_bot(stage: &Stage, name: &str) -> Value {
    let new = json!({ "displayName": name });
    stage.control(Method::POST, "/bots", &new).await.created()
}

#[tokio::test]
async fn a_module_channel_is_attached_and_detached() {
    let stage = Stage::set().await;
    let shop = other_bot(&stage, "Shop").await;
    let shop_id = shop["botId"].as_str().unwrap();
    assert_eq!(stage.get("/v2/bot/list").await.ok(), json!({ "bots": [] }));

    let consent = json!({ "scopes": ["message:send"] });
    let path = format!("/bots/{shop_id}/modules/{}", stage.bot_id());
    stage.control(Method::PUT, &path, &consent).await.ok();
    let event = stage.receiver.events().await.remove(0);
    let attached = json!({ "type": "attached", "botId": shop_id, "scopes": ["message:send"] });
    assert_eq!(event["module"], attached);
    let view = json!({ "userId": shop_id, "basicId": shop["basicId"], "displayName": "Shop" });
    assert_eq!(
        stage.get("/v2/bot/list").await.ok(),
        json!({ "bots": [view] })
    );

    let detach = "/v2/bot/channel/detach";
    let request = json!({ "botId": shop_id });
    stage.post(detach, &request).await.ok();
    assert_eq!(stage.get("/v2/bot/list").await.ok(), json!({ "bots": [] }));
    stage
        .post(detach, &request)
        .await
        .refused(400, "Specified channel is not detachable");
}

#[tokio::test]
async fn a_module_channel_attaches_itself_with_a_code() {
    let stage = Stage::set().await;
    let shop = other_bot(&stage, "Shop").await;
    let shop_id = shop["botId"].as_str().unwrap();
    let uri = "https://example.com/back";
    let consent = json!({ "scopes": ["message:send"], "redirectUri": uri });
    let path = format!("/bots/{shop_id}/modules/{}/codes", stage.bot_id());
    let given = stage.control(Method::POST, &path, &consent).await.created();
    let code = given["code"].as_str().unwrap();

    let (id, secret) = (&stage.bot["channelId"], &stage.bot["channelSecret"]);
    let (id, secret) = (id.as_str().unwrap(), secret.as_str().unwrap());
    let attach = |uri: &str, secret: &str| {
        let url = format!("{}/module/auth/v1/token", stage.simulator.url());
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", uri),
        ];
        answer(
            stage
                .http
                .post(url)
                .basic_auth(id, Some(secret))
                .form(&form),
        )
    };
    let refused = attach(uri, "guess").await;
    assert_eq!(
        (refused.status, &refused.body["error"]),
        (400, &json!("invalid_client"))
    );
    let refused = attach("https://example.com/", secret).await;
    assert_eq!(refused.body["error"], "invalid_grant");

    let attached = attach(uri, secret).await.ok();
    assert_eq!(
        attached,
        json!({ "bot_id": shop_id, "scopes": ["message:send"] })
    );
    let event = stage.receiver.events().await.remove(0);
    assert_eq!(event["module"]["botId"], shop_id);
    let bots = stage.get("/v2/bot/list").await.ok();
    assert_eq!(bots["bots"][0]["userId"], shop_id);
    assert_eq!(attach(uri, secret).await.body["error"], "invalid_grant");
}

#[tokio::test]
async fn who_has_no_control_is_on_standby() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let path = |action: &str| format!("/v2/bot/chat/{user}/control/{action}");
    stage
        .post(&path("acquire"), &json!({}))
        .await
        .refused(404, "Not found");
    stage.write(&user, "hi").await;
    stage.receiver.next().await;

    stage.post(&path("release"), &json!({})).await.ok();
    let event = stage.receiver.events().await.remove(0);
    let expected = (&json!("deactivated"), &json!("active"));
    assert_eq!((&event["type"], &event["mode"]), expected);
    assert_eq!(event["source"]["userId"], user);
    stage.write(&user, "anyone?").await;
    let event = stage.receiver.events().await.remove(0);
    assert_eq!(event["mode"], "standby");
    assert!(event.get("replyToken").is_none());

    stage
        .post(&path("acquire"), &json!({ "ttl": 60 }))
        .await
        .ok();
    let event = stage.receiver.events().await.remove(0);
    assert_eq!(event["type"], "activated");
    let expires = event["chatControl"]["expireAt"].as_u64().unwrap();
    assert!(expires > event["timestamp"].as_u64().unwrap());
    stage.write(&user, "hello").await;
    let event = stage.receiver.events().await.remove(0);
    assert_eq!(event["mode"], "active");
    assert!(event["replyToken"].is_string());

    let longer = json!({ "ttl": 31_536_001 });
    assert_eq!(stage.post(&path("acquire"), &longer).await.status, 400);
}

#[tokio::test]
async fn a_mission_sticker_is_granted_to_users() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let mission = |to: &str, present: bool| {
        json!({ "to": to, "productId": "1", "productType": "STICKER",
            "sendPresentMessage": present })
    };
    let path = "/shop/v3/mission";
    assert_eq!(stage.post(path, &mission(&user, false)).await.status, 200);
    assert_eq!(stage.post(path, &mission(&user, true)).await.status, 400);
    assert_eq!(stage.post(path, &mission("Ann", false)).await.status, 400);
    let unknown = mission(&format!("U{}", "0".repeat(32)), false);
    stage.post(path, &unknown).await.refused(404, "Not found");
}

/// What happens to a bot is told to module channels that are attached to it; one of them all has
/// control of a chat.
#[tokio::test]
async fn a_module_channel_hears_of_its_bots_chats() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    let new = json!({ "displayName": "Shop" });
    let shop = stage.control(Method::POST, "/bots", &new).await.created();
    let shop_id = shop["botId"].as_str().unwrap();
    let attach = format!("/bots/{shop_id}/modules/{}", stage.bot_id());
    let scopes = json!({ "scopes": ["message:receive"] });
    stage.control(Method::PUT, &attach, &scopes).await.ok();
    stage.receiver.next().await;
    let events = format!("/bots/{shop_id}/events");
    let write = async |text: &str| {
        let message = json!({ "type": "text", "text": text });
        let event = json!({ "type": "message", "message": message });
        let request = json!({ "events": [{ "as": user, "event": event }] });
        let acted = stage.control(Method::POST, &events, &request).await.ok();
        (
            acted["events"][0].clone(),
            stage.receiver.next().await.json(),
        )
    };
    let (of_shop, webhook) = write("hi").await;
    assert_eq!(webhook["destination"], shop_id);
    let event = &webhook["events"][0];
    assert_eq!(event["webhookEventId"], of_shop["webhookEventId"]);
    assert_eq!(
        (&event["mode"], event.get("replyToken")),
        (&json!("standby"), None)
    );
    assert!(of_shop["replyToken"].is_string());

    let path = format!("/v2/bot/chat/{user}/control/acquire");
    stage.post(&path, &json!({})).await.ok();
    stage.receiver.next().await;
    let (of_shop, webhook) = write("again").await;
    assert_eq!(of_shop.get("replyToken"), None);
    let event = &webhook["events"][0];
    assert_eq!(event["mode"], "active");
    stage.reply(&event["replyToken"], "hello").await.ok();

    let path = format!("/v2/bot/chat/{user}/control/release");
    stage.post(&path, &json!({})).await.ok();
    stage.receiver.next().await;
    let (of_shop, webhook) = write("bye").await;
    assert!(of_shop["replyToken"].is_string());
    assert_eq!(webhook["events"][0]["mode"], "standby");
}
