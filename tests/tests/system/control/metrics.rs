//! `/metrics` for Prometheus: well formed, and each sees its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use botbox_tests::ADMIN_TOKEN;
use reqwest::Client;
use serde_json::{Value, json};

use super::api::Stage;

async fn metrics(stage: &Stage, token: &str, query: &str) -> String {
    let url = format!("{}/metrics{query}", stage.host.admin_url);
    let response = Client::new()
        .get(url)
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// Fails unless each line is a comment or a sample of a metric that was introduced.
fn check_format(text: &str) {
    let mut introduced = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge"].contains(&kind), "{line}");
            introduced = name;
        } else if !line.starts_with("# HELP ") {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert_eq!(series.split('{').next().unwrap(), introduced, "{line}");
            value.parse::<f64>().unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_counted_is_exposed() {
    let stage = Stage::new().await;
    let (bot, _) = stage.serving("shop").await;
    stage.serving("other").await;
    stage.channel("other-owner", "empty").await;
    stage.line.ask(&bot, &stage.user, "which").await;
    stage.host.drained(botbox_tests::PATIENCE).await;
    let text = metrics(&stage, ADMIN_TOKEN, "").await;
    check_format(&text);
    for line in [
        "botbox_webhooks_total{result=\"accepted\"} 1",
        "botbox_events_total{provider=\"shop-owner\",channel=\"shop\",outcome=\"handled\"} 1",
        "botbox_events_total{provider=\"other-owner\",channel=\"other\",outcome=\"handled\"} 0",
        "botbox_events_waiting{provider=\"shop-owner\",channel=\"shop\"} 0",
        "botbox_channels_serving{provider=\"shop-owner\",channel=\"shop\"} 1",
        "botbox_channels_serving{provider=\"other-owner\",channel=\"empty\"} 0",
        "botbox_channels_without_plugin 1",
        "botbox_quota_used_ratio{provider=\"shop-owner\",channel=\"shop\"} 0",
        "botbox_store_failed 0",
    ] {
        assert!(text.lines().any(|it| it == line), "no {line} in\n{text}");
    }
    let together = metrics(&stage, ADMIN_TOKEN, "?channels=false").await;
    check_format(&together);
    assert!(
        together.contains("botbox_events_total{outcome=\"handled\"} 1\n"),
        "{together}"
    );
    assert!(
        together.contains("botbox_channels_serving 2\n"),
        "{together}"
    );
    // What the alerts ask for does not need a series for each channel.
    for line in [
        "botbox_channels_without_plugin 1",
        "botbox_quota_used_ratio 0",
    ] {
        assert!(
            together.lines().any(|it| it == line),
            "no {line} in\n{together}"
        );
    }
    assert!(!together.contains("shop"), "{together}");

    let token = json!({"name": "scraper", "provider": "other-owner", "role": "read"});
    let token = stage.post("tokens", token).await.ok();
    let own = metrics(&stage, token["token"].as_str().unwrap(), "").await;
    check_format(&own);
    assert!(
        own.contains("channel=\"other\"") && !own.contains("shop"),
        "{own}"
    );
    assert!(!own.contains("botbox_webhooks_total"), "{own}");
}

#[tokio::test]
async fn the_configuration_says_whether_channels_have_labels() {
    let stage = Stage::with_tables("[telemetry]\nchannel_labels = false\n").await;
    stage.serving("shop").await;
    let text = metrics(&stage, ADMIN_TOKEN, "").await;
    check_format(&text);
    assert!(!text.contains("channel="), "{text}");
    let each = metrics(&stage, ADMIN_TOKEN, "?channels=true").await;
    assert!(each.contains("channel=\"shop\""), "{each}");
}

/// What the alerts and the dashboard ask for is there.
#[tokio::test]
async fn alerts_and_dashboard_have_metrics_that_there_are() {
    let stage = Stage::new().await;
    stage.serving("shop").await;
    let text = metrics(&stage, ADMIN_TOKEN, "").await;
    let known: BTreeSet<_> = text
        .lines()
        .filter_map(|it| it.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/operations");
    let alerts = fs::read_to_string(docs.join("alerts.yml")).unwrap();
    let expressions = alerts
        .lines()
        .filter_map(|it| it.trim().strip_prefix("expr: "));
    let mut expressions: Vec<_> = expressions.map(String::from).collect();
    assert!(expressions.len() > 5, "{expressions:?}");
    for name in [
        "DeadLetters",
        "BadSignatures",
        "Quota",
        "BacklogAge",
        "SyncFailed",
    ] {
        assert!(alerts.contains(&format!("alert: Botbox{name}\n")), "{name}");
    }
    let dashboard = fs::read_to_string(docs.join("dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            expressions.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    for expression in &expressions {
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '_';
        let words = expression.split(|it| !is_part(it));
        let names: Vec<_> = words.filter(|it| it.starts_with("botbox_")).collect();
        assert!(!names.is_empty(), "{expression}");
        for name in names {
            assert!(
                known.contains(name),
                "{name} of {expression} is not in\n{text}"
            );
        }
    }
}
