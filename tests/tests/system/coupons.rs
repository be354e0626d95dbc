//! `botbox:line/coupon`.

use std::time::{SystemTime, UNIX_EPOCH};

use botbox_tests::Stage;

use crate::capabilities::granting;
use crate::groups::field;
use crate::line_failures::{impatient, json_error, kind};

const GRANTS: &str = r#"grants = ["reply", "coupon"]"#;

/// A coupon that is good for a day. Returns its id.
async fn coupon(stage: &Stage, kind: &str) -> String {
    let shown = create(stage, kind).await;
    shown.trim_matches('"').to_owned()
}

async fn create(stage: &Stage, kind: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let end = now.as_secs() + 86_400;
    stage.ask(&format!("create-coupon {end} {kind}")).await
}

/// Each with all that it can have, and read back as it was made.
#[tokio::test]
async fn coupons_are_made_and_read() {
    let stage = granting(GRANTS).await;
    let id = coupon(&stage, "full").await;
    let detail = stage.ask(&format!("get-coupon-detail {id}")).await;
    for part in [
        id.as_str(),
        "title: \"full\"",
        "description: Some(\"a description\")",
        "image-url: Some(\"https://example.com/image.png\")",
        "usage-condition: Some(\"a condition\")",
        "coupon-code: Some(\"a code\")",
        "barcode-image-url: Some(\"https://example.com/barcode.png\")",
        "use-once: true",
        "timezone: \"ASIA_TOKYO\"",
        "visibility: \"PUBLIC\"",
        "lottery-probability: 50",
        "max-acquire-count: Some(7)",
        "Discount(Price::Explicit((80, 100)))",
        "status: \"RUNNING\"",
    ] {
        assert!(detail.contains(part), "no {part} in {detail}");
    }
    for (kind, part) in [
        ("endless", "max-acquire-count: None"),
        ("free", "Free"),
        ("gift", "Gift"),
        ("others", "Others"),
        ("cash-back", "CashBack(Price::Unspecified)"),
        ("fixed", "CashBack(Price::Fixed(300))"),
        ("percentage", "Discount(Price::Percentage(15))"),
    ] {
        let id = coupon(&stage, kind).await;
        let detail = stage.ask(&format!("get-coupon-detail {id}")).await;
        assert!(detail.contains(part), "no {part} in {detail}");
        assert!(detail.contains("use-once: false"), "{detail}");
    }
}

#[tokio::test]
async fn coupons_are_listed_and_closed() {
    let stage = granting(GRANTS).await;
    let first = coupon(&stage, "free").await;
    let second = coupon(&stage, "gift").await;
    let page = stage.ask("list-coupon 1").await;
    assert!(page.contains(&first) && !page.contains(&second), "{page}");
    let next = field(&page, "next");
    let rest = stage.ask(&format!("list-coupon 1 {next}")).await;
    assert!(
        rest.contains(&second) && rest.contains("\"gift\""),
        "{rest}"
    );

    assert_eq!(stage.ask(&format!("close-coupon {first}")).await, "()");
    let closed = stage.ask("list-coupon-that-is CLOSED DRAFT").await;
    assert!(
        closed.contains(&first) && !closed.contains(&second),
        "{closed}"
    );
    // It is closed already.
    let again = stage.ask(&format!("close-coupon {first}")).await;
    assert_eq!(again, "ErrorKind::NotFound");
}

#[tokio::test]
async fn wrong_coupons_are_refused() {
    let stage = granting(GRANTS).await;
    assert_eq!(
        stage.ask("create-coupon 1 free").await,
        "ErrorKind::Invalid"
    );
    stage.host.log.expect("endTimestamp: ").await;
    assert_eq!(create(&stage, "referral").await, "ErrorKind::Invalid");
    stage.host.log.expect("acquisitionCondition").await;
    // Refused by the host.
    let asked = stage.line.calls(&stage.bot, "/coupon").await.len();
    for odd in ["odd", "strange"] {
        assert_eq!(create(&stage, odd).await, "ErrorKind::Invalid");
    }
    assert_eq!(stage.line.calls(&stage.bot, "/coupon").await.len(), asked);
    assert_eq!(stage.ask("list-coupon 101").await, "ErrorKind::Invalid");
    assert_eq!(
        stage.ask("get-coupon-detail 01").await,
        "ErrorKind::NotFound"
    );
    assert_eq!(
        stage.ask("get-coupon-detail ../x").await,
        "ErrorKind::Invalid"
    );
}

#[tokio::test]
async fn coupons_are_granted_by_name() {
    let stage = granting(r#"grants = ["reply"]"#).await;
    assert_eq!(create(&stage, "free").await, "ErrorKind::Denied");
    assert_eq!(stage.ask("list-coupon 1").await, "ErrorKind::Denied");
}

/// A coupon of which LINE did not say whether it was made is not made twice.
#[tokio::test]
async fn a_coupon_is_made_once() {
    let stage = impatient().await;
    let away = json_error(500, "Internal Server Error");
    stage
        .line
        .lost_answer("createCoupon", 1, away.clone())
        .await;
    assert_eq!(create(&stage, "free").await, "ErrorKind::Unavailable");
    let page = stage.ask("list-coupon 100").await;
    assert_eq!(page.matches("\"free\"").count(), 1, "{page}");
    let busy = json_error(
        429,
        "The API rate limit has been exceeded. Try again later.",
    );
    assert_eq!(
        kind(&stage, "listCoupon", "list-coupon 1", &busy).await,
        "ErrorKind::RateLimited"
    );
}
