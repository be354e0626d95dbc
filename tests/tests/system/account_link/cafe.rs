//! A bot that links accounts with those of the example service, and browsers.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;

use botbox_line::signature::sign;
use botbox_tests::{ALL_GRANTS, PATIENCE, PUBLIC_URL, Stage, User};
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

pub(crate) const SECRET: &str = "what bot and service share, long enough";

/// A bot, its user, and the service whose accounts are linked.
pub(crate) struct Cafe {
    pub(crate) stage: Stage,
    pub(crate) service: String,
    pub(crate) _service: Child,
    pub(crate) _secrets: TempDir,
}

/// A browser as far as linking needs one: it shows its cookies to the host, and follows nothing.
pub(crate) struct Browser {
    pub(crate) http: Client,
    pub(crate) host: String,
    pub(crate) cookies: HashMap<String, String>,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Cafe {
    pub(crate) async fn open() -> Self {
        let secrets = tempfile::tempdir().unwrap();
        let file = secrets.path().join("secret");
        std::fs::write(&file, SECRET).unwrap();
        let (child, service) = start_service().await;
        let channel = format!(
            "grants = [{ALL_GRANTS}]\n[channels.account_link]\nservice = \"Coffee & Club\"\n\
             login_url = \"{service}/login\"\nsecret = {{ file = \"{}\" }}\n",
            file.display()
        );
        let with_service = |it: botbox_tests::Channel| it.with(&channel);
        let stage = Stage::setting("probe", with_service, |host| host).await;
        let follow = json!({"type": "follow", "follow": {"isUnblocked": false}});
        stage.line.act(&stage.bot, &stage.user, follow).await;
        stage.line.next(&stage.bot, &stage.user.id, 0).await;
        Self {
            stage,
            service,
            _service: child,
            _secrets: secrets,
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser {
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            host: self.stage.host.url.clone(),
            cookies: HashMap::new(),
        }
    }

    pub(crate) async fn link_url(&self) -> String {
        let user = &self.stage.user.id;
        self.stage.ask(&format!("create-link {user}")).await
    }

    pub(crate) async fn linked_account(&self) -> String {
        let user = &self.stage.user.id;
        self.stage.ask(&format!("linked-account {user}")).await
    }

    /// From the link to the way back from the service, where a member has logged in.
    pub(crate) async fn log_in(&self, browser: &mut Browser, member: &str) -> String {
        let link = self.link_url().await;
        let login = browser.post(&link, &[]).await.location();
        let password = HashMap::from([("ann", "apple"), ("bob", "banana")])[member];
        let state = parameter(&login, "state");
        let form = [
            ("state", &*state),
            ("member", member),
            ("password", password),
        ];
        let back = browser.post(&login, &form).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
        back.location()
    }

    /// From the link to LINE's dialog.
    pub(crate) async fn go_to_dialog(&self, member: &str) -> String {
        let mut browser = self.browser();
        let back = self.log_in(&mut browser, member).await;
        browser.get(&back).await.location()
    }

    /// Agrees at LINE's dialog, as the user whom LINE finds in the browser.
    pub(crate) async fn agree(&self, dialog: &str, user: &User) {
        let mut browser = self.browser();
        assert_eq!(browser.get(dialog).await.status, StatusCode::OK);
        let (link_token, nonce) = (parameter(dialog, "linkToken"), parameter(dialog, "nonce"));
        let form = [
            ("linkToken", &*link_token),
            ("nonce", &*nonce),
            ("userId", &*user.id),
        ];
        let page = browser.post(dialog, &form).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }

    /// What the bot says to the user's next event after `act`.
    pub(crate) async fn answer_to(&self, act: impl Future<Output = ()>) -> String {
        let Stage {
            line, bot, user, ..
        } = &self.stage;
        let chat = line.messages(bot, &user.id, 0, 0).await;
        let last = chat.last().map_or(0, |it| it["seq"].as_u64().unwrap());
        act.await;
        line.next(bot, &user.id, last).await.text().to_owned()
    }

    /// LINE's event of a link, as somebody who knows the channel secret can make it.
    pub(crate) async fn event(&self, id: &str, user: &str, nonce: &str, is_redelivery: bool) {
        let event = json!({
            "type": "accountLink", "mode": "active", "timestamp": 1,
            "webhookEventId": id, "deliveryContext": {"isRedelivery": is_redelivery},
            "source": {"type": "user", "userId": user},
            "link": {"result": "ok", "nonce": nonce},
        });
        let body = json!({"destination": self.stage.bot.id, "events": [event]}).to_string();
        let request = Client::new().post(self.stage.host.webhook("bot"));
        let signature = sign(&self.stage.bot.secret, body.as_bytes());
        let request = request.header("x-line-signature", signature).body(body);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }

    /// What the bot saw of the link's end, when it could not answer.
    pub(crate) async fn seen(&self, what: &str) {
        let shown = format!("AccountLink(AccountLinkEvent {{ {what} }})");
        self.stage.host.log.expect(&shown).await;
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, url: &str) -> Page {
        self.request(Method::GET, url, &[], None).await
    }

    pub(crate) async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Page {
        let site = url.starts_with(PUBLIC_URL).then_some("same-origin");
        self.request(Method::POST, url, form, site).await
    }

    pub(crate) async fn request(
        &mut self,
        method: Method,
        url: &str,
        form: &[(&str, &str)],
        site: Option<&str>,
    ) -> Page {
        let place = url.replace(PUBLIC_URL, &self.host);
        let mut request = self.http.request(method.clone(), &place);
        if method == Method::POST {
            request = request.form(form);
        }
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        if place != url && !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, it)| format!("{name}={it}"));
            let cookies: Vec<_> = cookies.collect();
            request = request.header("cookie", format!("a=b; {}", cookies.join("; ")));
        }
        let response = request.send().await.unwrap();
        let page = Page {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        };
        for cookie in page.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        self.cookies.retain(|_, value| !value.is_empty());
        page
    }
}

impl Page {
    pub(crate) fn location(&self) -> String {
        let location = self.headers.get(LOCATION);
        let location = location.unwrap_or_else(|| panic!("{} {}", self.status, self.body));
        location.to_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

pub(crate) async fn start_service() -> (Child, String) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/members/service.py");
    let mut child = Command::new("python3")
        .arg(program)
        .args(["--port", "0", "--back"])
        .arg(format!("{PUBLIC_URL}/link/bot/done"))
        .env("LINK_SECRET", SECRET)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, output.next_line()).await.unwrap();
    let line = line.unwrap().expect("the service starts");
    let url = line.strip_prefix("listening on ").unwrap();
    (child, url.to_owned())
}

pub(crate) fn parameter(url: &str, name: &str) -> String {
    let url = Url::parse(url).unwrap();
    let parameter = url.query_pairs().find(|(known, _)| known == name);
    parameter.unwrap().1.into_owned()
}

/// `url` with another value of a parameter of the query.
pub(crate) fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let old = parameter(url, name);
    url.replace(&format!("{name}={old}"), &format!("{name}={value}"))
}

pub(crate) const ANN: &str = "is-linked: true, account: Some(\"ann\"), nonce: None";

pub(crate) const NOBODY: &str = "is-linked: false, account: None, nonce: None";
