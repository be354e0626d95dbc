//! Rich menus: the objects, their images, who sees which, aliases and batches.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Stage, answer};

const MENU: &str = "/v2/bot/richmenu";
const ALIAS: &str = "/v2/bot/richmenu/alias";
const DEFAULT: &str = "/v2/bot/user/all/richmenu";

/// Not a whole picture: only its size is looked at.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(width.to_be_bytes());
    png.extend(height.to_be_bytes());
    png
}

fn menu(actions: &[Value]) -> Value {
    let bounds = json!({ "x": 0, "y": 0, "width": 833, "height": 843 });
    let area = |action| json!({ "bounds": bounds, "action": action });
    json!({
        "size": { "width": 2500, "height": 843 }, "selected": true, "name": "Menu",
        "chatBarText": "Tap", "areas": actions.iter().map(area).collect::<Vec<_>>(),
    })
}

async fn create(stage: &Stage, actions: &[Value]) -> String {
    let created = stage.post(MENU, &menu(actions)).await.ok();
    created["richMenuId"].as_str().unwrap().to_owned()
}

async fn upload(stage: &Stage, id: &str, content_type: &str, image: Vec<u8>) -> Answer {
    let path = format!("{MENU}/{id}/content");
    let call = stage.call(Method::POST, &path);
    answer(call.header("content-type", content_type).body(image)).await
}

/// A rich menu with an image.
async fn ready(stage: &Stage, actions: &[Value]) -> String {
    let id = create(stage, actions).await;
    upload(stage, &id, "image/png", png(2500, 843)).await.ok();
    id
}

async fn friend(stage: &Stage, name: &str) -> String {
    let user = stage.user(name).await;
    stage
        .act(json!([{ "as": user, "event": { "type": "follow" } }]))
        .await;
    stage.receiver.next().await;
    user
}

async fn call(stage: &Stage, method: Method, path: &str) -> Answer {
    answer(stage.call(method, path)).await
}

async fn link(stage: &Stage, user: &str, id: &str) -> Answer {
    let path = format!("/v2/bot/user/{user}/richmenu/{id}");
    call(stage, Method::POST, &path).await
}

async fn linked(stage: &Stage, user: &str) -> Value {
    let path = format!("/v2/bot/user/{user}/richmenu");
    stage.get(&path).await.body["richMenuId"].clone()
}

async fn seen(stage: &Stage, user: &str) -> Value {
    let path = format!("/bots/{}/users/{user}/richMenu", stage.bot_id());
    stage.control_get(&path).await.body["richMenuId"].clone()
}

#[tokio::test]
async fn a_rich_menu_is_made_read_and_deleted() {
    let stage = Stage::set().await;
    let id = create(&stage, &[]).await;
    let mut expected = menu(&[]);
    expected["richMenuId"] = id.as_str().into();
    let path = format!("{MENU}/{id}");
    assert_eq!(stage.get(&path).await.ok(), expected);
    let list = format!("{MENU}/list");
    assert_eq!(
        stage.get(&list).await.ok(),
        json!({ "richmenus": [expected] })
    );
    call(&stage, Method::DELETE, &path).await.ok();
    call(&stage, Method::DELETE, &path)
        .await
        .refused(404, "Not found");
    stage.get(&path).await.refused(404, "Not found");
    assert_eq!(stage.get(&list).await.ok(), json!({ "richmenus": [] }));
}

#[tokio::test]
async fn what_is_wrong_with_a_rich_menu_is_said() {
    let stage = Stage::set().await;
    let switch = json!({ "type": "richmenuswitch", "data": "d" });
    let mut wrong = menu(&[switch]);
    wrong["size"] = json!({ "width": 800, "height": 552 });
    wrong["chatBarText"] = "fifteen letters".into();
    let path = format!("{MENU}/validate");
    for path in [MENU, &path] {
        let refused = stage.post(path, &wrong).await;
        let refused = refused.refused(400, "The request body has 3 error(s)");
        let properties: Vec<_> = refused["details"]
            .as_array()
            .unwrap()
            .iter()
            .map(|detail| detail["property"].as_str().unwrap())
            .collect();
        assert_eq!(
            properties,
            ["size", "chatBarText", "areas[0].action.richMenuAliasId"]
        );
    }
    let right = menu(&[json!({ "type": "message", "text": "hi" })]);
    assert_eq!(stage.post(&path, &right).await.ok(), json!({}));
}

#[tokio::test]
async fn an_image_is_checked_and_set_once() {
    let stage = Stage::set().await;
    let id = create(&stage, &[]).await;
    let path = format!("{MENU}/{id}/content");
    stage.get(&path).await.refused(404, "Not found");

    let wrong = "The image size is not allowed for richmenu";
    let mut heavy = png(2500, 843);
    heavy.resize(1024 * 1024 + 1, 0);
    for image in [png(799, 400), png(2501, 843), png(800, 552), heavy, vec![]] {
        upload(&stage, &id, "image/png", image)
            .await
            .refused(400, wrong);
    }
    upload(&stage, &id, "image/gif", png(2500, 843))
        .await
        .refused(415, "The content type, image/gif, is not supported");

    upload(&stage, &id, "image/png", png(2500, 843)).await.ok();
    upload(&stage, &id, "image/png", png(2500, 843))
        .await
        .refused(400, "An image has already been uploaded to the richmenu");
    let image = stage.call(Method::GET, &path).send().await.unwrap();
    assert_eq!(image.headers()["content-type"], "image/png");
    assert_eq!(image.bytes().await.unwrap(), png(2500, 843));

    let unknown = format!("richmenu-{}", "0".repeat(32));
    upload(&stage, &unknown, "image/png", png(2500, 843))
        .await
        .refused(404, "Not found");
}

#[tokio::test]
async fn a_users_own_menu_is_seen_before_the_default() {
    let stage = Stage::set().await;
    let user = friend(&stage, "Ann").await;
    stage.get(DEFAULT).await.refused(404, "no default richmenu");
    let bare = create(&stage, &[]).await;
    let no_image = "must upload richmenu image before applying it to user";
    let refused = call(&stage, Method::POST, &format!("{DEFAULT}/{bare}")).await;
    assert_eq!(refused.refused(400, no_image)["details"], json!([]));
    link(&stage, &user, &bare).await.refused(400, no_image);

    let (everyone, hers) = (ready(&stage, &[]).await, ready(&stage, &[]).await);
    call(&stage, Method::POST, &format!("{DEFAULT}/{everyone}"))
        .await
        .ok();
    assert_eq!(stage.get(DEFAULT).await.ok()["richMenuId"], everyone);
    assert_eq!(seen(&stage, &user).await, everyone);
    stage
        .get(&format!("/v2/bot/user/{user}/richmenu"))
        .await
        .refused(404, "the user has no richmenu");

    link(&stage, &user, &hers).await.ok();
    assert_eq!(linked(&stage, &user).await, hers);
    assert_eq!(seen(&stage, &user).await, hers);

    // A deleted menu is linked to nobody.
    call(&stage, Method::DELETE, &format!("{MENU}/{hers}"))
        .await
        .ok();
    assert_eq!(seen(&stage, &user).await, everyone);
    call(&stage, Method::DELETE, DEFAULT).await.ok();
    assert_eq!(seen(&stage, &user).await, Value::Null);
}

#[tokio::test]
async fn only_friends_are_linked() {
    let stage = Stage::set().await;
    let (ann, ben) = (friend(&stage, "Ann").await, stage.user("Ben").await);
    let id = ready(&stage, &[]).await;
    link(&stage, &ben, &id).await.ok();
    assert_eq!(linked(&stage, &ben).await, Value::Null);
    link(&stage, "Ben", &id)
        .await
        .refused(400, "The value for the 'userId' parameter is invalid");

    let bulk = |ids: Value| json!({ "richMenuId": id, "userIds": ids });
    let path = format!("{MENU}/bulk/link");
    let answer = stage.post(&path, &bulk(json!([ann, ben]))).await;
    assert_eq!((answer.status, answer.body), (202, json!({})));
    assert_eq!(linked(&stage, &ann).await, id);
    assert_eq!(linked(&stage, &ben).await, Value::Null);

    let invalid = "The property, 'userIds[1]', in the request body is invalid (line: -, column: -)";
    let wrong = bulk(json!([ann, "Ben"]));
    stage.post(&path, &wrong).await.refused(400, invalid);
    let many = bulk(json!(vec![&ann; 501]));
    assert_eq!(stage.post(&path, &many).await.status, 400);
    let unknown = json!({ "richMenuId": format!("richmenu-{}", "0".repeat(32)), "userIds": [ann] });
    stage
        .post(&path, &unknown)
        .await
        .refused(404, "richmenu not found");

    let unlink = format!("{MENU}/bulk/unlink");
    let answer = stage.post(&unlink, &json!({ "userIds": [ann] })).await;
    assert_eq!(answer.status, 202);
    assert_eq!(linked(&stage, &ann).await, Value::Null);
}

#[tokio::test]
async fn a_batch_replaces_each_link_once() {
    let stage = Stage::set().await;
    let (ann, ben) = (friend(&stage, "Ann").await, friend(&stage, "Ben").await);
    let (a, b, c) = (
        ready(&stage, &[]).await,
        ready(&stage, &[]).await,
        ready(&stage, &[]).await,
    );
    link(&stage, &ann, &a).await.ok();
    link(&stage, &ben, &b).await.ok();
    let turn = |from: &str, to: &str| json!({ "type": "link", "from": from, "to": to });
    let batch = json!({ "operations": [turn(&a, &b), turn(&b, &c)], "resumeRequestKey": "k" });
    let path = format!("{MENU}/batch");
    let accepted = stage.post(&path, &batch).await;
    assert_eq!(accepted.status, 202);
    assert_eq!(linked(&stage, &ann).await, b);
    assert_eq!(linked(&stage, &ben).await, c);

    let request_id = accepted.header("x-line-request-id");
    let progress = format!("{MENU}/progress/batch?requestId=");
    let done = stage.get(&format!("{progress}{request_id}")).await.ok();
    assert_eq!(done["phase"], "succeeded");
    assert!(done["acceptedTime"].is_string() && done["completedTime"].is_string());
    stage
        .get(&format!("{progress}f70dd685-499a-4231-a441-f24b8d4fba21"))
        .await
        .refused(404, "Not found");
    assert_eq!(stage.get(&progress).await.status, 400);

    // Nothing is left to do for the same key.
    assert_eq!(stage.post(&path, &batch).await.status, 202);
    assert_eq!(linked(&stage, &ann).await, b);

    let all = json!({ "operations": [{ "type": "unlinkAll" }] });
    assert_eq!(stage.post(&path, &all).await.status, 202);
    assert_eq!(linked(&stage, &ann).await, Value::Null);
}

#[tokio::test]
async fn a_batch_is_checked_first() {
    let stage = Stage::set().await;
    let (id, bare) = (ready(&stage, &[]).await, create(&stage, &[]).await);
    let unknown = format!("richmenu-{}", "0".repeat(32));
    let unlink = |from: &str| json!({ "type": "unlink", "from": from });
    let detail = |refused: Value| {
        let detail = &refused["details"][0];
        format!(
            "{}: {}",
            detail["property"].as_str().unwrap(),
            detail["message"].as_str().unwrap()
        )
    };
    for path in ["batch", "validate/batch"] {
        let path = format!("{MENU}/{path}");
        let post = |operations: Value| {
            let (stage, path) = (&stage, &path);
            async move { stage.post(path, &json!({ "operations": operations })).await }
        };
        let one = "The request body has 1 error(s)";
        let twice = post(json!([unlink(&id), unlink(&id)])).await;
        assert_eq!(
            detail(twice.refused(400, one)),
            format!("operations[].from: from richmenu ({id}) is duplicated")
        );
        let mixed = post(json!([unlink(&id), { "type": "unlinkAll" }])).await;
        assert_eq!(
            detail(mixed.refused(400, one)),
            "operations[].type: 'unlinkAll' type can't be combined with other type"
        );
        let malformed = post(json!([unlink("menu")])).await;
        assert_eq!(
            detail(malformed.refused(400, one)),
            "operations[0].from: invalid richMenuId"
        );
        let unknown_menu = post(json!([unlink(&unknown)])).await;
        assert_eq!(
            detail(unknown_menu.refused(404, one)),
            format!("operations[0].from: Richmenu ({unknown}) is not found")
        );
        let to_bare = post(json!([{ "type": "link", "from": id, "to": bare }])).await;
        assert_eq!(
            detail(to_bare.refused(400, one)),
            format!("operations[0].to: 'to' richmenu ({bare}) must have image but it doesn't")
        );
    }
    let right = json!({ "operations": [unlink(&id)] });
    let path = format!("{MENU}/validate/batch");
    assert_eq!(stage.post(&path, &right).await.ok(), json!({}));
}

#[tokio::test]
async fn aliases_are_kept() {
    let stage = Stage::set().await;
    let (a, b) = (ready(&stage, &[]).await, ready(&stage, &[]).await);
    let bare = create(&stage, &[]).await;
    let alias = |id: &str| json!({ "richMenuAliasId": "tab-1", "richMenuId": id });
    stage
        .post(ALIAS, &alias(&bare))
        .await
        .refused(400, "richmenu not found");
    let upper = json!({ "richMenuAliasId": "Tab", "richMenuId": a });
    assert_eq!(stage.post(ALIAS, &upper).await.status, 400);

    let path = format!("{ALIAS}/tab-1");
    let target = json!({ "richMenuId": b });
    let none = "richmenu alias not found";
    stage.post(&path, &target).await.refused(404, none);
    stage.get(&path).await.refused(404, none);

    stage.post(ALIAS, &alias(&a)).await.ok();
    stage
        .post(ALIAS, &alias(&a))
        .await
        .refused(400, "conflict richmenu alias id");
    stage.post(&path, &target).await.ok();
    assert_eq!(stage.get(&path).await.ok(), alias(&b));
    assert_eq!(
        stage.get(&format!("{ALIAS}/list")).await.ok(),
        json!({ "aliases": [alias(&b)] })
    );
    call(&stage, Method::DELETE, &path).await.ok();
    call(&stage, Method::DELETE, &path).await.refused(404, none);
    assert_eq!(stage.get(&format!("{ALIAS}/Tab")).await.status, 400);
}

#[tokio::test]
async fn a_tap_reaches_the_bot() {
    let stage = Stage::set().await;
    let user = friend(&stage, "Ann").await;
    let switch = json!({ "type": "richmenuswitch", "richMenuAliasId": "other", "data": "to" });
    let first = ready(
        &stage,
        &[
            json!({ "type": "message", "text": "hi" }),
            switch,
            json!({ "type": "datetimepicker", "data": "when", "mode": "date" }),
        ],
    )
    .await;
    let other = ready(&stage, &[]).await;
    link(&stage, &user, &first).await.ok();
    let path = format!("/bots/{}/users/{user}/richMenu/taps", stage.bot_id());
    let tap = |tap: Value| {
        let (stage, path) = (&stage, &path);
        async move {
            stage.control(Method::POST, path, &tap).await.ok();
            stage.receiver.events().await.remove(0)
        }
    };

    let event = tap(json!({ "area": 0 })).await;
    assert_eq!(
        (&event["type"], &event["message"]["text"]),
        (&json!("message"), &json!("hi"))
    );
    assert_eq!(event["source"]["userId"], user);
    let picked = json!({ "date": "2026-01-31" });
    let event = tap(json!({ "area": 2, "params": picked })).await;
    assert_eq!(
        event["postback"],
        json!({ "data": "when", "params": picked })
    );

    let event = tap(json!({ "area": 1 })).await;
    let missing = json!({ "data": "to", "params": { "status": "RICHMENU_ALIAS_ID_NOTFOUND" } });
    assert_eq!(event["postback"], missing);
    assert_eq!(seen(&stage, &user).await, first);

    let alias = json!({ "richMenuAliasId": "other", "richMenuId": other });
    stage.post(ALIAS, &alias).await.ok();
    let event = tap(json!({ "area": 1 })).await;
    let params = json!({ "newRichMenuAliasId": "other", "status": "SUCCESS" });
    assert_eq!(event["postback"], json!({ "data": "to", "params": params }));
    assert!(event["replyToken"].is_string());
    assert_eq!(seen(&stage, &user).await, other);

    let tap = json!({ "area": 0 });
    stage
        .control(Method::POST, &path, &tap)
        .await
        .refused(404, "no area 0");
}
