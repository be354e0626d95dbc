//! `botbox:line/audience`.

use botbox_tests::Stage;
use serde_json::json;

use crate::capabilities::granting;
use crate::groups::{befriend, field};
use crate::insights::broadcast;
use crate::line_failures::{impatient, json_error, kind};

const GRANTS: &str = r#"grants = ["reply", "audience"]"#;

/// How many users an audience has.
async fn size(stage: &Stage, id: &str) -> String {
    let data = stage.ask(&format!("get-audience-data {id}")).await;
    field(&data, "audience-count").to_owned()
}

/// By JSON, and by file.
const WAYS: [(&str, &str); 2] = [
    ("create-audience-group", "add-audience-to-audience-group"),
    (
        "create-audience-for-uploading-user-ids",
        "add-user-ids-to-audience",
    ),
];

#[tokio::test]
async fn audiences_are_made_of_ids() {
    let stage = granting(GRANTS).await;
    let (one, another) = (stage.line.user("One").await, stage.line.user("Two").await);
    for (create, add) in WAYS {
        let made = stage
            .ask(&format!("{create} 夏の客 {}", stage.user.id))
            .await;
        assert!(
            made.contains("\"夏の客\"") && made.contains("\"UPLOAD\""),
            "{made}"
        );
        let id = field(&made, "audience-group-id");
        assert_eq!(size(&stage, id).await, "1", "{create}");
        let added = stage
            .ask(&format!("{add} {id} {} {}", one.id, another.id))
            .await;
        assert_eq!(added, "()");
        let data = stage.ask(&format!("get-audience-data {id}")).await;
        for part in [
            "audience-count: Some(3)",
            "\"READY\"",
            "\"DIFF_ADD\"",
            "\"an upload\"",
        ] {
            assert!(data.contains(part), "no {part} in {data}");
        }
        let wrong = stage.ask(&format!("{add} {id} nobody")).await;
        assert_eq!(wrong, "ErrorKind::Invalid");
        stage.host.log.expect("INVALID_AUDIENCE_ID_FORMAT").await;
    }
}

/// LINE takes 10,000 as JSON, and more as a file.
#[tokio::test]
async fn many_ids_go_by_file() {
    let stage = granting(GRANTS).await;
    let made = stage
        .ask(&format!("create-audience-group many {}", stage.user.id))
        .await;
    let id = field(&made, "audience-group-id");
    let json = stage.ask(&format!("add-many-to-audience {id} 10001")).await;
    assert_eq!(json, "ErrorKind::Invalid");
    let file = stage
        .ask(&format!("add-many-to-audience by-file {id} 30000"))
        .await;
    assert_eq!(file, "()");
    let calls = stage.line.calls(&stage.bot, "/upload/byFile").await;
    // 3.3 MB of ids and their places: a call takes 4 MiB.
    let more = format!("add-many-to-audience by-file {id} 80000");
    assert_eq!(stage.ask(&more).await, "()");
    let body = calls[0]["body"].as_str().unwrap();
    assert_eq!(
        body.lines().filter(|line| line.starts_with('U')).count(),
        30_000
    );
    assert!(body.contains("text/plain"));
}

#[tokio::test]
async fn audiences_are_made_of_what_users_did() {
    let stage = granting(GRANTS).await;
    befriend(&stage, &stage.user).await;
    let request = broadcast(&stage).await;
    let url = "https://example.com/";
    let click = stage
        .ask(&format!(
            "create-click-based-audience-group taps {request} {url}"
        ))
        .await;
    for part in ["\"CLICK\"", &request, url] {
        assert!(click.contains(part), "no {part} in {click}");
    }
    let any = stage
        .ask(&format!("create-click-based-audience-group any {request}"))
        .await;
    assert!(any.contains("click-url: None"), "{any}");
    let imp = stage
        .ask(&format!("create-imp-based-audience-group seen {request}"))
        .await;
    assert!(imp.contains("\"IMP\"") && imp.contains(&request), "{imp}");
    let unknown = stage
        .ask("create-imp-based-audience-group seen nothing")
        .await;
    assert_eq!(unknown, "ErrorKind::Invalid");
}

#[tokio::test]
async fn audiences_are_renamed_listed_and_deleted() {
    let stage = granting(GRANTS).await;
    let mut ids = Vec::new();
    for name in ["spring", "summer", "autumn"] {
        let made = stage
            .ask(&format!("create-audience-group {name} {}", stage.user.id))
            .await;
        ids.push(field(&made, "audience-group-id").to_owned());
    }
    let rename = format!("update-audience-group-description {} springtime", ids[0]);
    assert_eq!(stage.ask(&rename).await, "()");
    let data = stage.ask(&format!("get-audience-data {}", ids[0])).await;
    assert!(data.contains("\"springtime\""), "{data}");
    for command in ["get-audience-groups", "get-shared-audience-groups"] {
        let page = stage.ask(&format!("{command} 1 m")).await;
        for part in ["has-next-page: true", "total-count: 3", "size: 1"] {
            assert!(page.contains(part), "no {part} in {page}");
        }
        let page = stage.ask(&format!("{command} 1 summer")).await;
        assert!(
            page.contains(&ids[1]) && page.contains("has-next-page: false"),
            "{page}"
        );
        assert_eq!(
            stage.ask(&format!("{command} 0 m")).await,
            "ErrorKind::Invalid"
        );
    }
    let listed = stage.line.calls(&stage.bot, "/list").await;
    let asked = |call: usize, name: &str| listed[call]["path"].as_str().unwrap().contains(name);
    assert!(asked(0, "includesExternalPublicGroups=false") && !asked(0, "Owned"));
    let shared = listed.len() - 1;
    assert!(asked(shared, "includesOwnedAudienceGroups=true") && !asked(shared, "External"));

    assert_eq!(
        stage
            .ask(&format!("delete-audience-group {}", ids[1]))
            .await,
        "()"
    );
    let gone = stage.ask(&format!("get-audience-data {}", ids[1])).await;
    assert_eq!(gone, "ErrorKind::Invalid");
    stage.host.log.expect("AUDIENCE_GROUP_NOT_FOUND").await;
}

/// Nobody shares audiences at the simulator: this is LINE's example.
#[tokio::test]
async fn shared_audiences_tell_their_owner() {
    let stage = granting(GRANTS).await;
    assert_eq!(
        stage.ask("get-shared-audience-data 7").await,
        "ErrorKind::Invalid"
    );
    let group = json!({"audienceGroupId": 7, "type": "TRACKINGTAG_WEBTRAFFIC", "description": "b",
                       "status": "IN_PROGRESS", "audienceCount": 0, "created": 1500351844,
                       "permission": "READ", "createRoute": "AD_MANAGER"});
    let owner = json!({"serviceType": "lap", "id": "A012345678", "name": "account"});
    let body = json!({"audienceGroup": group, "jobs": [], "owner": owner});
    let answer = json!({"status": 200, "body": body});
    stage.line.fault("getSharedAudienceData", 1, answer).await;
    let data = stage.ask("get-shared-audience-data 7").await;
    for part in [
        "\"TRACKINGTAG_WEBTRAFFIC\"",
        "\"A012345678\"",
        "is-ifa-audience: false",
    ] {
        assert!(data.contains(part), "no {part} in {data}");
    }
    let body = json!({"audienceGroup": group, "adaccount": {"name": "an account"}});
    let answer = json!({"status": 200, "body": body});
    stage.line.fault("getAudienceData", 1, answer).await;
    let data = stage.ask("get-audience-data 7").await;
    assert!(data.contains("ad-account: Some(\"an account\")"), "{data}");
}

#[tokio::test]
async fn audiences_are_granted_by_name() {
    let stage = granting(r#"grants = ["reply"]"#).await;
    assert_eq!(stage.ask("get-audience-data 1").await, "ErrorKind::Denied");
    assert_eq!(
        stage.ask("create-audience-group a").await,
        "ErrorKind::Denied"
    );
    assert!(
        stage
            .line
            .calls(&stage.bot, "/audienceGroup")
            .await
            .is_empty()
    );
}

/// LINE works through many ids, so uploads are waited for three times as long as other calls: here
/// 4.5 s instead of 1.5 s.
#[tokio::test]
async fn uploads_are_waited_for() {
    let stage = impatient().await;
    let made = stage
        .ask(&format!("create-audience-group a {}", stage.user.id))
        .await;
    let id = field(&made, "audience-group-id");
    let late = json!({"delay": 2_500});
    for (operation, command) in [
        (
            "addAudienceToAudienceGroup",
            "add-audience-to-audience-group",
        ),
        ("addUserIdsToAudience", "add-user-ids-to-audience"),
    ] {
        let command = format!("{command} {id} {}", stage.user.id);
        assert_eq!(kind(&stage, operation, &command, &late).await, "()");
    }
    let command = format!("get-audience-data {id}");
    let usual = kind(&stage, "getAudienceData", &command, &late).await;
    assert_eq!(usual, "ErrorKind::Unavailable");
}

#[tokio::test]
async fn what_line_answers_about_audiences() {
    let stage = impatient().await;
    let busy = json_error(
        429,
        "The API rate limit has been exceeded. Try again later.",
    );
    let away = json_error(500, "Internal Server Error");
    for (operation, command) in [
        ("createAudienceGroup", "create-audience-group once U1"),
        (
            "createAudienceForUploadingUserIds",
            "create-audience-for-uploading-user-ids once U1",
        ),
        (
            "addAudienceToAudienceGroup",
            "add-audience-to-audience-group 1 U1",
        ),
        ("addUserIdsToAudience", "add-user-ids-to-audience 1 U1"),
        (
            "createClickBasedAudienceGroup",
            "create-click-based-audience-group once x",
        ),
        (
            "createImpBasedAudienceGroup",
            "create-imp-based-audience-group once x",
        ),
        ("deleteAudienceGroup", "delete-audience-group 1"),
    ] {
        assert_eq!(
            kind(&stage, operation, command, &busy).await,
            "ErrorKind::RateLimited"
        );
        // Whether LINE did it is not known, so it is not asked to again.
        let before = stage.line.calls(&stage.bot, "/audienceGroup").await.len();
        assert_eq!(
            kind(&stage, operation, command, &away).await,
            "ErrorKind::Unavailable"
        );
        let after = stage.line.calls(&stage.bot, "/audienceGroup").await.len();
        assert_eq!(after - before, 1, "{command}");
    }
}
