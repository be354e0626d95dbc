//! Friends, groups and rooms.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Stage;

const NOT_FOUND: &str = "Not found";

async fn users(stage: &Stage, count: usize) -> Vec<String> {
    let mut users = Vec::new();
    for n in 0..count {
        users.push(stage.user(&n.to_string()).await);
    }
    users.sort();
    users
}

/// The ids of all pages.
async fn all_pages(stage: &Stage, path: &str, property: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut start = String::new();
    loop {
        let page = stage.get(&format!("{path}{start}")).await.ok();
        pages.push(page[property].as_array().unwrap().clone());
        let Some(next) = page.get("next") else {
            return pages;
        };
        let separator = if path.contains('?') { '&' } else { '?' };
        start = format!("{separator}start={}", next.as_str().unwrap());
    }
}

#[tokio::test]
async fn followers_come_in_pages() {
    let stage = Stage::set().await;
    let mut users = users(&stage, 5).await;
    let act = |kind: &str, user: &String| json!({ "as": user, "event": { "type": kind } });
    stage
        .act(users.iter().map(|user| act("follow", user)).collect())
        .await;
    stage.act(json!([act("unfollow", &users[4])])).await;
    users.pop();

    let followers = "/v2/bot/followers/ids";
    assert_eq!(stage.get(followers).await.ok(), json!({ "userIds": users }));
    let pages = all_pages(&stage, &format!("{followers}?limit=3"), "userIds").await;
    assert_eq!(json!(pages), json!([users[..3], users[3..]]));
    let pages = all_pages(&stage, &format!("{followers}?limit=2"), "userIds").await;
    assert_eq!(json!(pages), json!([users[..2], users[2..]]));

    for limit in ["0", "1001", "many"] {
        let path = format!("{followers}?limit={limit}");
        let reason = "The value for the 'limit' parameter is invalid";
        stage.get(&path).await.refused(400, reason);
    }
    let path = format!("{followers}?start=nowhere");
    stage.get(&path).await.refused(400, "Invalid start param");
}

#[tokio::test]
async fn members_are_counted_and_named() {
    let stage = Stage::set().await;
    let users = users(&stage, 101).await;
    let members: Vec<&str> = users.iter().map(String::as_str).collect();
    for kind in ["group", "room"] {
        let group = stage.group(kind, &members).await;
        let path = |what: &str| format!("/v2/bot/{kind}/{group}/members/{what}");
        for what in ["count", "ids"] {
            stage.get(&path(what)).await.refused(404, NOT_FOUND);
        }
        stage
            .act(json!([{ "in": group, "event": { "type": "join" } }]))
            .await;
        assert_eq!(
            stage.get(&path("count")).await.ok(),
            json!({ "count": 101 })
        );
        let pages = all_pages(&stage, &path("ids"), "memberIds").await;
        assert_eq!(json!(pages), json!([users[..100], users[100..]]));

        let malformed = format!("The value for the '{kind}Id' parameter is invalid");
        let path = format!("/v2/bot/{kind}/{}/members/count", users[0]);
        stage.get(&path).await.refused(400, &malformed);
    }
}

#[tokio::test]
async fn a_group_has_a_summary() {
    let stage = Stage::set().await;
    let picture_url = "https://example.com/a.png";
    let new = json!({
        "kind": "group", "members": [], "groupName": "Friends", "pictureUrl": picture_url,
    });
    let group = stage.control(Method::POST, "/groups", &new).await.created();
    let group = group["groupId"].as_str().unwrap();
    let path = format!("/v2/bot/group/{group}/summary");
    stage.get(&path).await.refused(404, NOT_FOUND);
    stage
        .act(json!([{ "in": group, "event": { "type": "join" } }]))
        .await;
    let summary = json!({ "groupId": group, "groupName": "Friends", "pictureUrl": picture_url });
    assert_eq!(stage.get(&path).await.ok(), summary);
}

#[tokio::test]
async fn a_bot_that_leaves_is_out() {
    let stage = Stage::set().await;
    let user = stage.user("Ann").await;
    for kind in ["group", "room"] {
        let group = stage.group(kind, &[&user]).await;
        stage
            .act(json!([{ "in": group, "event": { "type": "join" } }]))
            .await;
        stage.receiver.next().await;

        let leave = format!("/v2/bot/{kind}/{group}/leave");
        assert_eq!(stage.post(&leave, &Value::Null).await.ok(), json!({}));
        let event = stage.receiver.events().await.remove(0);
        assert_eq!(event["type"], "leave");
        assert_eq!(
            event["source"],
            json!({ "type": kind, format!("{kind}Id"): group })
        );
        stage
            .push(&group, "x")
            .await
            .refused(400, "Failed to send messages");
        // Once more is no error in a room.
        let again = stage.post(&leave, &Value::Null).await;
        assert_eq!(again.status, if kind == "room" { 200 } else { 404 });
    }
    let unknown = format!("/v2/bot/room/R{}/leave", "0".repeat(32));
    let refused = stage.post(&unknown, &Value::Null).await;
    refused.refused(404, NOT_FOUND);
    assert!(stage.receiver.is_empty().await);
}
