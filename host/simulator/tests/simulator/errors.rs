//! What LINE answers to calls that it refuses, in its words: status, text and details of its
//! reference, one row for each.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Stage, answer};

/// One error with its property.
fn one_error(property: &str, message: &str) -> Value {
    json!({
        "message": "The request body has 1 error(s)",
        "details": [{ "message": message, "property": property }],
    })
}

fn message(text: &str) -> Value {
    json!({ "message": text })
}

/// An error of an audience, which has a code.
fn coded(text: &str, code: &str) -> Value {
    json!({ "message": text, "details": [{ "message": code }] })
}

fn coupon(properties: Value) -> Value {
    let mut coupon = json!({
        "title": "Tea",
        "maxUseCountPerTicket": 1,
        "timezone": "ASIA_TOKYO",
        "visibility": "UNLISTED",
        "startTimestamp": 0,
        "endTimestamp": 4_102_444_799_u64,
        "acquisitionCondition": { "type": "normal" },
    });
    for (name, value) in properties.as_object().unwrap() {
        coupon[name] = value.clone();
    }
    coupon
}

fn rich_menu(properties: Value) -> Value {
    let mut menu = json!({
        "size": { "width": 2500, "height": 1686 },
        "selected": false,
        "name": "Menu",
        "chatBarText": "Tap",
        "areas": [],
    });
    for (name, value) in properties.as_object().unwrap() {
        menu[name] = value.clone();
    }
    menu
}

#[tokio::test]
async fn refusals_have_lines_words() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let group = stage.group("group", &[&ann]).await;
    stage
        .act(json!([{ "as": ann, "event": { "type": "follow" } }]))
        .await;
    let nobody = format!("U{}", "0".repeat(32));
    let no_group = format!("C{}", "0".repeat(32));
    let no_room = format!("R{}", "0".repeat(32));
    let no_menu = format!("richmenu-{}", "0".repeat(32));
    let menu = stage.post("/v2/bot/richmenu", &rich_menu(json!({}))).await;
    let menu = menu.ok()["richMenuId"].as_str().unwrap().to_owned();
    let closed = stage.post("/v2/bot/coupon", &coupon(json!({}))).await;
    let closed = closed.ok()["couponId"].as_str().unwrap().to_owned();
    let close = format!("/v2/bot/coupon/{closed}/close");
    answer(stage.call(Method::PUT, &close)).await.ok();
    let parameter =
        |name: &str| message(&format!("The value for the '{name}' parameter is invalid"));
    let property = |name: &str| {
        let text =
            format!("The property, {name}, in the request body is invalid (line: -, column: -)");
        message(&text)
    };
    let undetailed = |text: &str| json!({ "message": text, "details": [] });
    let long_name = "a".repeat(121);
    let reward = |reward: Value| coupon(json!({ "reward": reward }));

    for (call, request, status, expected) in [
        // Webhook.
        (
            "PUT /v2/bot/channel/webhook/endpoint",
            json!({ "endpoint": "nowhere" }),
            400,
            message("Invalid webhook endpoint URL"),
        ),
        (
            "POST /v2/bot/channel/webhook/test",
            json!({ "endpoint": "http://no-such-host.invalid/" }),
            400,
            message("Invalid webhook endpoint URL"),
        ),
        // Contents.
        (
            "GET /v2/bot/message/1/content",
            json!(null),
            404,
            message("not found"),
        ),
        (
            "GET /v2/bot/message/1/content/preview",
            json!(null),
            404,
            message("not found"),
        ),
        (
            "GET /v2/bot/message/1/content/transcoding",
            json!(null),
            404,
            message("not found"),
        ),
        // Sending.
        (
            "POST /v2/bot/message/reply",
            json!({ "replyToken": "r", "messages": [{ "type": "text", "text": "t" }] }),
            400,
            message("Invalid reply token"),
        ),
        (
            "POST /v2/bot/message/push",
            json!({ "to": "nonsense", "messages": [{ "type": "text", "text": "t" }] }),
            400,
            property("'to'"),
        ),
        (
            "POST /v2/bot/message/push",
            json!({ "to": nobody, "messages": [{ "type": "text", "text": "t" }] }),
            400,
            message("Failed to send messages"),
        ),
        (
            "POST /v2/bot/message/multicast",
            json!({ "to": [ann, nobody], "messages": [{ "type": "text", "text": "t" }] }),
            400,
            property("to[1]"),
        ),
        (
            "POST /v2/bot/message/broadcast",
            json!({ "messages": [{ "text": "t" }] }),
            400,
            one_error("messages[0].type", "May not be empty"),
        ),
        (
            "POST /v2/bot/message/validate/reply",
            json!({ "messages": vec![json!({ "type": "text", "text": "t" }); 6] }),
            400,
            one_error("messages", "Size must be between 1 and 5"),
        ),
        (
            "GET /v2/bot/message/delivery/push?date=x",
            json!(null),
            400,
            parameter("date"),
        ),
        // Marks, animations.
        (
            "POST /v2/bot/chat/markAsRead",
            json!({ "markAsReadToken": "t" }),
            400,
            message(
                "Invalid markAsReadToken. Tokens must be used by the bot that received them via \
                 Webhook.",
            ),
        ),
        (
            "POST /v2/bot/message/markAsRead",
            json!({ "chat": { "userId": "nonsense" } }),
            400,
            property("'chat.chatId'"),
        ),
        (
            "POST /v2/bot/chat/loading/start",
            json!({ "chatId": ann, "loadingSeconds": 3 }),
            400,
            json!({ "message": "The request body has 2 error(s)", "details": [
                { "message": "Must be between 5 and 60", "property": "loadingSeconds" },
                { "message": "must be a multiple of five", "property": "loadingSeconds" },
            ]}),
        ),
        (
            "POST /v2/bot/chat/loading/start",
            json!({ "chatId": group }),
            400,
            one_error(
                "chatId",
                "Only user id is acceptable, please confirm if there are any group/room ids or \
                 illegal ids.",
            ),
        ),
        // Profiles, groups and rooms.
        (
            "GET /v2/bot/profile/nonsense",
            json!(null),
            400,
            parameter("userId"),
        ),
        (
            &format!("GET /v2/bot/profile/{nobody}"),
            json!(null),
            404,
            message("Not found"),
        ),
        (
            &format!("GET /v2/bot/group/nonsense/member/{ann}"),
            json!(null),
            400,
            parameter("groupId"),
        ),
        (
            &format!("GET /v2/bot/room/nonsense/member/{ann}"),
            json!(null),
            400,
            parameter("roomId"),
        ),
        (
            &format!("GET /v2/bot/group/{no_group}/member/{ann}"),
            json!(null),
            404,
            message("Not found"),
        ),
        (
            &format!("GET /v2/bot/group/{no_group}/summary"),
            json!(null),
            404,
            message("Not found"),
        ),
        (
            &format!("GET /v2/bot/room/{no_room}/members/count"),
            json!(null),
            404,
            message("Not found"),
        ),
        (
            "GET /v2/bot/followers/ids?start=x",
            json!(null),
            400,
            message("Invalid start param"),
        ),
        // Rich menus.
        (
            "POST /v2/bot/richmenu",
            rich_menu(json!({ "name": null })),
            400,
            one_error("name", "must be specified"),
        ),
        (
            "POST /v2/bot/richmenu/validate",
            rich_menu(json!({ "areas": [{
                "bounds": { "x": 0, "y": 0, "width": 1, "height": 1 },
                "action": { "type": "uri", "uri": "ftp://example.com" },
            }]})),
            400,
            one_error("areas[0].action.uri", "invalid uri"),
        ),
        (
            &format!("GET /v2/bot/richmenu/{no_menu}"),
            json!(null),
            404,
            message("Not found"),
        ),
        (
            &format!("POST /v2/bot/user/all/richmenu/{menu}"),
            json!(""),
            400,
            undetailed("must upload richmenu image before applying it to user"),
        ),
        (
            "GET /v2/bot/user/all/richmenu",
            json!(null),
            404,
            undetailed("no default richmenu"),
        ),
        (
            &format!("GET /v2/bot/user/{ann}/richmenu"),
            json!(null),
            404,
            undetailed("the user has no richmenu"),
        ),
        (
            "POST /v2/bot/richmenu/bulk/link",
            json!({ "richMenuId": menu, "userIds": ["nonsense"] }),
            400,
            property("'userIds[0]'"),
        ),
        (
            "POST /v2/bot/richmenu/bulk/link",
            json!({ "richMenuId": "nonsense", "userIds": [ann] }),
            400,
            one_error("richMenuId", "invalid richMenuId"),
        ),
        (
            "POST /v2/bot/richmenu/bulk/link",
            json!({ "richMenuId": no_menu, "userIds": [ann] }),
            404,
            undetailed("richmenu not found"),
        ),
        (
            "POST /v2/bot/richmenu/validate/batch",
            json!({ "operations": [{ "type": "unlink", "from": no_menu }] }),
            404,
            one_error(
                "operations[0].from",
                &format!("Richmenu ({no_menu}) is not found"),
            ),
        ),
        (
            "POST /v2/bot/richmenu/validate/batch",
            json!({ "operations": [{ "type": "link", "from": menu, "to": menu }] }),
            400,
            one_error(
                "operations[0].to",
                &format!("'to' richmenu ({menu}) must have image but it doesn't"),
            ),
        ),
        (
            "POST /v2/bot/richmenu/alias",
            json!({ "richMenuAliasId": "a", "richMenuId": menu }),
            400,
            undetailed("richmenu not found"),
        ),
        (
            "GET /v2/bot/richmenu/alias/a",
            json!(null),
            404,
            undetailed("richmenu alias not found"),
        ),
        // Insights.
        (
            "GET /v2/bot/insight/followers",
            json!(null),
            400,
            message("date is required"),
        ),
        (
            "GET /v2/bot/insight/followers?date=1",
            json!(null),
            400,
            message("Bad Request"),
        ),
        (
            "GET /v2/bot/insight/message/delivery?date=1",
            json!(null),
            400,
            message("Bad Request"),
        ),
        (
            "GET /v2/bot/insight/message/event/aggregation?from=20260101&to=20260102",
            json!(null),
            400,
            json!({ "message": null, "key": null, "stacktrace": null, "code": null }),
        ),
        (
            &format!("GET /v2/bot/insight/richmenu/{menu}/daily?from=20260102"),
            json!(null),
            400,
            message("Bad Request"),
        ),
        (
            &format!("GET /v2/bot/insight/richmenu/{menu}/daily?from=20260102&to=20260101"),
            json!(null),
            400,
            message("Parameter to must be the same date as, or after parameter from."),
        ),
        (
            &format!("GET /v2/bot/insight/richmenu/{menu}/daily?from=20260101&to=20260411"),
            json!(null),
            400,
            message("Date range exceeds. Max range is 99 days."),
        ),
        (
            &format!("GET /v2/bot/insight/richmenu/{menu}/summary?from=20250101&to=20260202"),
            json!(null),
            400,
            message("Date range exceeds. Max range is 396 days."),
        ),
        // Audiences.
        (
            "POST /v2/bot/audienceGroup/upload",
            json!({ "description": long_name }),
            400,
            coded(
                "size over audienceGroupName",
                "AUDIENCE_GROUP_NAME_SIZE_OVER",
            ),
        ),
        (
            "POST /v2/bot/audienceGroup/upload",
            json!({ "description": "  " }),
            400,
            coded("wrong audienceGroupName", "AUDIENCE_GROUP_NAME_WRONG"),
        ),
        (
            "POST /v2/bot/audienceGroup/upload",
            json!({ "description": "a", "audiences": [{ "id": "nonsense" }] }),
            400,
            json!({ "message": "Invalid audience id format", "details": [{
                "message": "UPLOAD_AUDIENCE_GROUP_INVALID_AUDIENCE_ID_FORMAT",
                "property": "audiences",
            }]}),
        ),
        (
            "GET /v2/bot/audienceGroup/1",
            json!(null),
            400,
            coded("audience group not found", "AUDIENCE_GROUP_NOT_FOUND"),
        ),
        (
            "GET /v2/bot/audienceGroup/list?page=1&size=41",
            json!(null),
            400,
            coded("size: must be less than or equal to 40", "TOO_HIGH"),
        ),
        // Coupons.
        (
            "POST /v2/bot/coupon",
            coupon(json!({ "title": "a".repeat(61) })),
            400,
            one_error("title", "Size must be between 1 and 60"),
        ),
        (
            "POST /v2/bot/coupon",
            reward(json!({ "type": "hug" })),
            400,
            one_error(
                "reward.type",
                "Must be one of the following values: [discount,free,gift,cashBack,others]",
            ),
        ),
        (
            "POST /v2/bot/coupon",
            reward(json!({ "type": "discount", "priceInfo":
                { "type": "percentage", "percentage": 1, "fixedAmount": 1 } })),
            400,
            one_error("reward.priceInfo.fixedAmount", "Must not be specified"),
        ),
        (
            "GET /v2/bot/coupon?status=DRAFT,OPEN",
            json!(null),
            400,
            one_error(
                "status",
                "Must be one of the following values: [DRAFT,RUNNING,CLOSED]",
            ),
        ),
        (
            "GET /v2/bot/coupon?limit=101",
            json!(null),
            400,
            one_error("limit", "Must be less than or equal to 100"),
        ),
        (
            "GET /v2/bot/coupon/none",
            json!(null),
            404,
            one_error("", "coupon not found"),
        ),
        (
            &format!("PUT {close}"),
            json!(""),
            410,
            one_error("", "The coupon has already been closed."),
        ),
        // Memberships.
        (
            "GET /v2/bot/membership/list",
            json!(null),
            404,
            message("Membership plan not found"),
        ),
        (
            "GET /v2/bot/membership/1/users/ids",
            json!(null),
            404,
            message("Membership ID is not found"),
        ),
        (
            &format!("GET /v2/bot/membership/subscription/{ann}"),
            json!(null),
            404,
            message("Not found"),
        ),
        // Options of corporate customers.
        (
            "POST /shop/v3/mission",
            json!({ "to": "nonsense", "productId": "1", "productType": "STICKER",
                    "sendPresentMessage": false }),
            400,
            message("invalid request"),
        ),
        (
            "POST /v2/bot/channel/detach",
            json!({ "botId": "nonsense" }),
            400,
            message("user/group/room Id is not available."),
        ),
        (
            "POST /v2/bot/channel/detach",
            json!({ "botId": stage.bot_id() }),
            400,
            message("Specified channel is not detachable"),
        ),
        (
            "POST /v2/bot/chat/nonsense/control/acquire",
            json!({}),
            400,
            parameter("chatId"),
        ),
        (
            "POST /bot/pnp/push",
            json!({ "to": "818000001234", "messages": [{ "type": "text", "text": "t" }] }),
            400,
            one_error("to", "The value must be a valid SHA-256 digest."),
        ),
        (
            "POST /bot/pnp/push",
            json!({ "to": "0".repeat(64), "messages": [{ "type": "text", "text": "t" }] }),
            422,
            message("Failed to send messages"),
        ),
    ] {
        let (method, path) = call.split_once(' ').unwrap();
        let bare = stage.call(method.parse().unwrap(), path);
        let refused = answer(if request.is_null() {
            bare
        } else {
            bare.json(&request)
        })
        .await;
        assert_eq!((refused.status, refused.body), (status, expected), "{call}");
    }
}

/// What is just right is taken.
#[tokio::test]
async fn what_keeps_to_the_rules_is_taken() {
    let stage = Stage::set().await;
    let ann = stage.user("Ann").await;
    let percentage = json!({ "type": "percentage", "percentage": 99, "fixedAmount": null });
    for (path, request) in [
        (
            "/v2/bot/chat/loading/start",
            json!({ "chatId": ann, "loadingSeconds": 60 }),
        ),
        (
            "/v2/bot/audienceGroup/upload",
            json!({ "description": "a".repeat(120) }),
        ),
        (
            "/v2/bot/richmenu",
            rich_menu(json!({ "name": "👨‍👩‍👧‍👦".repeat(300) })),
        ),
        (
            "/v2/bot/coupon",
            coupon(json!({ "title": "a".repeat(60), "reward":
            { "type": "discount", "priceInfo": percentage } })),
        ),
    ] {
        let taken = stage.post(path, &request).await;
        assert!(taken.status < 300, "{path}: {}", taken.body);
    }
    for path in [
        "/v2/bot/coupon?status=DRAFT,RUNNING&limit=100",
        "/v2/bot/coupon?status=DRAFT&status=RUNNING",
        "/v2/bot/audienceGroup/list?page=1&size=40",
    ] {
        stage.get(path).await.ok();
    }
    let narrowcast = json!({
        "messages": [{ "type": "text", "text": "t" }],
        "filter": null,
        "recipient": { "type": "operator", "or": null, "and": null,
                       "not": { "type": "audience", "audienceGroupId": 1 } },
    });
    let taken = stage.post("/v2/bot/message/narrowcast", &narrowcast).await;
    taken.refused(400, "Invalid audience group id: 1");
}

/// A path is LINE's to the letter, or leads nowhere.
#[tokio::test]
async fn inexact_paths_lead_nowhere() {
    let stage = Stage::set().await;
    stage.get("/v2/bot/info").await.ok();
    for path in [
        "/v2/bot/info/",
        "//v2/bot/info",
        "/v2//bot/info",
        "/V2/bot/info",
        "/v2/bot/Info",
        "/v2/bot/%69nfo",
        "/v2/bot/info;a=b",
        "/v2/bot/profile/",
        "/v1/bot/info",
    ] {
        stage.get(path).await.refused(404, "Not found");
    }
}
