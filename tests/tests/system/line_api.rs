//! `botbox:line/line-api`: any operation, as far as it is granted.

use botbox_line::Operation;
use botbox_tests::Stage;
use serde_json::json;

use crate::capabilities::granting;
use crate::line_failures::{json_error, kind};

async fn granting_api(rules: &[&str]) -> Stage {
    let rules = rules.join("\", \"");
    granting(&format!(
        "grants = [\"reply\", {{ line-api = [\"{rules}\"] }}]"
    ))
    .await
}

/// All that a rule can allow.
async fn granting_everything() -> Stage {
    let stars = (1..=8).map(|count| format!("* {}", "/*".repeat(count)));
    let stars: Vec<_> = stars.collect();
    granting_api(&stars.iter().map(String::as_str).collect::<Vec<_>>()).await
}

#[tokio::test]
async fn webhook_endpoints_are_read_set_and_tested() {
    let stage = granting_api(&["* /v2/bot/channel/webhook/*"]).await;
    let own = stage.host.webhook("bot");
    let endpoint = stage.ask("call GET /v2/bot/channel/webhook/endpoint").await;
    assert!(
        endpoint.starts_with("200 ") && endpoint.contains(&own),
        "{endpoint}"
    );
    let tested = stage.ask("call POST /v2/bot/channel/webhook/test {}").await;
    assert!(tested.contains("\"success\":true"), "{tested}");
    let endpoint = json!({"endpoint": "https://example.com/webhook"});
    let command = format!("call PUT /v2/bot/channel/webhook/endpoint {endpoint}");
    assert_eq!(stage.ask(&command).await, "200 {}");
    stage.line.set_webhook(&stage.bot, &own).await;
    let calls = stage.line.calls(&stage.bot, "/webhook/endpoint").await;
    assert_eq!(calls[1]["body"], endpoint);
    let wrong = "call PUT /v2/bot/channel/webhook/endpoint {\"endpoint\":1}";
    assert_eq!(stage.ask(wrong).await, "ErrorKind::Invalid");
}

#[tokio::test]
async fn liff_apps_are_added_listed_changed_and_deleted() {
    let stage = granting_api(&["* /liff/v1/apps", "* /liff/v1/apps/*"]).await;
    assert_eq!(
        stage.ask("call GET /liff/v1/apps").await,
        "ErrorKind::NotFound"
    );
    let app = json!({"view": {"type": "tall", "url": "https://example.com/app"}});
    let added = stage.ask(&format!("call POST /liff/v1/apps {app}")).await;
    let id = added.split('"').nth(3).unwrap();
    let change = json!({"view": {"type": "full"}});
    let changed = stage
        .ask(&format!("call PUT /liff/v1/apps/{id} {change}"))
        .await;
    assert_eq!(changed, "200 ");
    let all = stage.ask("call GET /liff/v1/apps").await;
    assert!(all.contains(id) && all.contains("\"full\""), "{all}");
    let deleted = stage.ask(&format!("call DELETE /liff/v1/apps/{id}")).await;
    assert_eq!(deleted, "200 ");
    assert_eq!(
        stage.ask("call GET /liff/v1/apps").await,
        "ErrorKind::NotFound"
    );
}

#[tokio::test]
async fn mission_stickers_are_granted() {
    let stage = granting_api(&["POST /shop/v3/mission"]).await;
    let sticker = |present: bool| {
        let body = json!({"to": stage.user.id, "productId": "1", "productType": "STICKER",
                          "sendPresentMessage": present});
        format!("call POST /shop/v3/mission {body}")
    };
    assert_eq!(stage.ask(&sticker(false)).await, "200 ");
    assert_eq!(stage.ask(&sticker(true)).await, "ErrorKind::Invalid");
    stage
        .host
        .log
        .expect("sendPresentMessage: Must be false")
        .await;
}

/// Queries are part of the call, not of the rule; and contents are on another server.
#[tokio::test]
async fn operations_that_have_an_interface_can_be_called_as_well() {
    let stage = granting_api(&["GET /v2/bot/coupon", "GET /v2/bot/message/*/content"]).await;
    let empty = stage
        .ask("call GET /v2/bot/coupon?limit=5&status=DRAFT")
        .await;
    assert_eq!(empty, "200 {\"items\":[]}");
    let calls = stage.line.calls(&stage.bot, "/coupon").await;
    assert_eq!(calls[0]["path"], "/v2/bot/coupon?limit=5&status=DRAFT");
    assert_eq!(
        stage.ask("call GET /v2/bot/message/1/content").await,
        "ErrorKind::NotFound"
    );
    assert_eq!(
        stage.ask("call GET /v2/bot/message/1/content/x").await,
        "ErrorKind::Denied"
    );
    // LINE may have operations that nobody here knows.
    let stage = granting_api(&["GET /v3/*"]).await;
    assert_eq!(stage.ask("call GET /v3/news").await, "ErrorKind::NotFound");
}

#[tokio::test]
async fn what_is_not_in_the_list_is_denied() {
    let nothing = granting(r#"grants = ["reply"]"#).await;
    assert_eq!(
        nothing.ask("call GET /v2/bot/info").await,
        "ErrorKind::Denied"
    );
    let stage = granting_api(&["GET /v2/bot/channel/webhook/endpoint"]).await;
    for command in [
        "call PUT /v2/bot/channel/webhook/endpoint {}",
        "call GET /v2/bot/channel/webhook",
        "call GET /v2/bot/channel/webhook/endpoint/x",
        "call GET /v2/bot/info",
    ] {
        assert_eq!(stage.ask(command).await, "ErrorKind::Denied", "{command}");
    }
    assert!(
        stage
            .line
            .calls(&stage.bot, "/v2/bot/channel")
            .await
            .is_empty()
    );
}

/// Whatever is granted: tokens are the host's, and what sends has its own interface.
#[tokio::test]
async fn some_operations_are_never_called() {
    let stage = granting_everything().await;
    let own_interface = [
        Operation::ReplyMessage,
        Operation::PushMessage,
        Operation::Multicast,
        Operation::Narrowcast,
        Operation::Broadcast,
        Operation::PushMessagesByPhone,
        Operation::PushTemplatedMessagesByPhone,
        Operation::ShowLoadingAnimation,
        Operation::AttachModule,
    ];
    let about_tokens = |operation: &&Operation| operation.endpoint().path.contains("oauth");
    let about_tokens: Vec<_> = Operation::ALL.iter().filter(about_tokens).collect();
    assert_eq!(about_tokens.len(), 8);
    for operation in own_interface.iter().chain(about_tokens) {
        let endpoint = operation.endpoint();
        let command = format!("call {} {} {{}}", endpoint.method, endpoint.path);
        assert_eq!(stage.ask(&command).await, "ErrorKind::Denied", "{command}");
    }
    for path in ["/oauth2/v4/token", "/v2/oauth/new", "/OAuth2/v2.1/token"] {
        let command = format!("call POST {path} {{}}");
        assert_eq!(stage.ask(&command).await, "ErrorKind::Denied", "{command}");
    }
    for odd in [
        "/v2/bot/message/pus%68",
        "/v2//bot/info",
        "/v2/./oauth",
        "/v2/bot/../oauth/x",
        "//x/y",
    ] {
        let command = format!("call POST {odd} {{}}");
        assert_eq!(stage.ask(&command).await, "ErrorKind::Invalid", "{command}");
    }
    assert_eq!(
        stage.ask("call PATCH /v2/bot/info").await,
        "ErrorKind::Invalid"
    );
    let calls = stage.line.calls(&stage.bot, "/").await;
    let others = calls
        .iter()
        .filter(|call| call["path"] != "/v2/bot/message/reply");
    assert_eq!(others.count(), 0);
}

#[tokio::test]
async fn what_line_answers_to_any_call() {
    let stage = Stage::setting(
        "probe",
        |channel| channel.with("grants = [\"reply\", { line-api = [\"* /liff/v1/apps\"] }]"),
        |host| host.timeout_ms(1_500),
    )
    .await;
    let get = "call GET /liff/v1/apps";
    for (answer, expected) in [
        (json_error(400, "Bad"), "ErrorKind::Invalid"),
        (json_error(401, "Authentication failed"), "ErrorKind::Other"),
        (json_error(404, "Not found"), "ErrorKind::NotFound"),
        (
            json_error(429, "The API rate limit has been exceeded."),
            "ErrorKind::RateLimited",
        ),
        (
            json_error(429, "You have reached your monthly limit."),
            "ErrorKind::QuotaExceeded",
        ),
        (
            json_error(500, "Internal Server Error"),
            "ErrorKind::Unavailable",
        ),
        (
            json!({"status": 302, "headers": {"location": "https://example.com"}}),
            "ErrorKind::Other",
        ),
        (
            json!({"status": 200, "body": "<h1>Hello</h1>"}),
            "200 <h1>Hello</h1>",
        ),
        (
            json!({"status": 202, "body": "x".repeat(100_000)}),
            &format!("202 {}", "x".repeat(1_000)),
        ),
    ] {
        assert_eq!(
            kind(&stage, "getAllLIFFApps", get, &answer).await,
            expected,
            "{answer}"
        );
    }
    // A GET is repeated, and nothing else.
    let away = json_error(500, "Internal Server Error");
    stage.line.fault("getAllLIFFApps", 2, away.clone()).await;
    assert_eq!(stage.ask(get).await, "ErrorKind::NotFound");
    stage.line.lost_answer("addLIFFApp", 1, away).await;
    let app = json!({"view": {"type": "tall", "url": "https://example.com/app"}});
    let added = stage.ask(&format!("call POST /liff/v1/apps {app}")).await;
    assert_eq!(added, "ErrorKind::Unavailable");
    let all = stage.ask(get).await;
    assert_eq!(all.matches("liffId").count(), 1, "{all}");
}
