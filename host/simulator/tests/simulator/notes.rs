//! What a host tells of the events that it was sent.

use reqwest::Method;
use serde_json::json;

use crate::harness::Stage;

#[tokio::test]
async fn a_note_is_in_the_log_with_its_event() {
    let stage = Stage::set().await;
    let path = format!("/bots/{}/notes", stage.bot_id());
    let note =
        json!({ "kind": "failure", "text": "no tea at src/lib.rs:7", "webhookEventId": "01E" });
    stage.control(Method::POST, &path, &note).await.created();
    let line = json!({ "kind": "log", "level": "warn", "text": "the kettle is empty" });
    stage.control(Method::POST, &path, &line).await.created();
    let log = format!("/bots/{}/log", stage.bot_id());
    let log = stage.control_get(&log).await.ok();
    let entries = &log["entries"];
    assert_eq!(entries[0]["type"], "note");
    for (name, value) in note.as_object().unwrap() {
        assert_eq!(&entries[0][name], value);
    }
    assert_eq!(entries[1]["level"], "warn");
    assert_eq!(entries[1]["seq"], 2);

    let odd = json!({ "kind": "gossip", "text": "x" });
    assert_eq!(stage.control(Method::POST, &path, &odd).await.status, 400);
}
