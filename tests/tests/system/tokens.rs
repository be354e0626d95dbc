//! Access tokens that LINE issues, and channel secrets that change.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_clock::Clock;
use botbox_line::signature::sign;
use botbox_line::token::{
    AssertionKey, Issuer, StorageFuture, TokenKind, TokenSource, TokenStorage,
};
use botbox_line::{Client, Credentials, Platform, Settings};
use botbox_tests::{Bot, Channel, Host, Line, PATIENCE, Stage};
use secrecy::SecretString;
use serde_json::{Value, json};

/// A key of the tests, used nowhere else.
const KEY_FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../host/line/src/token/test_keys/jwk.json"
);

const KEY_ID: &str = "the-tests-key";

const SHORT_LIVED: &str = r#"{ issue = "short-lived" }"#;
const STATELESS: &str = r#"{ issue = "stateless" }"#;

fn by_key(kind: &str) -> String {
    format!(r#"{{ issue = "{kind}", key_id = "{KEY_ID}", key = {{ file = '{KEY_FILE}' }} }}"#)
}

fn key() -> String {
    std::fs::read_to_string(KEY_FILE).unwrap()
}

/// A simulator with a bot whose tokens may live for this many milliseconds.
async fn bot(lifetime: Option<u64>) -> (Line, Bot) {
    let line = Line::start().await;
    let settings = json!({"tokenLifetime": lifetime});
    let bot = json!({"displayName": "Bot", "settings": settings});
    let bot = line.bot_with(bot).await;
    let key: Value = serde_json::from_str(&key()).unwrap();
    line.register_key(&bot, &key, KEY_ID).await;
    (line, bot)
}

async fn host_with(line: &Line, channel: Channel, data: &Path) -> Host {
    let host = Host::beside(line).data(data).channel(channel);
    host.start(line).await
}

async fn stage(issue: &str, lifetime: Option<u64>) -> Stage {
    let (line, bot) = bot(lifetime).await;
    let channel = Channel::new("bot", &bot, "echo").access_token(issue);
    let host = Host::beside(&line).channel(channel).start(&line).await;
    let user = line.user("Aiko").await;
    Stage {
        line,
        bot,
        host,
        user,
    }
}

/// However many calls need it, a token is issued once.
#[tokio::test]
async fn each_kind_is_issued_once_for_all_calls() {
    for (issue, kind, path) in [
        (SHORT_LIVED, "short-lived", "/v2/oauth/accessToken"),
        (STATELESS, "stateless", "/oauth2/v3/token"),
        (&by_key("stateless"), "stateless", "/oauth2/v3/token"),
        (&by_key("v2.1"), "v2.1", "/oauth2/v2.1/token"),
    ] {
        let stage = stage(issue, None).await;
        let (one, another) = (stage.line.user("One").await, stage.line.user("Two").await);
        let answers = tokio::join!(
            stage.ask("hello"),
            stage.line.ask(&stage.bot, &one, "hi"),
            stage.line.ask(&stage.bot, &another, "hey"),
        );
        assert_eq!(answers, ("hello".into(), "hi".into(), "hey".into()));
        assert_eq!(stage.line.calls(&stage.bot, path).await.len(), 1, "{issue}");
        let status = stage.host.status().await;
        let status = &status["channels"][0]["token"];
        assert_eq!(status["kind"], kind);
        assert!(status["expires_at"].is_u64(), "{status}");
    }
}

/// A new token takes the place of the old one while that is valid, and the old one is revoked.
#[tokio::test]
async fn tokens_are_renewed_before_they_expire() {
    for (issue, issued, revoked) in [
        (SHORT_LIVED, "/v2/oauth/accessToken", "/v2/oauth/revoke"),
        (&by_key("v2.1"), "/oauth2/v2.1/token", "/oauth2/v2.1/revoke"),
    ] {
        let stage = stage(issue, Some(5_000)).await;
        let renewed = async {
            while stage.line.calls(&stage.bot, issued).await.len() < 2 {
                assert_eq!(stage.ask("hello").await, "hello");
            }
        };
        tokio::time::timeout(PATIENCE, renewed).await.unwrap();
        stage.line.expect_calls(&stage.bot, revoked, 1).await;
        assert_eq!(stage.ask("still there?").await, "still there?");
    }
}

/// Stateless tokens can't be revoked, and need not be.
#[tokio::test]
async fn stateless_tokens_are_renewed() {
    let stage = stage(STATELESS, Some(2_000)).await;
    let renewed = async {
        while stage.line.calls(&stage.bot, "/oauth2/v3/token").await.len() < 3 {
            assert_eq!(stage.ask("hello").await, "hello");
        }
    };
    tokio::time::timeout(PATIENCE, renewed).await.unwrap();
    assert!(stage.line.calls(&stage.bot, "/revoke").await.is_empty());
}

/// LINE revokes the oldest of more than 30 short-lived tokens.
async fn revoke_by_issuing_many(line: &Line, bot: &Bot) {
    let http = reqwest::Client::new();
    for _ in 0..30 {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &bot.channel_id),
            ("client_secret", &bot.secret),
        ];
        let request = http.post(format!("{}/v2/oauth/accessToken", line.url()));
        let response = request.form(&form).send().await.unwrap();
        assert!(response.status().is_success(), "{response:?}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_replaced() {
    let stage = stage(SHORT_LIVED, None).await;
    assert_eq!(stage.ask("hello").await, "hello");
    revoke_by_issuing_many(&stage.line, &stage.bot).await;
    assert_eq!(stage.ask("and now?").await, "and now?");
    let log = &stage.host.log;
    log.expect_count("another one is issued", 1).await;
}

#[tokio::test]
async fn a_start_uses_the_kept_token_if_line_knows_it() {
    for (issue, issued, verified) in [
        (SHORT_LIVED, "/v2/oauth/accessToken", "/v2/oauth/verify"),
        (&by_key("v2.1"), "/oauth2/v2.1/token", "/oauth2/v2.1/verify"),
    ] {
        let (line, bot) = bot(None).await;
        let user = line.user("Aiko").await;
        let data = tempfile::tempdir().unwrap();
        let channel = || Channel::new("bot", &bot, "echo").access_token(issue);
        for start in 0..3 {
            let mut host = host_with(&line, channel(), data.path()).await;
            assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
            assert_eq!(line.calls(&bot, issued).await.len(), 1, "start {start}");
            assert_eq!(line.calls(&bot, verified).await.len(), start);
            host.signal("TERM");
            assert!(host.ended().await.success());
        }
        if issue == SHORT_LIVED {
            revoke_by_issuing_many(&line, &bot).await;
            let host = host_with(&line, channel(), data.path()).await;
            host.log.expect("does not know the kept access token").await;
            assert_eq!(line.ask(&bot, &user, "anew").await, "anew");
        }
    }
}

/// Forgets.
struct Nowhere;

impl TokenStorage for Nowhere {
    fn load(&self) -> StorageFuture<'_, Option<SecretString>> {
        Box::pin(async { Ok(None) })
    }

    fn save(&self, _: SecretString) -> StorageFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn too_many_tokens_are_explained() {
    let (line, bot) = bot(None).await;
    let user = line.user("Aiko").await;
    let settings = Settings {
        api_base: line.url().to_owned(),
        ..Settings::default()
    };
    let platform = Platform::new(settings, Clock::system()).unwrap();
    for _ in 0..30 {
        let key = AssertionKey::new(KEY_ID, &key().into()).unwrap();
        let issuer = Issuer {
            credentials: Credentials {
                channel_id: bot.channel_id.clone(),
                secrets: Vec::new(),
            },
            kind: TokenKind::V2_1(key),
        };
        let storage = Arc::new(Nowhere);
        let source = TokenSource::Issued { issuer, storage };
        let client = Client::new(Arc::clone(&platform), source);
        // The user is no friend of the bot, but to learn that takes a token.
        assert!(client.profile(&user.id).await.is_err());
    }
    let channel = Channel::new("bot", &bot, "echo").access_token(&by_key("v2.1"));
    let host = Host::beside(&line).channel(channel).start(&line).await;
    let said = host.log.expect("has 30 valid v2.1 tokens").await;
    assert!(said.to_string().contains("issue stateless"), "{said}");
    // LINE's getsAllValidChannelAccessTokenKeyIds.
    let counted = line.calls(&bot, "/oauth2/v2.1/tokens/kid").await;
    assert_eq!(counted[0]["status"], 200);
}

/// What LINE refuses is explained, and not asked again and again.
#[tokio::test]
async fn wrong_credentials_are_explained() {
    let (line, bot) = bot(None).await;
    let channel = Channel::new("bot", &bot, "echo").access_token(SHORT_LIVED);
    let channel = channel.secrets(&["not the channel's", &bot.secret[1..]]);
    let host = Host::beside(&line).channel(channel).start(&line).await;
    host.log
        .expect("check the channel's `channel_id` and `secret`")
        .await;
    let body = json!({"destination": bot.id, "events": [
        {"type": "message", "source": {"type": "user", "userId": "U4af4980629f4af4980629f4af4980629"},
         "replyToken": "x", "message": {"id": "1", "type": "text", "text": "hello"},
         "mode": "active", "timestamp": 1, "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
         "deliveryContext": {"isRedelivery": false}},
    ]});
    let body = body.to_string();
    for _ in 0..20 {
        let signature = sign("not the channel's", body.as_bytes());
        assert_eq!(post(&host, &signature, &body).await, 200);
    }
    host.log.expect("has no access token").await;
    let asked = line.calls(&bot, "/v2/oauth/accessToken").await.len();
    assert!(asked < 20, "{asked}");
    assert!(line.calls(&bot, "/reply").await.is_empty());
}

async fn post(host: &Host, signature: &str, body: &str) -> u16 {
    let request = reqwest::Client::new().post(host.webhook("bot"));
    let request = request.header("x-line-signature", signature);
    let response = request.body(body.to_owned()).send().await;
    response.unwrap().status().as_u16()
}

/// While a secret is changed, LINE signs with the old one until it signs with the new one.
#[tokio::test]
async fn a_secret_changes_without_a_lost_webhook() {
    let (line, bot) = bot(None).await;
    // The bot's own is the last: LINE issues tokens by it although it is not the first.
    for issue in [SHORT_LIVED, STATELESS] {
        let channel = Channel::new("bot", &bot, "echo").access_token(issue);
        let channel = channel.secrets(&["the new secret", &bot.secret]);
        let host = Host::beside(&line).channel(channel).start(&line).await;
        let user = line.user("Aiko").await;
        assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
        let body = json!({"destination": bot.id, "events": []}).to_string();
        for (secret, status) in [
            ("the new secret", 200),
            (&bot.secret, 200),
            ("another secret", 401),
        ] {
            let signature = sign(secret, body.as_bytes());
            assert_eq!(post(&host, &signature, &body).await, status, "{secret}");
        }
    }
}

/// Seconds until a channel's token expires.
async fn expires_in(host: &Host) -> u64 {
    let status = host.status().await;
    let expires = status["channels"][0]["token"]["expires_at"].as_u64();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    expires.unwrap_or_default().saturating_sub(now.as_secs())
}

const ISSUED: &str = "/oauth2/v2.1/token";

/// LINE lists and counts it for a month, and revokes it for nobody. So the next one does not last.
#[tokio::test]
async fn a_token_that_a_crash_lost_is_known() {
    let (line, bot) = bot(None).await;
    let user = line.user("Aiko").await;
    let data = tempfile::tempdir().unwrap();
    let channel = || Channel::new("bot", &bot, "echo").access_token(&by_key("v2.1"));
    let hang = json!({"hang": true});
    line.lost_answer("issueChannelTokenByJWT", 1, hang).await;
    let host = Host::beside(&line).data(data.path()).channel(channel());
    let starting = host.set_up().spawn();
    line.expect_calls(&bot, ISSUED, 1).await;
    starting.kill().await;
    line.heal().await;

    let again = host_with(&line, channel(), data.path()).await;
    let told = again.log.expect("while LINE issued an access token").await;
    assert_eq!(told["channel_id"], *bot.channel_id);
    assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
    let lifetime = expires_in(&again).await;
    assert!((1..=3_600).contains(&lifetime), "{lifetime}");
    again.kill().await;

    // It is kept, so the host is not in doubt any more.
    let third = host_with(&line, channel(), data.path()).await;
    assert_eq!(line.ask(&bot, &user, "anew").await, "anew");
    assert!(
        third
            .log
            .find("while LINE issued an access token")
            .is_none()
    );
    assert_eq!(line.calls(&bot, ISSUED).await.len(), 2);
}

/// The old one is revoked at the next start, when the host ended before it could.
#[tokio::test]
async fn a_token_that_was_replaced_is_revoked_after_a_crash() {
    let (line, bot) = bot(Some(5_000)).await;
    let user = line.user("Aiko").await;
    let data = tempfile::tempdir().unwrap();
    let channel = || Channel::new("bot", &bot, "echo").access_token(&by_key("v2.1"));
    let host = host_with(&line, channel(), data.path()).await;
    assert_eq!(line.ask(&bot, &user, "hello").await, "hello");
    // From now on tokens last.
    line.set(&bot, json!({"tokenLifetime": 3_600_000})).await;
    let away = json!({"hang": true});
    line.fault("revokeChannelTokenByJWT", 1, away).await;
    let renewed = async {
        while line.calls(&bot, "/oauth2/v2.1/revoke").await.is_empty() {
            line.ask(&bot, &user, "hello").await;
        }
    };
    tokio::time::timeout(PATIENCE, renewed).await.unwrap();
    host.kill().await;
    line.heal().await;
    let before = line.calls(&bot, "/oauth2/v2.1/revoke").await.len();
    let _again = host_with(&line, channel(), data.path()).await;
    line.expect_calls(&bot, "/oauth2/v2.1/revoke", before + 1)
        .await;
    assert_eq!(line.ask(&bot, &user, "and now?").await, "and now?");
    assert_eq!(line.calls(&bot, ISSUED).await.len(), 2);
}

/// A LINE that counts who asks for a token at a time.
#[tokio::test]
async fn a_start_asks_for_a_few_tokens_at_a_time() {
    #[derive(Default)]
    struct Seen {
        now: AtomicUsize,
        most: AtomicUsize,
        all: AtomicUsize,
    }
    let seen = Arc::new(Seen::default());
    let counting = Arc::clone(&seen);
    let issue = async move || {
        let now = counting.now.fetch_add(1, Ordering::SeqCst) + 1;
        counting.most.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        counting.now.fetch_sub(1, Ordering::SeqCst);
        counting.all.fetch_add(1, Ordering::SeqCst);
        axum::Json(json!({"access_token": "a-token", "expires_in": 900, "token_type": "Bearer"}))
    };
    let routes = axum::Router::new().route("/oauth2/v3/token", axum::routing::post(issue));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let (line, bot) = bot(None).await;
    let mut host = Host::beside(&line).api(&api);
    for number in 0..40 {
        let id = format!("bot-{number}");
        host = host.channel(Channel::new(&id, &bot, "echo").access_token(STATELESS));
    }
    let _host = host.set_up().start().await;
    let all = async {
        while seen.all.load(Ordering::SeqCst) < 40 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap();
    let most = seen.most.load(Ordering::SeqCst);
    assert!((1..=8).contains(&most), "{most}");
}
