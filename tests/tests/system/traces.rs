//! Traces go to a collector: one for each event, with a span for each part of the work.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use botbox_tests::{HostBuilder, PATIENCE, Stage};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

/// Stands in for a collector.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Value>>>);

impl Collector {
    async fn start() -> (Self, String) {
        let collector = Self::default();
        let take = async |State(Self(spans)): State<Self>, body: String| {
            let body: Value = serde_json::from_str(&body).unwrap();
            for resource in body["resourceSpans"].as_array().unwrap() {
                assert_eq!(resource["resource"]["attributes"][0]["key"], "service.name");
                for scope in resource["scopeSpans"].as_array().unwrap() {
                    let new = scope["spans"].as_array().unwrap().clone();
                    spans.lock().await.extend(new);
                }
            }
            "{}"
        };
        let routes = Router::new().route("/v1/traces", post(take));
        let routes = routes.with_state(collector.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (collector, url)
    }

    /// The spans, once there are so many first ones of traces.
    async fn spans(&self, traces: usize) -> Vec<Value> {
        let arrived = timeout(PATIENCE, async {
            loop {
                let spans = self.0.lock().await.clone();
                if spans.iter().filter(|it| it["parentSpanId"] == "").count() >= traces {
                    return spans;
                }
                sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        arrived.await.expect("no traces")
    }
}

fn telemetry(url: &str, ratio: &str) -> String {
    format!("[telemetry]\notlp_endpoint = \"{url}\"\nsample_ratio = {ratio}\n")
}

fn name(span: &Value) -> &str {
    span["name"].as_str().unwrap()
}

fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let mut all = span["attributes"].as_array().unwrap().iter();
    let found = all.find(|it| it["key"] == key);
    &found.unwrap_or_else(|| panic!("no {key}: {span}"))["value"]
}

#[tokio::test]
async fn an_event_is_a_trace() {
    let (collector, url) = Collector::start().await;
    let with = |host: HostBuilder| host.tables(&telemetry(&url, "1.0"));
    let stage = Stage::setting("probe", |channel| channel, with).await;
    assert_eq!(stage.ask("hello").await, "hello");
    let spans = collector.spans(1).await;
    let by_id: HashMap<_, _> = spans.iter().map(|it| (it["spanId"].clone(), it)).collect();
    let parent = |span: &Value| by_id.get(&span["parentSpanId"]).copied();
    let event = spans.iter().find(|it| it["parentSpanId"] == "").unwrap();
    assert_eq!(name(event), "event");
    for (key, value) in [("channel", "bot"), ("provider", "tests")] {
        assert_eq!(attribute(event, key)["stringValue"], value, "{event}");
    }
    assert_eq!(attribute(event, "deployment")["intValue"], "1");
    assert_eq!(
        attribute(event, "digest")["stringValue"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
    let one = |wanted: &str| {
        let found: Vec<_> = spans.iter().filter(|it| name(it) == wanted).collect();
        assert_eq!(found.len(), 1, "{wanted}: {spans:#?}");
        found[0]
    };
    for part in ["wait", "instantiate", "guest", "settle"] {
        assert_eq!(parent(one(part)).map(name), Some("event"), "{part}");
    }
    let reply = one("reply.reply-message");
    assert_eq!(parent(reply).map(name), Some("guest"));
    let line: Vec<_> = spans.iter().filter(|it| name(it) == "LINE").collect();
    let call = line
        .iter()
        .find(|it| attribute(it, "operation")["stringValue"] == "replyMessage")
        .unwrap();
    assert_eq!(parent(call), Some(reply));
    assert_eq!(call["kind"], 3);
    for span in &spans {
        assert_eq!(span["traceId"], event["traceId"], "{span}");
        let time = |key: &str| -> i128 { span[key].as_str().unwrap().parse().unwrap() };
        assert!(
            time("startTimeUnixNano") <= time("endTimeUnixNano"),
            "{span}"
        );
    }
    // The log has nothing of it.
    let handled = stage.host.log.expect("handled").await;
    assert_eq!(handled["span"]["channel"], "bot", "{handled}");
}

/// Of a request to the web, a trace tells where it went and what came of it, and nothing of what it said.
#[tokio::test]
async fn requests_to_the_web_are_spans() {
    let (collector, url) = Collector::start().await;
    let routes = Router::new().route("/orders", get(async || StatusCode::IM_A_TEAPOT));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let web = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let grants = format!("grants = [\"reply\", {{ http = [\"{web}\"] }}]");
    let with = |host: HostBuilder| host.tables(&telemetry(&url, "1.0"));
    let stage = Stage::setting("web-probe", |channel| channel.with(&grants), with).await;
    let answer = stage.ask(&format!("get {web}/orders?of=aiko")).await;
    assert_eq!(answer, "418 0 ");
    stage.ask("get http://denied.example.com/orders").await;
    let spans = collector.spans(2).await;
    let name_of = |id: &Value| spans.iter().find(|it| it["spanId"] == *id).map(name);
    let requests: Vec<_> = spans.iter().filter(|it| name(it) == "HTTP").collect();
    let [answered, denied] = requests[..] else {
        panic!("{spans:#?}");
    };
    assert_eq!(attribute(answered, "host")["stringValue"], "127.0.0.1");
    assert_eq!(attribute(answered, "status")["intValue"], "418");
    assert_eq!(answered["kind"], 3);
    let call = Some("outgoing-handler.handle");
    assert_eq!(name_of(&answered["parentSpanId"]), call);
    assert_eq!(
        attribute(denied, "host")["stringValue"],
        "denied.example.com"
    );
    assert_eq!(denied["status"]["code"], 2, "{denied}");
    for span in requests {
        let told = span.to_string();
        let is_told = ["orders", "aiko", "accept"].map(|it| told.contains(it));
        assert_eq!(is_told, [false; 3], "{told}");
    }
}

#[tokio::test]
async fn all_attempts_are_in_one_trace() {
    let (collector, url) = Collector::start().await;
    let with = |host: HostBuilder| host.tables(&telemetry(&url, "1.0"));
    let stage = Stage::setting("probe", |channel| channel, with).await;
    stage.line.say(&stage.bot, &stage.user, "panic").await;
    stage.host.log.expect("dead letter").await;
    stage.ask("hello").await;
    let spans = collector.spans(2).await;
    let failed = spans.iter().find(|it| it["status"]["code"] == 2).unwrap();
    let why = failed["status"]["message"].as_str().unwrap();
    assert!(why.contains("the plugin trapped"), "{why}");
    let of_trace = spans
        .iter()
        .filter(|it| it["traceId"] == failed["traceId"] && name(it) == "event");
    let attempts: Vec<_> = of_trace
        .map(|it| attribute(it, "attempt")["intValue"].clone())
        .collect();
    assert_eq!(attempts, ["1", "2"], "{spans:#?}");
}

#[tokio::test]
async fn what_is_not_sampled_is_not_sent() {
    let (collector, url) = Collector::start().await;
    let with = |host: HostBuilder| host.tables(&telemetry(&url, "0.0"));
    let mut stage = Stage::setting("probe", |channel| channel, with).await;
    assert_eq!(stage.ask("hello").await, "hello");
    stage.host.signal("TERM");
    assert!(stage.host.ended().await.success());
    assert!(collector.0.lock().await.is_empty());
}
