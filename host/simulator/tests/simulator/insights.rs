//! Insights.

use serde_json::{Value, json};

use crate::harness::Stage;

const INSIGHT: &str = "/v2/bot/insight";

async fn act(stage: &Stage, user: &str, kind: &str) {
    stage
        .act(json!([{ "as": user, "event": { "type": kind } }]))
        .await;
    stage.receiver.next().await;
}

async fn broadcast(stage: &Stage) -> String {
    let message = json!({ "type": "text", "text": "news" });
    let request = json!({ "messages": [message, message] });
    let sent = stage.post("/v2/bot/message/broadcast", &request).await;
    let request_id = sent.header("x-line-request-id").to_owned();
    sent.ok();
    request_id
}

#[tokio::test]
async fn followers_are_counted() {
    let stage = Stage::set().await;
    for (name, acts) in [("Ann", &["follow"][..]), ("Ben", &["follow", "unfollow"])] {
        let user = stage.user(name).await;
        for kind in acts {
            act(&stage, &user, kind).await;
        }
    }
    let path = format!("{INSIGHT}/followers");
    let now = json!({ "status": "ready", "followers": 2, "targetedReaches": 1, "blocks": 1 });
    let on = async |date: &str| stage.get(&format!("{path}?date={date}")).await;
    assert_eq!(on("20161101").await.ok(), now);
    assert_eq!(
        on("20161031").await.ok(),
        json!({ "status": "out_of_service" })
    );
    assert_eq!(on("99990101").await.ok(), json!({ "status": "unready" }));
    on("20260230").await.refused(400, "Bad Request");
    let demographics = stage.get(&format!("{INSIGHT}/demographic")).await.ok();
    assert_eq!(demographics, json!({ "available": false }));
}

#[tokio::test]
async fn deliveries_are_counted() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    act(&stage, &user, "follow").await;
    broadcast(&stage).await;
    stage.push(&user, "x").await.ok();
    stage.push(&user, "y").await.ok();
    let path = format!("{INSIGHT}/message/delivery");
    assert_eq!(stage.sum_of_days(&path, "apiBroadcast").await, 1);
    assert_eq!(stage.sum_of_days(&path, "apiPush").await, 2);
    assert_eq!(stage.sum_of_days(&path, "apiReply").await, 0);
}

#[tokio::test]
async fn what_few_users_did_is_hidden() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    act(&stage, &user, "follow").await;
    let request_id = broadcast(&stage).await;
    let path = format!("{INSIGHT}/message/event");
    let event = stage.get(&format!("{path}?requestId={request_id}")).await;
    let event = event.ok();
    assert_eq!(event["overview"]["delivered"], 1);
    assert_eq!(event["overview"]["uniqueClick"], Value::Null);
    assert_eq!(event["messages"][1]["seq"], 2);
    assert_eq!(stage.get(&path).await.status, 400);

    let unit = format!("{INSIGHT}/message/event/aggregation?customAggregationUnit=a");
    let period = |from: &str, to: &str| format!("{unit}&from={from}&to={to}");
    let month = stage.get(&period("20260101", "20260131")).await.ok();
    assert_eq!(month["overview"]["uniqueImpression"], Value::Null);
    let longer = stage.get(&period("20260101", "20260201")).await;
    assert_eq!(longer.status, 400);
    let backwards = stage.get(&period("20260102", "20260101")).await;
    assert_eq!(backwards.status, 400);

    // What was sent to many can be named by an audience.
    let audience = json!({ "description": "saw it", "requestId": request_id });
    let imp = "/v2/bot/audienceGroup/imp";
    let made = stage.post(imp, &audience).await;
    assert_eq!((made.status, &made.body["type"]), (202, &json!("IMP")));
    assert_eq!(made.body["requestId"], request_id);
    stage
        .post(imp, &audience)
        .await
        .refused(400, "duplicate request id");
}

#[tokio::test]
async fn a_rich_menu_has_insights() {
    let stage = Stage::set().await;
    let menu = json!({ "size": { "width": 2500, "height": 843 }, "selected": true,
        "name": "Menu", "chatBarText": "Tap", "areas": [] });
    let made = stage.post("/v2/bot/richmenu", &menu).await.ok();
    let id = made["richMenuId"].as_str().unwrap();
    let path = |id: &str, kind: &str, to: &str| {
        format!("{INSIGHT}/richmenu/{id}/{kind}?from=20990101&to={to}")
    };
    for (kind, longest, longer) in [
        ("summary", "21000201", "21000202"),
        ("daily", "20990410", "20990411"),
    ] {
        let hidden = stage.get(&path(id, kind, longest)).await.ok();
        assert_eq!(hidden, json!({ "richMenuId": id }));
        assert_eq!(stage.get(&path(id, kind, longer)).await.status, 400);
        let unknown = stage.get(&path("richmenu-0", kind, longest)).await;
        unknown.refused(404, "Not found");
    }
    for period in ["", "?from=20200101&to=20200102"] {
        let path = format!("{INSIGHT}/richmenu/{id}/daily{period}");
        assert_eq!(stage.get(&path).await.status, 400, "{period}");
    }
}
