//! Profiles.

use reqwest::Method;
use serde_json::json;

use crate::harness::Stage;

#[tokio::test]
async fn a_profile_is_for_who_knows_the_user() {
    let stage = Stage::set().await;
    let new = json!({
        "displayName": "Ann", "language": "ja", "pictureUrl": "https://example.com/a.png",
        "statusMessage": "hello",
    });
    let user = stage.control(Method::POST, "/users", &new).await.created();
    let user_id = user["userId"].as_str().unwrap();
    let path = format!("/v2/bot/profile/{user_id}");

    stage.get(&path).await.refused(404, "Not found");
    stage.write(user_id, "hi").await;
    assert_eq!(stage.get(&path).await.ok(), user);
    assert_eq!(user["statusMessage"], "hello");

    stage
        .act(json!([{ "as": user_id, "event": { "type": "unfollow" } }]))
        .await;
    stage.get(&path).await.refused(404, "Not found");

    let unknown = format!("/v2/bot/profile/U{}", "0".repeat(32));
    stage.get(&unknown).await.refused(404, "Not found");
    let malformed = "The value for the 'userId' parameter is invalid";
    stage
        .get("/v2/bot/profile/Ann")
        .await
        .refused(400, malformed);
}

#[tokio::test]
async fn a_member_profile_is_for_members() {
    let stage = Stage::set().await;
    let new = json!({ "displayName": "Ann", "statusMessage": "hello" });
    let ann = stage.control(Method::POST, "/users", &new).await.created();
    let ann = ann["userId"].as_str().unwrap();
    let ben = stage.user("Ben").await;
    for kind in ["group", "room"] {
        let group = stage.group(kind, &[ann]).await;
        let path = |user: &str| format!("/v2/bot/{kind}/{group}/member/{user}");
        stage.get(&path(ann)).await.refused(404, "Not found");

        stage
            .act(json!([{ "in": group, "event": { "type": "join" } }]))
            .await;
        let expected = json!({ "userId": ann, "displayName": "Ann" });
        assert_eq!(stage.get(&path(ann)).await.ok(), expected);
        stage.get(&path(&ben)).await.refused(404, "Not found");

        let joins = json!({ "as": ben, "in": group, "event": { "type": "memberJoined" } });
        let leaves = json!({ "as": ann, "in": group, "event": { "type": "memberLeft" } });
        stage.act(json!([joins, leaves])).await;
        assert_eq!(stage.get(&path(&ben)).await.ok()["displayName"], "Ben");
        stage.get(&path(ann)).await.refused(404, "Not found");

        // A group is not found among the rooms, nor a room among the groups.
        let other = if kind == "group" { "room" } else { "group" };
        let wrong = format!("/v2/bot/{other}/{group}/member/{ben}");
        let reason = format!("The value for the '{other}Id' parameter is invalid");
        stage.get(&wrong).await.refused(400, &reason);
    }
}

#[tokio::test]
async fn a_bot_knows_itself() {
    let stage = Stage::set().await;
    let expected = json!({
        "userId": stage.bot["botId"], "basicId": stage.bot["basicId"], "displayName": "Bot",
        "chatMode": "bot", "markAsReadMode": "auto",
    });
    assert_eq!(stage.get("/v2/bot/info").await.ok(), expected);
}
