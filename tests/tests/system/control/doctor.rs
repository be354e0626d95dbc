//! `botbox doctor` and `botbox channel set-webhook`: what keeps a channel from working is found, and told with what
//! to do about it.

use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botbox_tests::{ADMIN_TOKEN, Bot, Channel, Host, Line, PATIENCE, Setup, User, binary};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use reqwest::{Client, Method};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use crate::crash::free_address;

/// A host that is reached at its own address, with the channel `bot`.
struct Stage {
    line: Line,
    bot: Bot,
    user: User,
    setup: Setup,
    host: Host,
    /// What the webhook's URL must be.
    webhook: String,
}

impl Stage {
    async fn new() -> Self {
        let line = Line::start().await;
        let bot = line.bot("Bot").await;
        let address = free_address();
        let url = format!("http://{address}");
        let setup = Host::beside(&line)
            .listen(&address)
            .public_url(&url)
            .channel(Channel::new("bot", &bot, "echo"))
            .set_up();
        let host = setup.start().await;
        let webhook = host.webhook("bot");
        let user = line.user("Aiko").await;
        Self {
            line,
            bot,
            user,
            setup,
            host,
            webhook,
        }
    }

    async fn command(&self, arguments: &[&str], token: &str) -> (Option<i32>, Vec<Value>, String) {
        let command = Command::new(binary())
            .args(arguments)
            .env("BOTBOX_ADMIN_URL", &self.host.admin_url)
            .env("BOTBOX_ADMIN_TOKEN", token)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(PATIENCE, command).await.unwrap().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let lines = out.lines().map(|it| serde_json::from_str(it).unwrap());
        let err = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), lines.collect(), err)
    }

    /// What the doctor says of one check of the channel or the host, with its exit code.
    async fn finding(&self, check: &str) -> (Option<i32>, Value) {
        let (code, findings, err) = self.command(&["doctor", "--json"], ADMIN_TOKEN).await;
        let found = findings.iter().find(|it| it["check"] == check);
        let found = found.unwrap_or_else(|| panic!("nothing of {check}: {findings:?} {err}"));
        (code, found.clone())
    }

    #[track_caller]
    fn expect(
        &self,
        (code, finding): (Option<i32>, Value),
        verdict: &str,
        words: &str,
        remedy: &str,
    ) {
        assert_eq!(finding["verdict"], verdict, "{finding}");
        assert!(
            finding["found"].as_str().unwrap().contains(words),
            "{finding}"
        );
        let told = finding["remedy"].as_str().unwrap_or_default();
        assert!(told.contains(remedy), "{finding}");
        if verdict == "problem" {
            assert_eq!(code, Some(1));
        }
    }
}

#[tokio::test]
async fn the_webhook_url_is_set_and_tried() {
    let stage = Stage::new().await;
    let set = "botbox channel set-webhook bot";
    stage.expect(
        stage.finding("webhook-url").await,
        "problem",
        "no webhook URL",
        set,
    );

    let set = ["channel", "set-webhook", "bot", "--json"];
    let (code, findings, err) = stage.command(&set, ADMIN_TOKEN).await;
    assert_eq!(code, Some(0), "{findings:?} {err}");
    assert_eq!(
        stage.line.webhook(&stage.bot).await.as_deref(),
        Some(&*stage.webhook)
    );
    assert_eq!(
        stage.line.ask(&stage.bot, &stage.user, "hello").await,
        "hello"
    );
    let (code, findings, err) = stage.command(&["doctor", "--json"], ADMIN_TOKEN).await;
    assert_eq!(code, Some(0), "{findings:#?} {err}");
    let is_ok = |it: &&Value| it["verdict"] != "ok";
    let others: Vec<_> = findings
        .iter()
        .filter(is_ok)
        .map(|it| &it["check"])
        .collect();
    // It is on this machine, without a certificate.
    assert_eq!(others, ["certificate"], "{findings:#?}");

    // Somebody has set another URL, at which nothing takes webhooks.
    let other = format!("{}s", stage.webhook);
    stage.line.set_webhook(&stage.bot, &other).await;
    stage.expect(
        stage.finding("webhook-url").await,
        "problem",
        &other,
        "set-webhook bot",
    );
    let passes = "passes `/webhook/` on";
    stage.expect(
        stage.finding("webhook-test").await,
        "problem",
        "ERROR_STATUS_CODE",
        passes,
    );
    let set = ["channel", "set-webhook", "bot", "--json", "--url", &other];
    let (code, findings, _) = stage.command(&set, ADMIN_TOKEN).await;
    assert_eq!(code, Some(1), "{findings:?}");
    let nowhere = format!("http://{}/webhook/bot", free_address());
    stage.line.set_webhook(&stage.bot, &nowhere).await;
    let reach = "LINE reaches no server there";
    stage.expect(
        stage.finding("webhook-test").await,
        "problem",
        "COULD_NOT_CONNECT",
        reach,
    );
    let set = ["channel", "set-webhook", "bot", "--json", "--url", "no URL"];
    let (code, findings, _) = stage.command(&set, ADMIN_TOKEN).await;
    assert_eq!(code, Some(1), "{findings:?}");
    assert!(
        findings[0]["found"]
            .as_str()
            .unwrap()
            .contains("LINE does not take"),
        "{findings:?}"
    );
}

#[tokio::test]
async fn what_line_knows_of_a_channel_is_told() {
    let stage = Stage::new().await;
    stage.line.set_webhook(&stage.bot, &stage.webhook).await;
    let inactive = json!({"status": 200, "body": {"endpoint": stage.webhook, "active": false}});
    stage.line.fault("getWebhookEndpoint", 1, inactive).await;
    let finding = stage.finding("webhook-url").await;
    stage.expect(
        finding,
        "problem",
        "`Use webhook` is off",
        "switch on `Use webhook`",
    );

    stage.line.set(&stage.bot, json!({"monthlyQuota": 2})).await;
    stage.expect(
        stage.finding("quota").await,
        "ok",
        "0 of the month's 2 messages",
        "",
    );
    let used = |total: u64| json!({"status": 200, "body": {"totalUsage": total}});
    stage
        .line
        .fault("getMessageQuotaConsumption", 1, used(2))
        .await;
    stage.expect(
        stage.finding("quota").await,
        "problem",
        "2 of the month's 2",
        "change the plan",
    );
    let quota = json!({"status": 200, "body": {"type": "limited", "value": 10}});
    stage.line.fault("getMessageQuota", 1, quota).await;
    stage
        .line
        .fault("getMessageQuotaConsumption", 1, used(8))
        .await;
    stage.expect(
        stage.finding("quota").await,
        "warning",
        "8 of the month's 10",
        "",
    );

    // Of two calls, the second one tells the time.
    let body = json!({"userId": "U", "basicId": "@bot", "displayName": "Bot", "chatMode": "bot",
        "markAsReadMode": "auto"});
    let late =
        json!({"status": 200, "body": body, "headers": {"date": "Sat, 01 Jan 2000 00:00:00 GMT"}});
    stage.line.fault("getBotInfo", 2, late).await;
    stage.expect(
        stage.finding("clock").await,
        "problem",
        "away from LINE's",
        "synchronise",
    );

    let refused = json!({"status": 401, "body": {"message": "Authentication failed"}});
    stage.line.fault("getBotInfo", 1, refused).await;
    let finding = stage.finding("access-token").await;
    stage.expect(
        finding,
        "problem",
        "Authentication failed",
        "botbox secret set bot access-token",
    );
}

#[tokio::test]
async fn a_channel_without_its_secret_and_a_host_that_is_not_there() {
    let line = Line::start().await;
    let bot = line.bot("Bot").await;
    let host = Host::beside(&line)
        .channel(Channel::new("bot", &bot, "echo").access_token("{ env = \"NOT_SET\" }"))
        .without_public_url();
    let setup = host.set_up();
    let host = setup.start().await;
    let webhook = host.webhook("bot");
    let user = line.user("Aiko").await;
    let stage = Stage {
        line,
        bot,
        user,
        setup,
        host,
        webhook,
    };
    stage.expect(
        stage.finding("channel").await,
        "problem",
        "NOT_SET",
        "mend that",
    );
    let url = "where the Internet reaches it";
    stage.expect(
        stage.finding("public-url").await,
        "warning",
        url,
        "server.public_url",
    );
    let set = ["channel", "set-webhook", "bot", "--json"];
    let (code, _, err) = stage.command(&set, ADMIN_TOKEN).await;
    assert_eq!(code, Some(6), "{err}");
    assert!(err.contains("give the URL"), "{err}");

    let (code, findings, _) = stage
        .command(&["doctor", "--json"], "another admin token")
        .await;
    assert_eq!(code, Some(1));
    assert_eq!(findings[0]["check"], "admin-token", "{findings:?}");
    let nowhere = ["doctor", "--json", "--admin", "http://127.0.0.1:1"];
    let (code, findings, _) = stage.command(&nowhere, ADMIN_TOKEN).await;
    assert_eq!(code, Some(1));
    assert_eq!(findings[0]["check"], "admin-api", "{findings:?}");
    let config = stage.setup.config().display().to_string();
    let configured = ["doctor", "--json", "--config", &config];
    let (_, findings, _) = stage.command(&configured, ADMIN_TOKEN).await;
    let found = findings[0]["found"].as_str().unwrap();
    assert_eq!(findings[0]["check"], "configuration", "{findings:?}");
    assert!(found.contains("botbox.toml"), "{found}");
}

/// What a proxy before the host shows: certificates, the first one its own.
fn serve_certificates(chain: Vec<Certificate>, key: &KeyPair) -> u16 {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let chain = chain.iter().map(|it| it.der().clone()).collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // Who looks at the certificate, goes away then.
            let _ = connection.complete_io(&mut socket);
        }
    });
    port
}

/// An authority, by whatever signs its own certificate, if it does not do so itself.
fn authority(
    name: &str,
    above: Option<&Issuer<'_, KeyPair>>,
) -> (Issuer<'static, KeyPair>, Certificate) {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, name);
    let certificate = match above {
        Some(above) => authority.signed_by(&key, above),
        None => authority.self_signed(&key),
    };
    (Issuer::new(authority, key), certificate.unwrap())
}

/// A certificate for `localhost` that is valid from a year ago until so many hours from now.
fn certificate(by: &Issuer<'_, KeyPair>, key: &KeyPair, name: &str, hours: i64) -> Certificate {
    let hour = |hours: i64| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let seconds = i64::try_from(since.as_secs()).unwrap() + hours * 3_600;
        date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap())
    };
    let mut certificate = CertificateParams::new(vec![name.to_owned()]).unwrap();
    certificate.not_before = hour(-365 * 24);
    certificate.not_after = hour(hours);
    certificate.signed_by(key, by).unwrap()
}

#[tokio::test]
async fn the_certificate_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let (root, root_certificate) = authority("root", None);
    let (between, between_certificate) = authority("between", Some(&root));
    let (stranger, _) = authority("stranger", None);
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, root_certificate.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let signed = |by, name: &str, hours| certificate(by, &key, name, hours);
    for (chain, verdict, words, remedy) in [
        (
            vec![
                signed(&between, "localhost", 60 * 24 + 1),
                between_certificate.clone(),
            ],
            "ok",
            "of localhost is valid for 60 more days",
            "",
        ),
        (
            vec![signed(&root, "localhost", 9 * 24 + 1)],
            "warning",
            "is valid for 9 more days",
            "why it is not renewed",
        ),
        (
            vec![signed(&root, "localhost", -49)],
            "problem",
            "expired 2 days ago",
            "renew it",
        ),
        (
            vec![signed(&between, "localhost", 100)],
            "problem",
            "leads to no root",
            "the whole chain",
        ),
        (
            vec![signed(&stranger, "localhost", 100)],
            "problem",
            "leads to no root",
            "the whole chain",
        ),
        (
            vec![signed(&root, "elsewhere.test", 100)],
            "problem",
            "is not for localhost",
            "server.public_url",
        ),
    ] {
        let port = serve_certificates(chain, &key);
        let line = Line::start().await;
        let host = Host::beside(&line)
            .public_url(&format!("https://localhost:{port}"))
            .env("SSL_CERT_FILE", &roots.display().to_string());
        let setup = host.set_up();
        let host = setup.start().await;
        let found = Client::new()
            .get(format!("{}/v1/diagnosis", host.admin_url))
            .bearer_auth(ADMIN_TOKEN)
            .send();
        let found: Value = found.await.unwrap().json().await.unwrap();
        let findings = found["findings"].as_array().unwrap();
        let finding = findings
            .iter()
            .find(|it| it["check"] == "certificate")
            .unwrap();
        assert_eq!(finding["verdict"], verdict, "{finding}\nexpected {words}");
        assert!(
            finding["found"].as_str().unwrap().contains(words),
            "{finding}"
        );
        assert!(
            finding["remedy"]
                .as_str()
                .unwrap_or_default()
                .contains(remedy),
            "{finding}"
        );
    }
}

/// Who may not operate a channel learns nothing of it.
#[tokio::test]
async fn a_diagnosis_is_for_operators_of_the_channel() {
    let stage = super::api::Stage::new().await;
    for provider in ["acme", "zen"] {
        stage.provider(provider).await;
    }
    stage.channel("acme", "shop").await;
    let token = async |name: &str, role: &str, provider: Option<&str>| {
        let new = json!({"name": name, "role": role, "provider": provider});
        let issued = stage.post("tokens", new).await.ok();
        issued["token"].as_str().unwrap().to_owned()
    };
    let own = token("own", "operate", Some("acme")).await;
    let deploy = token("deploy", "deploy", Some("acme")).await;
    let other = token("other", "operate", Some("zen")).await;
    let ask = async |token: &str, method: Method, path: &str| {
        stage.request_as(token, method, path, "", None).await
    };
    let paths = [
        (Method::POST, "channels/shop/diagnosis"),
        (Method::PUT, "channels/shop/webhook"),
    ];
    for (method, path) in paths {
        ask(&other, method.clone(), path)
            .await
            .refused(404, "no channel");
        ask(&deploy, method, path)
            .await
            .refused(403, "needs `operate`");
    }
    let found = ask(&own, Method::POST, "channels/shop/diagnosis")
        .await
        .ok();
    let checks: Vec<_> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["check"])
        .collect();
    assert!(checks.contains(&&json!("plugin")), "{found}");
    // Nothing of the host but that the token is right.
    let found = ask(&own, Method::GET, "diagnosis").await.ok();
    assert_eq!(found["findings"].as_array().unwrap().len(), 1, "{found}");
    ask(&deploy, Method::GET, "diagnosis")
        .await
        .refused(403, "needs `operate`");
    let found = ask(ADMIN_TOKEN, Method::GET, "diagnosis").await.ok();
    assert!(found["findings"].as_array().unwrap().len() > 3, "{found}");
}
