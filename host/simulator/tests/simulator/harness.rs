//! What the tests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use botbox_simulator::{Settings, Simulator};
use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// A simulator with one bot, whose webhooks come here.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) bot: Value,
    pub(crate) receiver: Receiver,
}

/// The bot's webhook server.
pub(crate) struct Receiver {
    pub(crate) url: String,
    status: Arc<AtomicU16>,
    received: Mutex<mpsc::UnboundedReceiver<Webhook>>,
}

pub(crate) struct Webhook {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An answer of the simulator, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_with(Settings::default()).await
    }

    pub(crate) async fn set_with(settings: Settings) -> Self {
        let simulator = Simulator::start(settings).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let receiver = Receiver::start().await;
        let mut stage = Self {
            simulator,
            http,
            bot: Value::Null,
            receiver,
        };
        let new = json!({ "displayName": "Bot", "webhook": stage.receiver.url });
        stage.bot = stage.control(Method::POST, "/bots", &new).await.created();
        stage
    }

    pub(crate) fn bot_id(&self) -> &str {
        self.bot["botId"].as_str().unwrap()
    }

    pub(crate) async fn user(&self, name: &str) -> String {
        let new = json!({ "displayName": name });
        let user = self.control(Method::POST, "/users", &new).await.created();
        user["userId"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn group(&self, kind: &str, members: &[&str]) -> String {
        let new = json!({ "kind": kind, "members": members });
        let group = self.control(Method::POST, "/groups", &new).await.created();
        group[format!("{kind}Id")].as_str().unwrap().to_owned()
    }

    pub(crate) async fn upload(&self, bytes: &[u8], content_type: &str, preparing: u32) -> String {
        let url = format!(
            "{}/simulator/contents?preparing={preparing}",
            self.simulator.url()
        );
        let upload = self.http.post(url).header("content-type", content_type);
        let content = answer(upload.body(bytes.to_vec())).await.created();
        content["contentId"].as_str().unwrap().to_owned()
    }

    /// Lets users act; the control API's answer.
    pub(crate) async fn act(&self, events: Value) -> Value {
        let path = format!("/bots/{}/events", self.bot_id());
        self.control(Method::POST, &path, &json!({ "events": events }))
            .await
            .ok()
    }

    /// Lets `user_id` write to the bot; the receipt.
    pub(crate) async fn write(&self, user_id: &str, text: &str) -> Value {
        let event = json!({ "type": "message", "message": { "type": "text", "text": text } });
        self.act(json!([{ "as": user_id, "event": event }])).await["events"][0].clone()
    }

    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Answer {
        let url = format!("{}/simulator{path}", self.simulator.url());
        answer(self.http.request(method, url).json(body)).await
    }

    pub(crate) async fn control_get(&self, path: &str) -> Answer {
        answer(
            self.http
                .get(format!("{}/simulator{path}", self.simulator.url())),
        )
        .await
    }

    /// A call of the bot.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.simulator.url());
        self.http
            .request(method, url)
            .bearer_auth(self.bot["accessToken"].as_str().unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.call(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.call(Method::POST, path).json(body)).await
    }

    pub(crate) async fn reply(&self, token: &Value, text: &str) -> Answer {
        let messages = json!([{ "type": "text", "text": text }]);
        let request = json!({ "replyToken": token, "messages": messages });
        self.post("/v2/bot/message/reply", &request).await
    }

    pub(crate) async fn push(&self, to: &str, text: &str) -> Answer {
        let request = json!({ "to": to, "messages": [{ "type": "text", "text": text }] });
        self.post("/v2/bot/message/push", &request).await
    }

    /// The texts of a chat, as `from/via: text`.
    pub(crate) async fn transcript(&self, chat_id: &str) -> Vec<String> {
        let path = format!("/bots/{}/chats/{chat_id}/messages", self.bot_id());
        let chat = self.control_get(&path).await.ok();
        let text = |m: &Value| m["message"]["text"].as_str().unwrap().to_owned();
        let line = |m: &Value| {
            format!(
                "{}/{}: {}",
                m["from"].as_str().unwrap(),
                m["via"].as_str().unwrap(),
                text(m)
            )
        };
        chat["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(line)
            .collect()
    }

    pub(crate) async fn calls(&self) -> Vec<Value> {
        let calls = self
            .control_get(&format!("/bots/{}/calls", self.bot_id()))
            .await
            .ok();
        calls.as_array().unwrap().clone()
    }

    /// The sum of what LINE counted on the days around today, as the property of each answer.
    pub(crate) async fn sum_of_days(&self, path: &str, property: &str) -> u64 {
        let mut sum = 0;
        for date in self.dates_around_today().await {
            let answer = self.get(&format!("{path}?date={date}")).await.ok();
            // Insights are not ready for the days to come.
            sum += answer[property].as_u64().unwrap_or_default();
        }
        sum
    }

    /// The days of this month in UTC, and the first of the next, where it may be tomorrow already.
    async fn dates_around_today(&self) -> Vec<String> {
        let test = self
            .post("/v2/bot/channel/webhook/test", &json!({}))
            .await
            .ok();
        self.receiver.next().await;
        let now = test["timestamp"].as_str().unwrap();
        let (year, month): (u32, u32) = (now[..4].parse().unwrap(), now[5..7].parse().unwrap());
        let days = match month {
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let leap_day = (month == 2 && now[8..10] == *"29").then_some(29);
        let mut dates: Vec<String> = (1..=days)
            .chain(leap_day)
            .map(|day| format!("{year}{month:02}{day:02}"))
            .collect();
        dates.push(format!("{}{:02}01", year + month / 12, month % 12 + 1));
        dates
    }

    pub(crate) async fn fault(&self, fault: Value) {
        self.control(Method::POST, "/faults", &fault)
            .await
            .created();
    }
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        let status = Arc::new(AtomicU16::new(200));
        let (sender, received) = mpsc::unbounded_channel();
        let app = Router::new()
            .route("/webhook", post(receive))
            .with_state((status.clone(), sender));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            url,
            status,
            received: Mutex::new(received),
        }
    }

    /// How it answers from now on. A redirect leads back to itself.
    pub(crate) fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// The next webhook.
    pub(crate) async fn next(&self) -> Webhook {
        self.received.lock().await.recv().await.unwrap()
    }

    /// The events of the next webhook.
    pub(crate) async fn events(&self) -> Vec<Value> {
        self.next().await.json()["events"]
            .as_array()
            .unwrap()
            .clone()
    }

    pub(crate) async fn is_empty(&self) -> bool {
        self.received.lock().await.is_empty()
    }
}

async fn receive(
    State((status, sender)): State<(Arc<AtomicU16>, mpsc::UnboundedSender<Webhook>)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    sender.send(Webhook { headers, body }).unwrap();
    match status.load(Ordering::SeqCst) {
        307 => Redirect::temporary("/webhook").into_response(),
        status => StatusCode::from_u16(status).unwrap().into_response(),
    }
}

impl Webhook {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn created(self) -> Value {
        assert_eq!(self.status, 201, "{}", self.body);
        self.body
    }

    #[track_caller]
    pub(crate) fn refused(self, status: u16, message: &str) -> Value {
        assert_eq!(
            (self.status, self.body["message"].as_str()),
            (status, Some(message))
        );
        self.body
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// The answer to `request`; a body that is not JSON is null.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let (http, request) = request.build_split();
    let mut request = request.unwrap();
    // The client says nothing of a body that is not there.
    let body = request.body().and_then(|body| body.as_bytes());
    let is_empty = body.is_none_or(<[u8]>::is_empty);
    if is_empty && (request.method() == Method::POST || request.method() == Method::PUT) {
        let length = HeaderValue::from_static("0");
        request.headers_mut().insert(CONTENT_LENGTH, length);
    }
    let response = http.execute(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}
