//! Audiences.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Stage, answer};

const GROUPS: &str = "/v2/bot/audienceGroup";
const UPLOAD: &str = "/v2/bot/audienceGroup/upload";
const FILE: &str = "/v2/bot/audienceGroup/upload/byFile";

fn members(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({ "id": id })).collect()
}

async fn create(stage: &Stage, name: &str, ids: &[&str]) -> Value {
    let request = json!({ "description": name, "audiences": members(ids) });
    let created = stage.post(UPLOAD, &request).await;
    assert_eq!(created.status, 202, "{}", created.body);
    created.body
}

async fn put(stage: &Stage, path: &str, body: &Value) -> Answer {
    answer(stage.call(Method::PUT, path).json(body)).await
}

/// Sends a form with `fields` and a file of `kind`.
async fn send_file(
    stage: &Stage,
    method: Method,
    fields: &[(&str, &str)],
    kind: &str,
    file: &str,
) -> Answer {
    let part = |head: String, body: &str| {
        format!("--limit\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
    };
    let fields = fields
        .iter()
        .map(|(name, value)| part(format!("name=\"{name}\""), value));
    let mut body: String = fields.collect();
    let head = format!("name=\"file\"; filename=\"a.txt\"\r\nContent-Type: {kind}");
    body += &part(head, file);
    body += "--limit--\r\n";
    let call = stage.call(method, FILE);
    answer(
        call.header("content-type", "multipart/form-data; boundary=limit")
            .body(body),
    )
    .await
}

#[tokio::test]
async fn an_audience_is_made_filled_renamed_and_deleted() {
    let stage = Stage::set().await;
    let (ann, ben) = (stage.user("Ann").await, stage.user("Ben").await);
    let created = create(&stage, "Regulars", &[&ann]).await;
    assert_eq!(
        (
            &created["type"],
            &created["createRoute"],
            &created["permission"]
        ),
        (
            &json!("UPLOAD"),
            &json!("MESSAGING_API"),
            &json!("READ_WRITE")
        )
    );
    let age = created["expireTimestamp"].as_u64().unwrap() - created["created"].as_u64().unwrap();
    assert_eq!(age, 180 * 24 * 3_600);

    let id = &created["audienceGroupId"];
    let stranger = format!("U{}", "0".repeat(32));
    let more = json!({
        "audienceGroupId": id, "uploadDescription": "more",
        "audiences": members(&[&ann, &ben, &stranger]),
    });
    assert_eq!(put(&stage, UPLOAD, &more).await.status, 202);

    let path = format!("{GROUPS}/{id}");
    let rename = json!({ "description": "All" });
    put(&stage, &format!("{path}/updateDescription"), &rename)
        .await
        .ok();
    let data = stage.get(&path).await.ok();
    let audience = &data["audienceGroup"];
    assert_eq!(audience["description"], "All");
    assert_eq!(
        (&audience["status"], &audience["audienceCount"]),
        (&json!("READY"), &json!(2))
    );
    let jobs: Vec<_> = data["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| {
            (
                job["description"].as_str().unwrap(),
                job["audienceCount"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(jobs, [("", 1), ("more", 1)]);

    answer(stage.call(Method::DELETE, &path)).await.ok();
    let gone = stage
        .get(&path)
        .await
        .refused(400, "audience group not found");
    assert_eq!(
        gone["details"],
        json!([{ "message": "AUDIENCE_GROUP_NOT_FOUND" }])
    );
    assert_eq!(put(&stage, UPLOAD, &more).await.status, 400);
}

#[tokio::test]
async fn ids_come_in_files_too() {
    let stage = Stage::set().await;
    let (ann, ben) = (stage.user("Ann").await, stage.user("Ben").await);
    let name = [("description", "From a file")];
    let created = send_file(&stage, Method::POST, &name, "text/plain", &ann).await;
    assert_eq!(created.status, 202, "{}", created.body);
    let id = created.body["audienceGroupId"].to_string();

    let fields = [
        ("audienceGroupId", id.as_str()),
        ("uploadDescription", "b.txt"),
    ];
    let both = format!("{ann}\r\n{ben}\n");
    let added = send_file(&stage, Method::PUT, &fields, "text/plain", &both).await;
    assert_eq!(added.status, 202, "{}", added.body);
    let data = stage.get(&format!("{GROUPS}/{id}")).await.ok();
    assert_eq!(data["audienceGroup"]["audienceCount"], 2);
    assert_eq!(data["jobs"][1]["description"], "b.txt");

    let wrong = "UPLOAD_AUDIENCE_GROUP_INVALID_AUDIENCE_ID_FORMAT";
    let refused = send_file(&stage, Method::PUT, &fields, "text/plain", "Ann").await;
    let refused = refused.refused(400, wrong);
    assert_eq!(
        refused["details"],
        json!([{ "message": wrong, "property": "file" }])
    );
    let image = send_file(&stage, Method::PUT, &fields, "image/png", &ann).await;
    assert_eq!(image.status, 415);
    let not_a_form = stage.post(FILE, &json!({})).await;
    assert_eq!(not_a_form.status, 415);

    // More than any other request may have.
    let many = format!("{ann}\n").repeat(100_000);
    let added = send_file(&stage, Method::PUT, &fields, "text/plain", &many).await;
    assert_eq!(added.status, 202, "{}", added.body);
}

#[tokio::test]
async fn what_is_wrong_with_an_audience_is_said() {
    let stage = Stage::set().await;
    let refused = |request: Value| {
        let stage = &stage;
        async move { stage.post(UPLOAD, &request).await }
    };
    refused(json!({ "description": "n".repeat(121) }))
        .await
        .refused(400, "size over audienceGroupName");
    refused(json!({ "description": "a\nb" }))
        .await
        .refused(400, "wrong audienceGroupName");
    refused(json!({ "description": "a", "audiences": members(&["Ann"]) }))
        .await
        .refused(400, "Invalid audience id format");
    let ifa = json!({
        "description": "a", "isIfaAudience": true,
        "audiences": members(&["f70dd685-499a-4231-a441-f24b8d4fba21"]),
    });
    assert_eq!(refused(ifa).await.body["isIfaAudience"], true);
    for kind in ["click", "imp"] {
        let request = json!({ "description": "a", "requestId": "unknown" });
        stage
            .post(&format!("{GROUPS}/{kind}"), &request)
            .await
            .refused(400, "request id not found");
    }
}

#[tokio::test]
async fn audiences_are_listed_by_page() {
    let stage = Stage::set().await;
    for name in ["Tea one", "Coffee", "tea two", "Tea three"] {
        create(&stage, name, &[]).await;
    }
    let names = |list: &Value| -> Vec<String> {
        let groups = list["audienceGroups"].as_array().unwrap();
        groups
            .iter()
            .map(|group| group["description"].as_str().unwrap().to_owned())
            .collect()
    };
    let list = format!("{GROUPS}/list?description=TEA&size=2&page=");
    let first = stage.get(&format!("{list}1")).await.ok();
    assert_eq!(names(&first), ["Tea three", "tea two"]);
    assert_eq!(
        (&first["hasNextPage"], &first["totalCount"]),
        (&json!(true), &json!(3))
    );
    let second = stage.get(&format!("{list}2")).await.ok();
    assert_eq!(names(&second), ["Tea one"]);
    assert_eq!(second["hasNextPage"], false);

    let ad = stage
        .get(&format!("{GROUPS}/list?page=1&createRoute=AD_MANAGER"))
        .await
        .ok();
    assert_eq!(names(&ad), [""; 0]);
    for query in ["", "?page=0", "?page=1&size=41"] {
        assert_eq!(
            stage.get(&format!("{GROUPS}/list{query}")).await.status,
            400,
            "{query}"
        );
    }
    let shared = format!("{GROUPS}/shared/list?page=1");
    assert_eq!(stage.get(&shared).await.ok()["totalCount"], 0);
    let own = format!("{shared}&includesOwnedAudienceGroups=true");
    assert_eq!(stage.get(&own).await.ok()["totalCount"], 4);
    assert_eq!(stage.get(&format!("{GROUPS}/shared/1")).await.status, 400);
}
