//! The description of the control API.

use reqwest::Method;
use serde_json::Value;

use crate::harness::Stage;

/// Each operation that is described is there, and says what it does; each that the documentation lists is
/// described.
#[tokio::test]
async fn each_route_is_described() {
    let stage = Stage::set().await;
    let document = stage.control_get("/openapi.json").await.ok();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    let mut ids = Vec::new();
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let about = operation["summary"].as_str().unwrap();
            assert!(about.ends_with('.'), "{method} {path}: {about}");
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            let named = operation["parameters"].as_array().unwrap().iter();
            let in_path = named.filter(|it| it["in"] == "path").count();
            assert_eq!(in_path, path.matches('{').count(), "{method} {path}");
            if path == "/live" || path == "/reset" {
                continue;
            }
            // A route that is not there has no words of its own for that.
            let method: Method = method.to_uppercase().parse().unwrap();
            let there = path.replace(['{', '}'], "");
            let answer = stage.control(method.clone(), &there, &Value::Null).await;
            assert!(
                answer.status != 405
                    && (answer.status != 404 || answer.body["message"].is_string()),
                "{method} {path}: {answer:?}"
            );
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "two operations have one id");

    let page = include_str!("../../../../docs/simulator.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let listed = rows.filter_map(|row| row.split('|').nth(1));
    let operations = listed.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let mut checked = 0;
    for operation in operations {
        let Some((method, path)) = operation.split_once(' ') else {
            continue;
        };
        let path = path.split('?').next().unwrap();
        let has_shape = |known: &&String| shape(known) == shape(path);
        let Some(known) = paths.keys().find(has_shape) else {
            assert!(!path.starts_with('/'), "{operation} is not described");
            continue;
        };
        assert!(
            paths[known].get(method.to_lowercase()).is_some(),
            "{operation} is not described"
        );
        checked += 1;
    }
    assert!(checked > 30, "{checked}");
}

/// A path whatever its ids are called.
fn shape(path: &str) -> Vec<&str> {
    path.split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect()
}
