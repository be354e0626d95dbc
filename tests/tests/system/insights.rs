//! `botbox:line/insight`.

use botbox_tests::Stage;
use serde_json::{Value, json};

use crate::capabilities::granting;
use crate::groups::befriend;
use crate::line_failures::{impatient, json_error, kind};

const GRANTS: &str = r#"grants = ["reply", "insight", { line-api = ["POST /v2/bot/richmenu"] }]"#;

/// Broadcasts a text. Returns the request's id.
pub(crate) async fn broadcast(stage: &Stage) -> String {
    let path = format!("{}/v2/bot/message/broadcast", stage.line.url());
    let request = reqwest::Client::new()
        .post(path)
        .bearer_auth(&stage.bot.token);
    let messages = json!({"messages": [{"type": "text", "text": "news"}]});
    let response = request.json(&messages).send().await.unwrap();
    assert!(response.status().is_success(), "{response:?}");
    response.headers()["x-line-request-id"]
        .to_str()
        .unwrap()
        .to_owned()
}

/// What the probe shows when LINE answers this.
async fn shown(stage: &Stage, operation: &str, command: &str, body: Value) -> String {
    let answer = json!({"status": 200, "body": body});
    stage.line.fault(operation, 1, answer).await;
    stage.ask(command).await
}

fn expect(shown: &str, parts: &[&str]) {
    for part in parts {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
}

#[tokio::test]
async fn figures_of_the_account() {
    let stage = granting(GRANTS).await;
    befriend(&stage, &stage.user).await;
    let nobody = stage.ask("get-friends-demographics").await;
    expect(&nobody, &["available: false", "genders: []"]);
    let demographics = json!({
        "available": true,
        "genders": [{"gender": "female", "percentage": 37.5}],
        "ages": [{"age": "from20to24", "percentage": 1}],
        "areas": [{"area": "東京", "percentage": 2.5}],
        "appTypes": [{"appType": "ios", "percentage": 62.4}],
        "subscriptionPeriods": [{"subscriptionPeriod": "within7days", "percentage": 100.0}],
    });
    let command = "get-friends-demographics";
    let known = shown(&stage, "getFriendsDemographics", command, demographics).await;
    let parts = [
        "available: true",
        "\"female\", percentage: 37.5",
        "\"from20to24\", percentage: 1.0",
        "\"東京\", percentage: 2.5",
        "\"ios\", percentage: 62.4",
        "\"within7days\", percentage: 100.0",
    ];
    expect(&known, &parts);

    // LINE wants a date, and counts since November 2016.
    let undated = stage.ask("get-number-of-followers").await;
    assert_eq!(undated, "ErrorKind::Invalid");
    let followers = stage.ask("get-number-of-followers 20161101").await;
    let parts = [
        "\"ready\"",
        "followers: Some(1)",
        "targeted-reaches: Some(1)",
        "blocks: Some(0)",
    ];
    expect(&followers, &parts);
    let early = stage.ask("get-number-of-followers 20161031").await;
    expect(&early, &["\"out_of_service\"", "followers: None"]);
    assert_eq!(
        stage.ask("get-number-of-followers soon").await,
        "ErrorKind::Invalid"
    );

    let early = stage.ask("get-number-of-message-deliveries 20170101").await;
    expect(&early, &["\"out_of_service\"", "api-reply: None"]);
    let deliveries = json!({"status": "ready", "apiReply": 5, "welcomeResponse": 2});
    let command = "get-number-of-message-deliveries 20200101";
    let sent = shown(&stage, "getNumberOfMessageDeliveries", command, deliveries).await;
    expect(
        &sent,
        &[
            "api-reply: Some(5)",
            "welcome-response: Some(2)",
            "api-push: None",
        ],
    );
}

#[tokio::test]
async fn figures_of_messages() {
    let stage = granting(GRANTS).await;
    let request = broadcast(&stage).await;
    let hidden = stage.ask(&format!("get-message-event {request}")).await;
    let parts = [
        request.as_str(),
        "delivered: Some(",
        "seq: 1, impression: None",
    ];
    expect(&hidden, &parts);

    let statistics = json!({
        "overview": {"uniqueImpression": 40, "uniqueMediaPlayed100Percent": 21},
        "messages": [{"seq": 1, "impression": 55, "uniqueImpression": 41, "mediaPlayed25Percent": 24}],
        "clicks": [{"seq": 1, "url": "https://example.com", "click": 30, "uniqueClick": null,
                    "uniqueClickOfRequest": 26}],
    });
    let command = "get-statistics-per-unit summer 20260101 20260131";
    let hidden = stage.ask(command).await;
    expect(&hidden, &["unique-impression: None", "messages: []"]);
    let known = shown(&stage, "getStatisticsPerUnit", command, statistics).await;
    let parts = [
        "request-id: None",
        "unique-impression: Some(40)",
        "unique-media-played100-percent: Some(21)",
        "impression: Some(55), unique-impression: Some(41)",
        "media-played25-percent: Some(24)",
        "click: Some(30), unique-click: None, unique-click-of-request: Some(26)",
    ];
    expect(&known, &parts);
    let long = stage
        .ask("get-statistics-per-unit summer 20260101 20260201")
        .await;
    assert_eq!(long, "ErrorKind::Invalid");
}

#[tokio::test]
async fn figures_of_rich_menus() {
    let stage = granting(GRANTS).await;
    let area = json!({"bounds": {"x": 0, "y": 0, "width": 800, "height": 270},
                      "action": {"type": "message", "text": "hi"}});
    let menu = json!({"size": {"width": 800, "height": 270}, "selected": false, "name": "menu",
                      "chatBarText": "Menu", "areas": [area]});
    let made = stage
        .ask(&format!("call POST /v2/bot/richmenu {menu}"))
        .await;
    let menu = made.split('"').nth(3).unwrap();
    assert!(menu.starts_with("richmenu-"), "{made}");
    // Not more than three years ago, whenever the test runs.
    let period = "29990101 29990131";
    for (operation, command, metrics, figures) in [
        (
            "getRichMenuInsightSummary",
            "get-rich-menu-insight-summary",
            json!({"count": 100, "uniqueUsers": 50}),
            "date: None, count: 100, unique-users: 50",
        ),
        (
            "getRichMenuInsightDaily",
            "get-rich-menu-insight-daily",
            json!([{"date": "20260213", "count": 90, "uniqueUsers": 45}]),
            "date: Some(\"20260213\"), count: 90, unique-users: 45",
        ),
    ] {
        let asked = format!("{command} {menu} {period}");
        let hidden = stage.ask(&asked).await;
        expect(
            &hidden,
            &[menu, "metrics-from: None", "impression: []", "clicks: []"],
        );
        let insight = json!({
            "richMenuId": menu, "metricsFrom": "20260213", "metricsTo": "20260215",
            "impression": {"metrics": metrics},
            "clicks": [{"bounds": {"x": 1, "y": 2, "width": 3, "height": 4}, "metrics": metrics}],
        });
        let known = shown(&stage, operation, &asked, insight).await;
        expect(
            &known,
            &[
                "metrics-from: Some(\"20260213\")",
                "x: 1, y: 2, width: 3, height: 4",
            ],
        );
        assert_eq!(known.matches(figures).count(), 2, "{known}");

        let unknown = format!("{command} richmenu-{} {period}", "0".repeat(32));
        assert_eq!(stage.ask(&unknown).await, "ErrorKind::NotFound");
        let path = format!("{command} ../x {period}");
        assert_eq!(stage.ask(&path).await, "ErrorKind::Invalid");
    }
}

#[tokio::test]
async fn insights_are_granted_by_name() {
    let stage = granting(r#"grants = ["reply"]"#).await;
    assert_eq!(
        stage.ask("get-friends-demographics").await,
        "ErrorKind::Denied"
    );
    assert!(stage.line.calls(&stage.bot, "/insight").await.is_empty());
}

#[tokio::test]
async fn what_line_answers_about_insights() {
    let stage = impatient().await;
    let busy = json_error(
        429,
        "The API rate limit has been exceeded. Try again later.",
    );
    for (operation, command) in [
        ("getFriendsDemographics", "get-friends-demographics"),
        (
            "getNumberOfMessageDeliveries",
            "get-number-of-message-deliveries 20260101",
        ),
        ("getNumberOfFollowers", "get-number-of-followers"),
        ("getMessageEvent", "get-message-event x"),
        (
            "getStatisticsPerUnit",
            "get-statistics-per-unit x 20260101 20260102",
        ),
        (
            "getRichMenuInsightSummary",
            "get-rich-menu-insight-summary x 20260101 20260102",
        ),
        (
            "getRichMenuInsightDaily",
            "get-rich-menu-insight-daily x 20260101 20260102",
        ),
    ] {
        let limited = kind(&stage, operation, command, &busy).await;
        assert_eq!(limited, "ErrorKind::RateLimited", "{command}");
        // Statistics change nothing, so they are asked for again.
        stage
            .line
            .fault(operation, 2, json_error(500, "Internal Server Error"))
            .await;
        let answer = stage.ask(command).await;
        assert_ne!(answer, "ErrorKind::Unavailable", "{command}");
    }
}
