//! The operator's view.

use botbox_tests::Stage;
use reqwest::Client;
use serde_json::Value;

#[tokio::test]
async fn the_status_is_for_the_token_only() {
    let Stage {
        line,
        bot,
        host,
        user,
    } = Stage::with("echo").await;
    line.ask(&bot, &user, "hello").await;
    host.log.expect("handled").await;
    let refused = Client::new()
        .post(host.webhook("bot"))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);

    let get = async |token: Option<&str>| {
        let request = Client::new().get(format!("{}/v1/status", host.admin_url));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await.unwrap()
    };
    for token in [
        None,
        Some(""),
        Some("the tests"),
        Some("the tests' admin token!"),
    ] {
        assert_eq!(get(token).await.status(), 401, "{token:?}");
    }
    let status: Value = get(Some("the tests' admin token"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(status["webhooks"]["accepted"], 1);
    assert_eq!(status["webhooks"]["bad_signature"], 1);
    let channel = &status["channels"][0];
    assert_eq!(channel["id"], "bot");
    assert_eq!(channel["events"]["handled"], 1);
    assert_eq!(channel["waiting"], 0);
}
