//! Multicast, narrowcast and broadcast, and what they share with push: retry keys, quota,
//! statistics.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Stage, answer};

const MULTICAST: &str = "/v2/bot/message/multicast";
const NARROWCAST: &str = "/v2/bot/message/narrowcast";
const BROADCAST: &str = "/v2/bot/message/broadcast";
const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";

fn text(text: &str) -> Value {
    json!([{ "type": "text", "text": text }])
}

/// Makes friends of the bot.
async fn friends(stage: &Stage, count: usize) -> Vec<String> {
    let mut friends = Vec::new();
    for n in 0..count {
        friends.push(stage.user(&n.to_string()).await);
    }
    let follow = |user: &String| json!({ "as": user, "event": { "type": "follow" } });
    stage.act(friends.iter().map(follow).collect()).await;
    friends
}

async fn settle(stage: &Stage, settings: Value) {
    let path = format!("/bots/{}/settings", stage.bot_id());
    let bot = stage.control(Method::PUT, &path, &settings).await.ok();
    for (name, value) in settings.as_object().unwrap() {
        assert_eq!(&bot["settings"][name], value);
    }
}

async fn usage(stage: &Stage) -> Value {
    let consumption = stage.get("/v2/bot/message/quota/consumption").await.ok();
    consumption["totalUsage"].clone()
}

#[tokio::test]
async fn a_multicast_reaches_friends() {
    let stage = Stage::set().await;
    let [ann, ben] = friends(&stage, 2).await.try_into().unwrap();
    let stranger = stage.user("stranger").await;
    stage.write(&stranger, "hi").await;

    let request = json!({ "to": [ann, stranger, ben], "messages": text("news") });
    assert_eq!(stage.post(MULTICAST, &request).await.ok(), json!({}));
    for friend in [&ann, &ben] {
        assert_eq!(stage.transcript(friend).await, ["bot/multicast: news"]);
    }
    assert_eq!(stage.transcript(&stranger).await, ["user/user: hi"]);
    assert_eq!(usage(&stage).await, 2);
}

#[tokio::test]
async fn one_unknown_user_spoils_a_multicast() {
    let stage = Stage::set().await;
    let [ann] = friends(&stage, 1).await.try_into().unwrap();
    let group = stage.group("group", &[&ann]).await;
    for wrong in ["Ben", &format!("U{}", "0".repeat(32)), &group] {
        let request = json!({ "to": [ann, wrong], "messages": text("x") });
        let reason = "The property, to[1], in the request body is invalid (line: -, column: -)";
        stage.post(MULTICAST, &request).await.refused(400, reason);
    }
    for to in [json!([]), json!(vec![&ann; 501])] {
        let request = json!({ "to": to, "messages": text("x") });
        let refused = stage.post(MULTICAST, &request).await;
        let refused = refused.refused(400, "The request body has 1 error(s)");
        let detail = json!({ "message": "Size must be between 1 and 500", "property": "to" });
        assert_eq!(refused["details"], json!([detail]));
    }
    assert!(stage.transcript(&ann).await.is_empty());
}

#[tokio::test]
async fn a_broadcast_reaches_all_friends() {
    let stage = Stage::set().await;
    let [ann, ben, cid] = friends(&stage, 3).await.try_into().unwrap();
    stage
        .act(json!([{ "as": cid, "event": { "type": "unfollow" } }]))
        .await;
    let request = json!({ "messages": text("news") });
    assert_eq!(stage.post(BROADCAST, &request).await.ok(), json!({}));
    for friend in [&ann, &ben] {
        assert_eq!(stage.transcript(friend).await, ["bot/broadcast: news"]);
    }
    assert!(stage.transcript(&cid).await.is_empty());
}

#[tokio::test]
async fn all_sends_take_retry_keys() {
    let stage = Stage::set().await;
    let [ann] = friends(&stage, 1).await.try_into().unwrap();
    for (n, (path, status)) in [(MULTICAST, 200), (NARROWCAST, 202), (BROADCAST, 200)]
        .into_iter()
        .enumerate()
    {
        let key = format!("123e4567-e89b-12d3-a456-42661417400{n}");
        let send = || {
            let body = json!({ "to": [ann], "messages": text(path) });
            let call = stage.call(Method::POST, path);
            answer(call.header("x-line-retry-key", &key).json(&body))
        };
        let first = send().await;
        assert_eq!(first.status, status);
        let again = send().await;
        assert_eq!(
            again.header("x-line-accepted-request-id"),
            first.header("x-line-request-id")
        );
        again.refused(409, "The retry key is already accepted");
    }
    assert_eq!(stage.transcript(&ann).await.len(), 3);
}

#[tokio::test]
async fn a_narrowcast_goes_through_its_phases() {
    let stage = Stage::set().await;
    let [ann, ben] = friends(&stage, 2).await.try_into().unwrap();
    let request = json!({ "messages": text("news"), "limit": { "max": 1 } });
    let accepted = stage.post(NARROWCAST, &request).await;
    let id = accepted.header("x-line-request-id").to_owned();
    assert_eq!((accepted.status, accepted.body), (202, json!({})));

    let path = format!("/v2/bot/message/progress/narrowcast?requestId={id}");
    let progress = || async { stage.get(&path).await.ok() };
    let waiting = progress().await;
    assert_eq!(
        (&waiting["phase"], waiting.get("targetCount")),
        (&json!("waiting"), None)
    );
    assert_eq!(progress().await["phase"], "sending");
    for _ in 0..2 {
        let done = progress().await;
        assert_eq!(done["phase"], "succeeded");
        assert_eq!(
            (&done["successCount"], &done["targetCount"]),
            (&json!(1), &json!(1))
        );
        assert!(done["completedTime"].is_string());
    }

    let mut reached = stage.transcript(&ann).await;
    reached.extend(stage.transcript(&ben).await);
    assert_eq!(reached, ["bot/narrowcast: news"]);
    let other = "/v2/bot/message/progress/narrowcast?requestId=";
    stage
        .get(other)
        .await
        .refused(400, "The value for the 'requestId' parameter is invalid");
    stage
        .get(&format!("{other}{KEY}"))
        .await
        .refused(404, "Not found");
}

#[tokio::test]
async fn whom_a_narrowcast_is_for_is_checked() {
    let stage = Stage::set().await;
    friends(&stage, 100).await;
    let send = async |request: Value| {
        let mut request = request;
        request["messages"] = text("x");
        stage.post(NARROWCAST, &request).await
    };
    let sent = send(json!({})).await.header("x-line-request-id").to_owned();
    // A narrowcast can be sent on once LINE says that it has succeeded.
    let redelivery = json!({ "recipient": { "type": "redelivery", "requestId": sent } });
    for phase in ["waiting", "sending"] {
        let early = format!("Invalid request id: {sent}");
        send(redelivery.clone()).await.refused(400, &early);
        let path = format!("/v2/bot/message/progress/narrowcast?requestId={sent}");
        assert_eq!(stage.get(&path).await.ok()["phase"], phase);
    }
    assert_eq!(send(redelivery).await.status, 202);
    let created = json!({ "description": "known" });
    let created = stage.post("/v2/bot/audienceGroup/upload", &created).await;
    assert_eq!(created.status, 202);
    let audience_id = &created.body["audienceGroupId"];
    let audience = json!({ "type": "audience", "audienceGroupId": audience_id });
    let recipient = json!({ "type": "operator", "and": [
        audience,
        { "type": "operator", "not": { "type": "redelivery", "requestId": sent } },
    ]});
    let demographic = json!({ "type": "operator", "or": [
        { "type": "gender", "oneOf": ["male", "female"] },
        { "type": "age", "gte": "age_20", "lt": "age_25" },
        { "type": "appType", "oneOf": ["android"] },
        { "type": "area", "oneOf": ["jp_23", "id_12"] },
        { "type": "subscriptionPeriod", "lt": "day_30" },
    ]});
    let accepted = json!({ "recipient": recipient, "filter": { "demographic": demographic } });
    assert_eq!(send(accepted).await.status, 202);

    let filter = |demographic: Value| json!({ "filter": { "demographic": demographic } });
    let many = vec![audience.clone(); 11];
    for (request, property) in [
        (
            json!({ "recipient": { "type": "friend" } }),
            "recipient.type",
        ),
        (
            json!({ "recipient": { "type": "audience" } }),
            "recipient.audienceGroupId",
        ),
        (
            json!({ "recipient": { "type": "operator", "and": [] } }),
            "recipient.and",
        ),
        (
            json!({ "recipient": { "type": "operator", "and": [audience], "not": audience } }),
            "recipient",
        ),
        (
            json!({ "recipient": { "type": "operator", "or": many } }),
            "recipient",
        ),
        (
            filter(json!({ "type": "operator", "not": { "type": "area", "oneOf": ["de_01"] } })),
            "filter.demographic.not.oneOf[0]",
        ),
        (
            filter(json!({ "type": "age", "gte": "age_25", "lt": "age_20" })),
            "filter.demographic.gte",
        ),
        (filter(json!({ "type": "age" })), "filter.demographic"),
        (json!({ "limit": { "max": 0 } }), "limit.max"),
    ] {
        let refused = send(request).await;
        let refused = refused.refused(400, "The request body has 1 error(s)");
        assert_eq!(refused["details"][0]["property"], property);
    }
    let unknown = json!({ "recipient": { "type": "audience", "audienceGroupId": 7 } });
    send(unknown)
        .await
        .refused(400, "Invalid audience group id: 7");
    let redelivery = json!({ "recipient": { "type": "redelivery", "requestId": KEY } });
    let unknown = format!("Invalid request id: {KEY}");
    send(redelivery).await.refused(400, &unknown);
    let partial = json!({ "limit": { "forbidPartialDelivery": true } });
    let reason = "The option forbidPartialDelivery must be used with upToRemainingQuota.";
    send(partial).await.refused(400, reason);
}

#[tokio::test]
async fn a_filter_takes_a_hundred_friends() {
    let stage = Stage::set().await;
    friends(&stage, 1).await;
    let demographic = json!({ "type": "gender", "oneOf": ["male"] });
    let request = json!({ "messages": text("x"), "filter": { "demographic": demographic } });
    let refused = stage.post(NARROWCAST, &request).await;
    refused.refused(403, "Your account does not have enough friends");
}

#[tokio::test]
async fn nothing_is_sent_beyond_the_quota() {
    let stage = Stage::set().await;
    let [ann, ben, cid] = friends(&stage, 3).await.try_into().unwrap();
    let group = stage.group("group", &[&ann, &ben, &cid]).await;
    stage
        .act(json!([{ "in": group, "event": { "type": "join" } }]))
        .await;
    let unlimited = stage.get("/v2/bot/message/quota").await.ok();
    assert_eq!(unlimited, json!({ "type": "none" }));
    settle(&stage, json!({ "monthlyQuota": 4 })).await;
    let limited = stage.get("/v2/bot/message/quota").await.ok();
    assert_eq!(limited, json!({ "type": "limited", "value": 4 }));

    // A group counts as many as its members; a blocked user or a stranger does not count.
    stage.push(&group, "three").await.ok();
    stage.push(&stage.user("stranger").await, "none").await.ok();
    assert_eq!(usage(&stage).await, 3);
    let reason = "You have reached your monthly limit.";
    stage.push(&group, "x").await.refused(429, reason);
    let to = json!({ "to": [ann, ben], "messages": text("x") });
    for path in [MULTICAST, NARROWCAST, BROADCAST] {
        stage.post(path, &to).await.refused(429, reason);
    }
    // What was refused used nothing up, a retry key neither.
    let push = |to: &str| {
        let body = json!({ "to": to, "messages": text("four") });
        let call = stage.call(Method::POST, "/v2/bot/message/push");
        answer(call.header("x-line-retry-key", KEY).json(&body))
    };
    push(&group).await.refused(429, reason);
    push(&ann).await.ok();
    stage.push(&ann, "x").await.refused(429, reason);
    assert_eq!(usage(&stage).await, 4);

    // Replies are free.
    let token = &stage.write(&ben, "hi").await["replyToken"];
    stage.reply(token, "free").await.ok();
    assert_eq!(stage.transcript(&group).await, ["bot/push: three"]);
    assert_eq!(stage.transcript(&ann).await, ["bot/push: four"]);
    assert_eq!(stage.transcript(&cid).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_narrowcast_can_keep_to_the_quota() {
    let stage = Stage::set().await;
    friends(&stage, 3).await;
    settle(&stage, json!({ "monthlyQuota": 2 })).await;
    let send = async |forbid_partial: bool| {
        let limit = json!({ "upToRemainingQuota": true, "forbidPartialDelivery": forbid_partial });
        let request = json!({ "messages": text("x"), "limit": limit });
        let accepted = stage.post(NARROWCAST, &request).await;
        assert_eq!(accepted.status, 202);
        let id = accepted.header("x-line-request-id");
        let path = format!("/v2/bot/message/progress/narrowcast?requestId={id}");
        stage.get(&path).await.ok();
        stage.get(&path).await.ok();
        stage.get(&path).await.ok()
    };
    let canceled = send(true).await;
    assert_eq!(
        (&canceled["phase"], &canceled["errorCode"]),
        (&json!("failed"), &json!(5))
    );
    assert_eq!(usage(&stage).await, 0);
    assert_eq!(send(false).await["successCount"], 2);
    assert_eq!(usage(&stage).await, 2);
}

#[tokio::test]
async fn sends_are_counted_by_kind_and_day() {
    let stage = Stage::set().await;
    let users = friends(&stage, 2).await;
    let token = &stage.write(&users[0], "hi").await["replyToken"];
    stage.reply(token, "hello").await.ok();
    stage.push(&users[0], "x").await.ok();
    let request = json!({ "to": users, "messages": text("x") });
    stage.post(MULTICAST, &request).await.ok();
    stage.post(BROADCAST, &request).await.ok();
    stage.post(BROADCAST, &request).await.ok();

    let count = async |kind: &str, date: &str| {
        let path = format!("/v2/bot/message/delivery/{kind}?date={date}");
        stage.get(&path).await
    };
    for (kind, sent) in [
        ("reply", 1),
        ("push", 1),
        ("multicast", 2),
        ("broadcast", 4),
    ] {
        let path = format!("/v2/bot/message/delivery/{kind}");
        assert_eq!(stage.sum_of_days(&path, "success").await, sent, "{kind}");
    }
    let early = count("push", "20180330").await.ok();
    assert_eq!(early, json!({ "status": "out_of_service" }));
    for malformed in ["", "2026-1-1", "20261301", "20260431", "202601011"] {
        let reason = "The value for the 'date' parameter is invalid";
        count("push", malformed).await.refused(400, reason);
    }
}

#[tokio::test]
async fn messages_are_validated_and_not_sent() {
    let stage = Stage::set().await;
    for kind in ["reply", "push", "multicast", "narrowcast", "broadcast"] {
        let path = format!("/v2/bot/message/validate/{kind}");
        let valid = json!({ "messages": text("x") });
        assert_eq!(stage.post(&path, &valid).await.ok(), json!({}));
        let refused = stage.post(&path, &json!({ "messages": [] })).await;
        let refused = refused.refused(400, "The request body has 1 error(s)");
        assert_eq!(refused["details"][0]["property"], "messages");
    }
    assert_eq!(usage(&stage).await, 0);
}

#[tokio::test]
async fn aggregation_units_are_remembered() {
    let stage = Stage::set().await;
    let [ann] = friends(&stage, 1).await.try_into().unwrap();
    let push = async |units: Value| {
        let request = json!({ "to": ann, "messages": text("x"), "customAggregationUnits": units });
        stage.post("/v2/bot/message/push", &request).await
    };
    for unit in ["b", "B", "c", "b"] {
        push(json!([unit])).await.ok();
    }
    let request = json!({ "to": [ann], "messages": text("x"), "customAggregationUnits": ["a"] });
    stage.post(MULTICAST, &request).await.ok();
    for (units, property) in [
        (json!(["a", "b"]), "customAggregationUnits"),
        (json!(["a b"]), "customAggregationUnits[0]"),
        (json!(["a".repeat(31)]), "customAggregationUnits[0]"),
    ] {
        let refused = push(units).await;
        let refused = refused.refused(400, "The request body has 1 error(s)");
        assert_eq!(refused["details"][0]["property"], property);
    }

    let info = stage.get("/v2/bot/message/aggregation/info").await.ok();
    assert_eq!(info, json!({ "numOfCustomAggregationUnits": 4 }));
    let list = "/v2/bot/message/aggregation/list";
    let all = stage.get(list).await.ok();
    assert_eq!(
        all,
        json!({ "customAggregationUnits": ["B", "a", "b", "c"] })
    );
    let first = stage.get(&format!("{list}?limit=3")).await.ok();
    let next = first["next"].as_str().unwrap();
    let rest = stage
        .get(&format!("{list}?limit=3&start={next}"))
        .await
        .ok();
    assert_eq!(rest, json!({ "customAggregationUnits": ["c"] }));
}

#[tokio::test]
async fn rates_are_limited_where_it_is_asked_for() {
    let stage = Stage::set().await;
    let request = json!({ "messages": text("x") });
    for _ in 0..61 {
        stage.post(BROADCAST, &request).await.ok();
    }
    settle(&stage, json!({ "rateLimits": true })).await;
    for _ in 0..60 {
        stage.post(BROADCAST, &request).await.ok();
    }
    let reason = "The API rate limit has been exceeded. Try again later.";
    stage.post(BROADCAST, &request).await.refused(429, reason);
    // Another operation has a limit of its own.
    assert_eq!(stage.post(NARROWCAST, &request).await.status, 202);
}

/// As LINE's edge has done.
#[tokio::test]
async fn a_request_tells_its_length() {
    let stage = Stage::set().await;
    let leave = stage.call(Method::POST, "/v2/bot/room/R1/leave");
    assert_eq!(leave.send().await.unwrap().status(), 411);
}
