//! LIFF apps.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Stage, answer};

const APPS: &str = "/liff/v1/apps";

async fn update(stage: &Stage, id: &str, change: &Value) -> Answer {
    let path = format!("{APPS}/{id}");
    answer(stage.call(Method::PUT, &path).json(change)).await
}

#[tokio::test]
async fn an_app_is_added_changed_and_deleted() {
    let stage = Stage::set().await;
    stage.get(APPS).await.refused(404, "Not found");
    let view = json!({ "type": "tall", "url": "https://example.com/app" });
    let added = stage.post(APPS, &json!({ "view": view })).await.ok();
    let id = added["liffId"].as_str().unwrap();

    let change = json!({ "view": { "type": "full" }, "scope": ["openid"] });
    assert_eq!(update(&stage, id, &change).await.status, 200);
    let expected = json!({ "apps": [{
        "liffId": id,
        "view": { "type": "full", "url": "https://example.com/app", "moduleMode": false },
        "features": { "ble": false, "qrCode": false },
        "permanentLinkPattern": "concat", "scope": ["openid"], "botPrompt": "none",
    }] });
    assert_eq!(stage.get(APPS).await.ok(), expected);

    let path = format!("{APPS}/{id}");
    for status in [200, 404] {
        let deleted = answer(stage.call(Method::DELETE, &path)).await;
        assert_eq!(deleted.status, status);
    }
    assert_eq!(update(&stage, id, &change).await.status, 404);
}

#[tokio::test]
async fn an_app_is_checked_and_there_are_thirty() {
    let stage = Stage::set().await;
    let app = |url: &str| json!({ "view": { "type": "full", "url": url } });
    for url in ["http://example.com", "https://example.com/#top"] {
        let refused = stage.post(APPS, &app(url)).await;
        let refused = refused.refused(400, "The request body has 1 error(s)");
        assert_eq!(refused["details"][0]["property"], "view.url");
    }
    for _ in 0..30 {
        stage.post(APPS, &app("https://example.com")).await.ok();
    }
    let more = stage.post(APPS, &app("https://example.com")).await;
    assert_eq!(more.status, 400);
}
