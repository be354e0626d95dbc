//! A chat in the page, with a bot that is the test itself.

use botbox_tests::{Bot, Line, User};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::chromium::Chromium;

/// A simulator with a bot and a user, and the page with their chat.
pub(crate) struct Scene {
    pub(crate) line: Line,
    pub(crate) bot: Bot,
    pub(crate) user: User,
    pub(crate) page: Chromium,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        let line = Line::start().await;
        let bot = line.bot("Bot").await;
        let user = line.user("Aiko").await;
        line.act(&bot, &user, json!({ "type": "follow" })).await;
        let page = Chromium::open(line.url()).await;
        page.wait_for_text("Aiko").await;
        Self {
            line,
            bot,
            user,
            page,
        }
    }

    pub(crate) async fn push(&self, messages: Value) {
        let request = json!({ "to": self.user.id, "messages": messages });
        self.call("/v2/bot/message/push", |call| call.json(&request))
            .await;
    }

    /// A call of the bot.
    pub(crate) async fn call(
        &self,
        path: &str,
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Value {
        let call = Client::new().post(format!("{}{path}", self.line.url()));
        let call = complete(call.bearer_auth(&self.bot.token));
        let response = call.send().await.unwrap();
        let status = response.status();
        let answer = response.json().await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    /// A request to the control API.
    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("{}/simulator{path}", self.line.url());
        let request = Client::new().request(method, url).json(body);
        let response = request.send().await.unwrap();
        let status = response.status();
        let answer = response.json().await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    /// Makes a rich menu that says something and switches, under an alias.
    pub(crate) async fn rich_menu(&self, alias: &str, other: &str) -> String {
        let area = |x: u32, action: Value| {
            let bounds = json!({ "x": x, "y": 0, "width": 400, "height": 270 });
            json!({ "bounds": bounds, "action": action })
        };
        let switch = json!({ "type": "richmenuswitch", "richMenuAliasId": other, "data": "tab" });
        let menu = json!({
            "size": { "width": 800, "height": 270 }, "selected": true,
            "name": alias, "chatBarText": alias,
            "areas": [area(0, json!({ "type": "message", "text": alias })), area(400, switch)],
        });
        let made = self.call("/v2/bot/richmenu", |call| call.json(&menu)).await;
        let id = made["richMenuId"].as_str().unwrap().to_owned();
        let picture = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x03\x20\0\0\x01\x0e\x08\x02\0\0\0";
        self.call(&format!("/v2/bot/richmenu/{id}/content"), |call| {
            call.header("content-type", "image/png").body(&picture[..])
        })
        .await;
        let alias = json!({ "richMenuAliasId": alias, "richMenuId": id });
        self.call("/v2/bot/richmenu/alias", |call| call.json(&alias))
            .await;
        id
    }

    /// The event that the bot was told of last.
    pub(crate) async fn last_event(&self) -> Value {
        let path = format!(
            "{}/simulator/bots/{}/log?last=1",
            self.line.url(),
            self.bot.id
        );
        let log: Value = reqwest::get(path).await.unwrap().json().await.unwrap();
        let body = log["entries"][0]["body"].as_str().unwrap();
        let mut body: Value = serde_json::from_str(body).unwrap();
        body["events"][0].take()
    }
}
