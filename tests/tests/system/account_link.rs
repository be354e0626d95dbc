//! Linking accounts: the whole sequence, with the example service and the simulator's dialog, and
//! what those try who are not to be linked.

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

const SECRET: &str = "what bot and service share, long enough";

/// A bot, its user, and the service whose accounts are linked.
struct Cafe {
    stage: Stage,
    service: String,
    _service: Child,
    _secrets: TempDir,
}

/// A browser as far as linking needs one: it shows its cookies to the host, and follows nothing.
struct Browser {
    http: Client,
    host: String,
    cookies: HashMap<String, String>,
}

struct Page {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    body: String,
}

impl Cafe {
    async fn open() -> Self {
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

    fn browser(&self) -> Browser {
        Browser {
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
            host: self.stage.host.url.clone(),
            cookies: HashMap::new(),
        }
    }

    async fn link_url(&self) -> String {
        let user = &self.stage.user.id;
        self.stage.ask(&format!("create-link {user}")).await
    }

    async fn linked_account(&self) -> String {
        let user = &self.stage.user.id;
        self.stage.ask(&format!("linked-account {user}")).await
    }

    /// From the link to the way back from the service, where a member has logged in.
    async fn log_in(&self, browser: &mut Browser, member: &str) -> String {
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
    async fn go_to_dialog(&self, member: &str) -> String {
        let mut browser = self.browser();
        let back = self.log_in(&mut browser, member).await;
        browser.get(&back).await.location()
    }

    /// Agrees at LINE's dialog, as the user whom LINE finds in the browser.
    async fn agree(&self, dialog: &str, user: &User) {
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
    async fn answer_to(&self, act: impl Future<Output = ()>) -> String {
        let Stage {
            line, bot, user, ..
        } = &self.stage;
        let chat = line.messages(bot, &user.id, 0, 0).await;
        let last = chat.last().map_or(0, |it| it["seq"].as_u64().unwrap());
        act.await;
        line.next(bot, &user.id, last).await.text().to_owned()
    }

    /// LINE's event of a link, as somebody who knows the channel secret can make it.
    async fn event(&self, id: &str, user: &str, nonce: &str, is_redelivery: bool) {
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
    async fn seen(&self, what: &str) {
        let shown = format!("AccountLink(AccountLinkEvent {{ {what} }})");
        self.stage.host.log.expect(&shown).await;
    }
}

impl Browser {
    async fn get(&mut self, url: &str) -> Page {
        self.request(Method::GET, url, &[], None).await
    }

    async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Page {
        let site = url.starts_with(PUBLIC_URL).then_some("same-origin");
        self.request(Method::POST, url, form, site).await
    }

    async fn request(
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
    fn location(&self) -> String {
        let location = self.headers.get(LOCATION);
        let location = location.unwrap_or_else(|| panic!("{} {}", self.status, self.body));
        location.to_str().unwrap().to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

async fn start_service() -> (Child, String) {
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

fn parameter(url: &str, name: &str) -> String {
    let url = Url::parse(url).unwrap();
    let parameter = url.query_pairs().find(|(known, _)| known == name);
    parameter.unwrap().1.into_owned()
}

/// `url` with another value of a parameter of the query.
fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let old = parameter(url, name);
    url.replace(&format!("{name}={old}"), &format!("{name}={value}"))
}

const ANN: &str = "is-linked: true, account: Some(\"ann\"), nonce: None";
const NOBODY: &str = "is-linked: false, account: None, nonce: None";

#[tokio::test]
async fn the_whole_sequence() {
    let cafe = Cafe::open().await;
    let user = &cafe.stage.user;
    assert_eq!(cafe.linked_account().await, "None");

    let link = cafe.link_url().await;
    let ticket = link.strip_prefix(&format!("{PUBLIC_URL}/link/bot/"));
    let ticket = ticket.unwrap().to_owned();
    let mut browser = cafe.browser();
    // However often it is looked at, as messengers and browsers do in advance.
    for _ in 0..3 {
        let page = browser.get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("Link with Coffee &amp; Club"));
        assert!(page.body.contains("undo it at any time"));
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    }

    let begun = browser.post(&link, &[]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    let cookie = begun.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-botbox-link="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let login = begun.location();
    let state = parameter(&login, "state");
    assert!(login.starts_with(&cafe.service));
    let page = browser.get(&login).await;
    assert!(page.body.contains(&state), "{}", page.body);
    let form = [
        ("state", &*state),
        ("member", "ann"),
        ("password", "banana"),
    ];
    let wrong = browser.post(&login, &form).await;
    assert_eq!(wrong.status, StatusCode::OK);
    let form = [("state", &*state), ("member", "ann"), ("password", "apple")];
    let back = browser.post(&login, &form).await.location();

    let done = browser.get(&back).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(browser.cookies.is_empty(), "the session has ended");
    let dialog = done.location();
    assert!(dialog.starts_with(&format!(
        "{}/dialog/bot/accountLink?",
        cafe.stage.line.url()
    )));
    let nonce = parameter(&dialog, "nonce");
    assert!(nonce.len() >= 22, "128 bits");
    assert_eq!(cafe.linked_account().await, "None");

    let answer = cafe.answer_to(cafe.agree(&dialog, user)).await;
    assert_eq!(
        answer,
        format!("EventKind::AccountLink(AccountLinkEvent {{ {ANN} }})")
    );
    assert_eq!(cafe.linked_account().await, "Some(\"ann\")");
    let unlink = format!("unlink {}", user.id);
    assert_eq!(cafe.stage.ask(&unlink).await, "true");
    assert_eq!(cafe.stage.ask(&unlink).await, "false");
    assert_eq!(cafe.linked_account().await, "None");

    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    let link_token = parameter(&dialog, "linkToken");
    let signature = parameter(&back, "signature");
    for secret in [
        &*ticket,
        &*state,
        secret,
        &*link_token,
        &*nonce,
        &*signature,
        SECRET,
    ] {
        assert_eq!(cafe.stage.host.log.find(secret), None);
    }
}

#[tokio::test]
async fn linking_again_replaces_the_link() {
    let cafe = Cafe::open().await;
    for member in ["ann", "bob"] {
        let dialog = cafe.go_to_dialog(member).await;
        cafe.answer_to(cafe.agree(&dialog, &cafe.stage.user)).await;
        assert_eq!(cafe.linked_account().await, format!("Some({member:?})"));
    }
}

/// An attacker sends their own link, or the way back of their own login, to a victim.
#[tokio::test]
async fn a_login_counts_in_the_browser_that_began_only() {
    let cafe = Cafe::open().await;
    let mut browser = cafe.browser();
    let back = cafe.log_in(&mut browser, "ann").await;
    let mut other = cafe.browser();
    assert_eq!(other.get(&back).await.status, StatusCode::FORBIDDEN);
    // One that is in a session of its own.
    cafe.log_in(&mut other, "bob").await;
    assert_eq!(other.get(&back).await.status, StatusCode::FORBIDDEN);
    // It was of no use to them, and still is to the right one.
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_the_service_did_not_sign_is_refused() {
    let cafe = Cafe::open().await;
    let mut browser = cafe.browser();
    let back = cafe.log_in(&mut browser, "ann").await;
    let mut forged = parameter(&back, "signature");
    let first = if forged.starts_with('A') { "B" } else { "A" };
    forged.replace_range(..1, first);
    for back in [
        with_parameter(&back, "account", "bob"),
        with_parameter(&back, "account", ""),
        with_parameter(&back, "signature", &forged),
        with_parameter(&back, "signature", ""),
    ] {
        let page = browser.get(&back).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("ask the bot for a new link"));
        assert!(!page.body.contains("signature"), "it tells nothing");
    }
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn tickets_and_sessions_are_used_once() {
    let cafe = Cafe::open().await;
    let mut browser = cafe.browser();
    let link = cafe.link_url().await;
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::GONE);
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);

    let back = cafe.log_in(&mut browser, "ann").await;
    let cookies = browser.cookies.clone();
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
    browser.cookies = cookies;
    assert_eq!(browser.get(&back).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn links_lead_nowhere_but_to_their_channel() {
    let cafe = Cafe::open().await;
    let link = cafe.link_url().await;
    let mut browser = cafe.browser();
    for (path, status) in [
        (link.replace("/bot/", "/other/"), StatusCode::NOT_FOUND),
        (
            format!("{PUBLIC_URL}/link/other/done"),
            StatusCode::NOT_FOUND,
        ),
        (format!("{link}x"), StatusCode::GONE),
        (format!("{PUBLIC_URL}/link/bot/%ff"), StatusCode::NOT_FOUND),
        (format!("{PUBLIC_URL}/link/bot/done"), StatusCode::GONE),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.body.contains("ask the bot for a new link"));
    }
    // A form on somebody else's page.
    let forged = browser.request(Method::POST, &link, &[], Some("cross-site"));
    assert_eq!(forged.await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::SEE_OTHER);
}

/// The victim logs in to the service, but LINE knows that the link is not theirs.
#[tokio::test]
async fn another_user_at_the_dialog_is_not_linked() {
    let cafe = Cafe::open().await;
    let victim = cafe.stage.line.user("Victim").await;
    let dialog = cafe.go_to_dialog("ann").await;
    cafe.agree(&dialog, &victim).await;
    cafe.seen(NOBODY).await;
    assert_eq!(cafe.linked_account().await, "None");
    // The nonce is used up.
    let nonce = parameter(&dialog, "nonce");
    let user = &cafe.stage.user.id;
    cafe.event("01A", user, &nonce, false).await;
    assert_eq!(cafe.linked_account().await, "None");
}

/// Should LINE ever say that another user is linked than the one who was asked.
#[tokio::test]
async fn another_user_is_not_linked_even_if_line_says_so() {
    let cafe = Cafe::open().await;
    let dialog = cafe.go_to_dialog("ann").await;
    let nonce = parameter(&dialog, "nonce");
    let other = cafe.stage.line.user("Other").await.id;
    cafe.event("01A", &other, &nonce, false).await;
    cafe.seen(NOBODY).await;
    cafe.stage
        .host
        .log
        .expect("another user than was asked")
        .await;
    let asked = cafe.stage.ask(&format!("linked-account {other}")).await;
    assert_eq!(asked, "None");
    cafe.event("01B", &cafe.stage.user.id, &nonce, false).await;
    assert_eq!(cafe.linked_account().await, "None");
}

#[tokio::test]
async fn an_event_that_comes_again_links_once() {
    let cafe = Cafe::open().await;
    let dialog = cafe.go_to_dialog("ann").await;
    let nonce = parameter(&dialog, "nonce");
    let user = &cafe.stage.user.id;
    cafe.event("01A", user, &nonce, false).await;
    assert_eq!(cafe.linked_account().await, "Some(\"ann\")");
    assert_eq!(cafe.stage.ask(&format!("unlink {user}")).await, "true");
    cafe.event("01A", user, &nonce, true).await;
    cafe.event("01B", user, &nonce, true).await;
    assert_eq!(cafe.linked_account().await, "None");
    assert_eq!(
        cafe.stage.host.log.count(NOBODY),
        0,
        "the outcome is the same"
    );
    cafe.seen(ANN).await;
}

#[tokio::test]
async fn bots_that_link_on_their_own_get_their_nonces() {
    let cafe = Cafe::open().await;
    let user = &cafe.stage.user.id;
    cafe.event("01A", user, "a nonce of the bot's", false).await;
    cafe.seen("is-linked: true, account: None, nonce: Some(\"a nonce of the bot's\")")
        .await;
    assert_eq!(cafe.linked_account().await, "None");
}

/// `issueLinkToken` fails.
#[tokio::test]
async fn without_a_link_token_the_user_is_told_to_begin_anew() {
    let cafe = Cafe::open().await;
    let mut browser = cafe.browser();
    let back = cafe.log_in(&mut browser, "ann").await;
    let failure = json!({"status": 500, "body": {"message": "failed"}});
    cafe.stage.line.fault("issueLinkToken", 1, failure).await;
    let page = browser.get(&back).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.body.contains("ask the bot for a new link"));
    cafe.stage
        .host
        .log
        .expect("LINE issued no link token")
        .await;
    let dialog = cafe.go_to_dialog("ann").await;
    cafe.answer_to(cafe.agree(&dialog, &cafe.stage.user)).await;
    assert_eq!(cafe.linked_account().await, "Some(\"ann\")");
}

#[tokio::test]
async fn what_the_bot_may_ask_for() {
    let cafe = Cafe::open().await;
    let invalid = "ErrorKind::Invalid";
    for command in ["create-link U1", "linked-account Ann", "unlink ../x"] {
        assert_eq!(cafe.stage.ask(command).await, invalid, "{command}");
    }

    let denied = "ErrorKind::Denied";
    let not_set_up = Stage::with("probe").await;
    let no_grant = |it: botbox_tests::Channel| it.with("grants = [\"reply\"]");
    let not_granted = Stage::setting("probe", no_grant, |host| host).await;
    for stage in [not_set_up, not_granted] {
        let user = &stage.user.id;
        for command in ["create-link", "linked-account", "unlink"] {
            assert_eq!(stage.ask(&format!("{command} {user}")).await, denied);
        }
    }
}
