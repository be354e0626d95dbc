//! The description of the admin API says what the host does. Each answer that any test of the admin API gets is
//! held to it, too.

use botbox_tests::ADMIN_TOKEN;
use reqwest::Method;
use serde_json::{Value, json};

use super::api::Stage;
use super::description::{Answer, Description};

/// With a channel, provider and everything else that is not there.
#[tokio::test]
async fn what_is_described_is_there() {
    let stage = Stage::new().await;
    let operations = stage.description.operations();
    assert!(operations.len() > 30, "{} operations", operations.len());
    for operation in operations.iter().filter(|it| !it.is_stream()) {
        let path = operation.path_with(|_, _| String::from("nothing"));
        let body = operation.described["requestBody"].is_object();
        let body = if body { "[1]" } else { "" };
        let answer = stage
            .at(ADMIN_TOKEN, operation.method.clone(), &path, body, None)
            .await;
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        let (method, status) = (&operation.method, answer.status);
        assert!(
            status != 405 && !status.is_server_error(),
            "{method} {path}: {answer:?}"
        );
        assert!(
            !detail.contains("openapi.json"),
            "{method} {path}: {answer:?}"
        );
        if operation.path.contains('{') {
            assert!(status.is_client_error(), "{method} {path}: {answer:?}");
        }
    }
    stage
        .get("nothing")
        .await
        .refused(404, "/v1/openapi.json describes");
    let wrong = stage.request(Method::PATCH, "status", json!({})).await;
    wrong.refused(405, "does not take the method");
}

#[tokio::test]
async fn a_description_says_what_is_needed_and_shows_how() {
    let stage = Stage::new().await;
    let mut ids = std::collections::HashSet::new();
    for operation in stage.description.operations() {
        let (path, described) = (operation.path, operation.described);
        assert!(ids.insert(described["operationId"].clone()), "{described}");
        assert!(!described["summary"].as_str().unwrap().is_empty(), "{path}");
        assert!(
            ["read", "deploy", "operate"].contains(&operation.role()),
            "{path}"
        );
        assert_eq!(
            operation.parameters("path").len(),
            path.matches('{').count(),
            "{path}"
        );
        for parameter in described["parameters"].as_array().into_iter().flatten() {
            let about = parameter["description"].as_str();
            assert!(
                about.is_some_and(|it| !it.is_empty()),
                "{path}: {parameter}"
            );
        }
        if let Some(example) = operation.example(&stage.description) {
            let schema = &described["requestBody"]["content"]["application/json"]["schema"];
            let conforms = stage.description.conforms(schema, &example, "");
            conforms.unwrap_or_else(|why| panic!("the example of {path}: {why}"));
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_described_is_found() {
    let stage = Stage::new().await;
    let path = "/v1/providers/acme";
    let right = json!({"name": "acme", "settings": {"ceilings": {}}, "created": 1, "revision": 1});
    let check = |status: u16, body: &Value| {
        let answer = Answer {
            status,
            media_type: "application/json",
            body,
        };
        let description = &stage.description;
        let check = || description.check(&Method::GET, path, &answer);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_ok()
    };
    assert!(check(200, &right));
    assert!(!check(201, &right));
    for (field, value) in [
        ("name", json!(1)),
        ("created", json!("now")),
        ("more", json!(true)),
        ("settings", json!({"ceilings": {"cpu_ms": "many"}})),
    ] {
        let mut wrong = right.clone();
        wrong[field] = value;
        assert!(!check(200, &wrong), "{wrong}");
    }
    let mut wrong = right.clone();
    wrong.as_object_mut().unwrap().remove("revision");
    assert!(!check(200, &wrong), "{wrong}");
}

/// Both need no token, and run nothing from elsewhere.
#[tokio::test]
async fn the_page_is_there_for_a_browser() {
    let stage = Stage::new().await;
    for path in [
        "/v1/docs",
        "/v1/docs/page.js",
        "/v1/docs/page.css",
        "/v1/openapi.json",
    ] {
        let url = format!("{}{path}", stage.host.admin_url);
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        let text = answer.text().await.unwrap();
        let is_elsewhere = ["src=\"http", "href=\"http", "import \"http"]
            .iter()
            .any(|it| text.contains(it));
        assert!(!is_elsewhere, "{path}");
    }
    let description = Description::of(&stage.host).await;
    assert_eq!(
        description.operations().len(),
        stage.description.operations().len()
    );
}
