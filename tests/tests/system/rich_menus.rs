//! Rich menus: made, with images, named, and shown to users.

use botbox_tests::Stage;
use serde_json::json;

const INVALID: &str = "ErrorKind::Invalid";
const NOT_FOUND: &str = "ErrorKind::NotFound";

/// A friend of the bot.
async fn stage() -> Stage {
    let stage = Stage::with("probe").await;
    stage.befriend(&stage.user).await;
    stage
}

/// A rich menu without an image.
async fn create(stage: &Stage) -> String {
    let id = stage.ask("create-rich-menu 2500").await;
    assert!(id.starts_with("richmenu-"), "{id}");
    id
}

/// A rich menu that can be shown.
async fn ready(stage: &Stage) -> String {
    let id = create(stage).await;
    let image = format!("set-rich-menu-image {id} image/png 100");
    assert_eq!(stage.ask(&image).await, "()");
    id
}

#[tokio::test]
async fn rich_menus_are_made_read_and_deleted() {
    let stage = stage().await;
    let id = create(&stage).await;
    let menu = stage.ask("rich-menu").await;
    let existing = format!("ExistingRichMenu {{ rich-menu-id: \"{id}\", menu: {menu} }}");
    let get = format!("get-rich-menu {id}");
    assert_eq!(stage.ask(&get).await, existing, "with all its actions");
    let calls = stage.line.calls(&stage.bot, "/v2/bot/richmenu").await;
    assert!(calls[0]["body"].to_string().contains("richmenuswitch"));
    let list = stage.ask("get-rich-menu-list").await;
    assert_eq!(list, format!("[{existing}]"));

    let delete = format!("delete-rich-menu {id}");
    assert_eq!(stage.ask(&delete).await, "()");
    assert_eq!(stage.ask(&get).await, NOT_FOUND);
    assert_eq!(stage.ask(&delete).await, NOT_FOUND);
    assert_eq!(stage.ask("get-rich-menu-list").await, "[]");
}

#[tokio::test]
async fn rich_menus_are_validated() {
    let stage = stage().await;
    assert_eq!(stage.ask("validate-rich-menu-object 2500").await, "()");
    assert_eq!(stage.ask("validate-rich-menu-object 1").await, INVALID);
    stage.host.log.expect("detail of \"size.width\"").await;
    assert_eq!(stage.ask("create-rich-menu 1").await, INVALID);
    assert_eq!(stage.ask("get-rich-menu-list").await, "[]");
}

/// LINE grows: what this version does not know comes as it is.
#[tokio::test]
async fn rich_menus_with_unknown_actions_are_read() {
    let stage = stage().await;
    let bounds = json!({"x": 0, "y": 0, "width": 1, "height": 1});
    let action = json!({"to": "the moon", "type": "teleport"});
    let menu = json!({
        "richMenuId": "richmenu-1", "size": {"width": 2500, "height": 843},
        "areas": [{"bounds": bounds, "action": action, "novel": true}],
    });
    let answer = json!({"status": 200, "body": menu});
    stage.line.fault("getRichMenu", 1, answer).await;
    let read = stage.ask("get-rich-menu richmenu-1").await;
    let raw = format!("Action::RawJson({:?})", action.to_string());
    assert!(read.contains(&raw), "{raw} in {read}");
}

#[tokio::test]
async fn rich_menu_images_go_there_and_back() {
    let stage = stage().await;
    let id = create(&stage).await;
    let get = format!("get-rich-menu-image {id}");
    assert_eq!(stage.ask(&get).await, NOT_FOUND);
    // More than one piece.
    let set = format!("set-rich-menu-image {id} image/png 200000");
    assert_eq!(stage.ask(&set).await, "()");
    assert_eq!(stage.ask(&get).await, "(\"image/png\", 200000)");
    assert_eq!(stage.ask(&set).await, INVALID, "it has one");
}

#[tokio::test]
async fn rich_menu_images_that_are_refused() {
    let stage = stage().await;
    let id = create(&stage).await;
    let set = |rest: &str| format!("set-rich-menu-image {id} {rest}");
    assert_eq!(stage.ask(&set("image/gif 100")).await, INVALID);
    let unknown = "set-rich-menu-image richmenu-0 image/png 100";
    assert_eq!(stage.ask(unknown).await, NOT_FOUND);
    let asked = stage.line.calls(&stage.bot, "/content").await.len();
    // The host's limits: LINE is not asked.
    let large = (1 << 20) + 1;
    assert_eq!(
        stage.ask(&set(&format!("image/png {large}"))).await,
        INVALID
    );
    stage.host.log.expect("LINE takes 1048576 at most").await;
    let path = "set-rich-menu-image ../alias image/png 100";
    assert_eq!(stage.ask(path).await, INVALID);
    let hoard = stage.ask(&format!("hoard-images {id}")).await;
    assert_eq!(hoard, "ErrorKind::Other after 4");
    assert_eq!(stage.line.calls(&stage.bot, "/content").await.len(), asked);

    assert_eq!(stage.ask(&format!("finish-twice {id}")).await, INVALID);
    let calls = stage.line.calls(&stage.bot, "/content").await;
    assert_eq!(calls.len(), asked + 1, "the second time, nothing is sent");
    // What is as large as may be is taken.
    assert_eq!(stage.ask(&set("image/png 1048576")).await, "()");
    let other = create(&stage).await;
    let more = format!("write-after-finish {other}");
    assert_eq!(stage.ask(&more).await, INVALID);
    let image = stage.ask(&format!("get-rich-menu-image {other}")).await;
    assert_eq!(image, "(\"image/png\", 100)", "what was finished is there");
}

#[tokio::test]
async fn rich_menu_default_is_set_and_cancelled() {
    let stage = stage().await;
    let id = ready(&stage).await;
    let seen = async || stage.line.rich_menu(&stage.bot, &stage.user).await;
    assert_eq!(stage.ask("get-default-rich-menu-id").await, "None");
    assert_eq!(
        stage.ask(&format!("set-default-rich-menu {id}")).await,
        "()"
    );
    let default = stage.ask("get-default-rich-menu-id").await;
    assert_eq!(default, format!("Some(\"{id}\")"));
    assert_eq!(seen().await, Some(id));
    assert_eq!(stage.ask("cancel-default-rich-menu").await, "()");
    assert_eq!(stage.ask("get-default-rich-menu-id").await, "None");
    assert_eq!(seen().await, None);

    let unready = create(&stage).await;
    let set = format!("set-default-rich-menu {unready}");
    assert_eq!(stage.ask(&set).await, INVALID, "it has no image");
    let away = json!({"status": 500});
    stage.line.fault("getDefaultRichMenuId", 3, away).await;
    let default = stage.ask("get-default-rich-menu-id").await;
    assert_eq!(default, "ErrorKind::Unavailable", "which is not none");
}

#[tokio::test]
async fn rich_menu_aliases_are_names() {
    let stage = stage().await;
    let (one, two) = (ready(&stage).await, ready(&stage).await);
    let alias = |id: &str| {
        format!("RichMenuAlias {{ rich-menu-alias-id: \"main\", rich-menu-id: \"{id}\" }}")
    };
    let create = format!("create-rich-menu-alias main {one}");
    assert_eq!(stage.ask(&create).await, "()");
    assert_eq!(stage.ask(&create).await, INVALID, "it is taken");
    assert_eq!(stage.ask("get-rich-menu-alias main").await, alias(&one));
    let update = format!("update-rich-menu-alias main {two}");
    assert_eq!(stage.ask(&update).await, "()");
    let list = stage.ask("get-rich-menu-alias-list").await;
    assert_eq!(list, format!("[{}]", alias(&two)));
    assert_eq!(stage.ask("delete-rich-menu-alias main").await, "()");
    assert_eq!(stage.ask("get-rich-menu-alias main").await, NOT_FOUND);
    assert_eq!(stage.ask("get-rich-menu-alias-list").await, "[]");
}

#[tokio::test]
async fn rich_menus_are_linked_to_users() {
    let stage = stage().await;
    let id = ready(&stage).await;
    let user = &stage.user.id;
    let other = stage.friend("Ben").await;
    let seen = async |user| stage.line.rich_menu(&stage.bot, user).await;
    let get = format!("get-rich-menu-id-of-user {user}");
    let shown = format!("Some(\"{id}\")");

    assert_eq!(stage.ask(&get).await, "None");
    let link = format!("link-rich-menu-id-to-user {user} {id}");
    assert_eq!(stage.ask(&link).await, "()");
    assert_eq!(stage.ask(&get).await, shown);
    assert_eq!(seen(&stage.user).await, Some(id.clone()));
    let unlink = format!("unlink-rich-menu-id-from-user {user}");
    assert_eq!(stage.ask(&unlink).await, "()");
    assert_eq!(stage.ask(&get).await, "None");

    let link = format!("link-rich-menu-id-to-users {id} {user} {}", other.id);
    assert_eq!(stage.ask(&link).await, "()");
    assert_eq!(seen(&stage.user).await, Some(id.clone()));
    assert_eq!(seen(&other).await, Some(id.clone()));
    let unlink = format!("unlink-rich-menu-id-from-users {user} {}", other.id);
    assert_eq!(stage.ask(&unlink).await, "()");
    assert_eq!(seen(&stage.user).await, None);
    assert_eq!(seen(&other).await, None);

    let nobody = format!("link-rich-menu-id-to-users {id}");
    assert_eq!(stage.ask(&nobody).await, INVALID);
    let unknown = format!(
        "link-rich-menu-id-to-user {user} richmenu-{}",
        "0".repeat(32)
    );
    assert_eq!(stage.ask(&unknown).await, NOT_FOUND);
}

#[tokio::test]
async fn rich_menus_are_changed_in_batches() {
    let stage = stage().await;
    let (one, two) = (ready(&stage).await, ready(&stage).await);
    let user = &stage.user.id;
    let seen = async || stage.line.rich_menu(&stage.bot, &stage.user).await;
    let link = format!("link-rich-menu-id-to-user {user} {one}");
    assert_eq!(stage.ask(&link).await, "()");

    let validate = format!("validate-rich-menu-batch-request {one}>{two} {two}");
    assert_eq!(stage.ask(&validate).await, "()");
    let twice = format!("validate-rich-menu-batch-request {one}>{two} -");
    assert_eq!(stage.ask(&twice).await, INVALID, "all, and others");
    assert_eq!(seen().await, Some(one.clone()), "nothing is done yet");

    let batch = stage.ask(&format!("rich-menu-batch {one}>{two}")).await;
    let calls = stage.line.calls(&stage.bot, "/richmenu/batch").await;
    assert_eq!(calls[0]["requestId"], batch);
    assert_eq!(
        calls[0]["body"],
        json!({
            "operations": [{"type": "link", "from": one, "to": two}],
            "resumeRequestKey": "resume-1",
        })
    );
    assert_eq!(seen().await, Some(two));
    let progress = format!("get-rich-menu-batch-progress {batch}");
    let progress = stage.ask(&progress).await;
    assert!(progress.contains("phase: \"succeeded\""), "{progress}");
    assert!(progress.contains("completed-time: Some(\"20"), "{progress}");
    let unknown = "get-rich-menu-batch-progress 00000000-0000-4000-8000-000000000000";
    assert_eq!(stage.ask(unknown).await, NOT_FOUND);
}

#[tokio::test]
async fn rich_menus_without_the_grant_are_denied() {
    let stage = Stage::setting("probe", |it| it.with("grants = [\"reply\"]"), |it| it).await;
    for command in [
        "create-rich-menu 2500",
        "get-rich-menu-list",
        "delete-rich-menu 1",
        "set-rich-menu-image 1 image/png 100",
        "get-rich-menu-image 1",
        "set-default-rich-menu 1",
        "create-rich-menu-alias a 1",
        "link-rich-menu-id-to-user U1 1",
        "rich-menu-batch -",
    ] {
        assert_eq!(stage.ask(command).await, "ErrorKind::Denied", "{command}");
    }
    let replies = stage.line.calls(&stage.bot, "/reply").await.len();
    assert_eq!(stage.line.calls(&stage.bot, "/v2/").await.len(), replies);
}
