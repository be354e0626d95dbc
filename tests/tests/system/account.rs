//! The bot's account: `quota`, the statistics of `notification`, `bot-info` and `membership`.

use std::process::Command;

use botbox_tests::Stage;
use serde_json::json;

/// In UTC+9, as LINE counts days.
fn today() -> String {
    let date = Command::new("date")
        .arg("+%Y%m%d")
        .env("TZ", "JST-9")
        .output();
    String::from_utf8(date.unwrap().stdout)
        .unwrap()
        .trim()
        .to_owned()
}

/// How many LINE says that went out on these days.
async fn count(stage: &Stage, function: &str, days: &[&str]) -> u64 {
    let mut count = 0;
    for day in days {
        let answer = stage.ask(&format!("{function} {day}")).await;
        let success = answer.strip_prefix("DailyCount { status: \"ready\", success: Some(");
        let success = success.and_then(|rest| rest.strip_suffix(") }"));
        count += success.expect(&answer).parse::<u64>().unwrap();
    }
    count
}

#[tokio::test]
async fn quota_and_consumption() {
    let stage = Stage::with("probe").await;
    assert_eq!(stage.ask("get-message-quota").await, "None");
    stage
        .line
        .set(&stage.bot, json!({"monthlyQuota": 500}))
        .await;
    assert_eq!(stage.ask("get-message-quota").await, "Some(500)");
    assert_eq!(stage.ask("get-message-quota-consumption").await, "0");
    stage.replied("push").await;
    assert_eq!(stage.ask("get-message-quota-consumption").await, "1");
}

#[tokio::test]
async fn quota_counts_what_went_out_on_a_day() {
    let stage = Stage::with("probe").await;
    let before = today();
    let number = json!({"displayName": "Ben", "phoneNumber": "+819012345678"});
    let user = stage.line.user_with(number).await;
    stage.befriend(&user).await;
    let digest = "3d06a39d40790f11761295e053029378ae28c4b4f6f301693005e079f3d4ca64";
    stage.replied("push").await;
    for _ in 0..2 {
        stage
            .replied(&format!("multicast unit_1 {}", user.id))
            .await;
    }
    for _ in 0..3 {
        stage.replied("broadcast").await;
    }
    for _ in 0..4 {
        stage
            .replied(&format!("push-messages-by-phone {digest} -"))
            .await;
    }
    for _ in 0..5 {
        let templated = format!("push-templated-messages-by-phone {digest} - {{}}");
        assert_eq!(stage.replied(&templated).await, "()");
    }
    let after = today();
    // Midnight may have passed.
    let mut days = vec![before.as_str(), after.as_str()];
    days.dedup();
    for (function, expected) in [
        ("get-number-of-sent-push-messages", 1),
        ("get-number-of-sent-multicast-messages", 2),
        ("get-number-of-sent-broadcast-messages", 3),
        ("get-pnp-message-statistics", 4),
        ("get-templated-pnp-message-statistics", 5),
    ] {
        assert_eq!(count(&stage, function, &days).await, expected, "{function}");
    }
    // All of the above, with what they are asked with.
    let replies = count(&stage, "get-number-of-sent-reply-messages", &days).await;
    assert!(replies >= 20, "{replies}");

    let long_ago = stage.ask("get-number-of-sent-push-messages 20180101").await;
    assert_eq!(
        long_ago,
        "DailyCount { status: \"out_of_service\", success: None }"
    );
    let invalid = stage
        .ask("get-number-of-sent-push-messages yesterday")
        .await;
    assert_eq!(invalid, "ErrorKind::Invalid");
}

#[tokio::test]
async fn quota_lists_aggregation_units() {
    let stage = Stage::with("probe").await;
    for unit in ["unit_1", "unit_2"] {
        let push = format!("push-message {unit} {}", stage.user.id);
        stage.replied(&push).await;
    }
    assert_eq!(stage.ask("get-aggregation-unit-usage").await, "2");
    let all = stage.ask("get-aggregation-unit-name-list").await;
    assert!(
        all.contains("[\"unit_1\", \"unit_2\"], next: None"),
        "{all}"
    );
    let page = stage.ask("get-aggregation-unit-name-list 1").await;
    let (names, next) = page.split_once(", next: Some(\"").unwrap();
    assert!(names.ends_with("[\"unit_1\"]"), "{page}");
    let start = next.split('"').next().unwrap();
    let page = stage
        .ask(&format!("get-aggregation-unit-name-list 1 {start}"))
        .await;
    assert!(page.contains("[\"unit_2\"], next: None"), "{page}");
    let invalid = stage.ask("get-aggregation-unit-name-list 1 wrong").await;
    assert_eq!(invalid, "ErrorKind::Invalid");
}

#[tokio::test]
async fn bot_info_tells_of_the_bot() {
    let stage = Stage::with("probe").await;
    let info = stage.ask("get-bot-info").await;
    for told in [
        format!("user-id: \"{}\"", stage.bot.id),
        String::from("basic-id: \"@"),
        String::from("premium-id: None"),
        String::from("display-name: \"Bot\""),
        String::from("chat-mode: \"bot\""),
        String::from("mark-as-read-mode: \"auto\""),
    ] {
        assert!(info.contains(&told), "{told} in {info}");
    }
    stage
        .line
        .fault("getBotInfo", 3, json!({"status": 503}))
        .await;
    assert_eq!(stage.ask("get-bot-info").await, "ErrorKind::Unavailable");
}

#[tokio::test]
async fn memberships_and_their_members() {
    let stage = Stage::with("probe").await;
    assert_eq!(
        stage.ask("get-membership-list").await,
        "ErrorKind::NotFound"
    );
    stage.befriend(&stage.user).await;
    let other = stage.friend("Ben").await;
    let plan = json!({
        "membershipId": 7, "title": "Basic", "description": "All you need",
        "benefits": ["Cake", "Tea"], "price": 4.5, "currency": "TWD", "memberLimit": 100,
        "isInAppPurchase": true, "members": [stage.user.id, other.id],
    });
    stage.line.offer(&stage.bot, json!([plan])).await;

    let plans = stage.ask("get-membership-list").await;
    for told in [
        "membership-id: 7, title: \"Basic\", description: \"All you need\"",
        "benefits: [\"Cake\", \"Tea\"], price: 4.5, currency: \"TWD\"",
        "member-count: 2, member-limit: Some(100)",
        "is-in-app-purchase: true, is-published: true",
    ] {
        assert!(plans.contains(told), "{told} in {plans}");
    }
    let subscription = format!("get-membership-subscription {}", stage.user.id);
    let subscription = stage.ask(&subscription).await;
    for told in [
        "membership-id: 7, title: \"Basic\"",
        "membership-no: 1",
        "total-subscription-months: 1",
        "next-billing-date: \"20",
    ] {
        assert!(subscription.contains(told), "{told} in {subscription}");
    }
    let mut members = Vec::new();
    let mut command = String::from("get-joined-membership-users 7 1");
    for more in [true, false] {
        let page = stage.ask(&command).await;
        let (ids, next) = page.split_once("], next: ").unwrap();
        members.push(ids.split('"').nth(1).unwrap().to_owned());
        assert_eq!(next != "None }", more, "{page}");
        let start = next.split('"').nth(1).unwrap_or_default();
        command = format!("get-joined-membership-users 7 1 {start}");
    }
    members.sort_unstable();
    let mut expected = [stage.user.id.clone(), other.id.clone()];
    expected.sort_unstable();
    assert_eq!(members, expected);

    let nobody = format!("get-membership-subscription U{}", "0".repeat(32));
    assert_eq!(stage.ask(&nobody).await, "ErrorKind::NotFound");
    let no_plan = stage.ask("get-joined-membership-users 8 1").await;
    assert_eq!(no_plan, "ErrorKind::NotFound");
}

#[tokio::test]
async fn account_without_the_grants_is_denied() {
    let stage = Stage::setting("probe", |it| it.with("grants = [\"reply\"]"), |it| it).await;
    for command in [
        "get-message-quota",
        "get-message-quota-consumption",
        "get-number-of-sent-reply-messages 20260101",
        "get-aggregation-unit-usage",
        "get-aggregation-unit-name-list",
        "get-bot-info",
        "get-membership-list",
        "get-membership-subscription U1",
        "get-joined-membership-users 7 1",
    ] {
        assert_eq!(stage.ask(command).await, "ErrorKind::Denied", "{command}");
    }
}
