//! Tokens on every route that the description has, so that a new route is tested by itself.

use std::time::Duration;

use botbox_tests::{ADMIN_TOKEN, Bot};
use futures_util::StreamExt;
use reqwest::{Client, Method};
use serde_json::json;
use tokio::time::timeout;

use super::api::{Response, Stage};
use super::description::Operation;

/// A host where the description's examples are things of the provider `acme`.
struct Tenants {
    stage: Stage,
    /// The bot of its channel.
    bot: Bot,
    /// An event of its channel.
    event: String,
    /// The plugin of its deployment.
    digest: String,
}

impl Tenants {
    async fn new() -> Self {
        let stage = Stage::new().await;
        stage.provider("acme").await;
        let bot = stage.channel("acme", "shop").await;
        let digest = stage.upload("probe").await;
        let one = stage.deployment("shop", &digest, "one").await;
        stage.activate("shop", one).await;
        stage.line.ask(&bot, &stage.user, "which").await;
        let event = stage.host.events("shop").await.remove(0);
        let event = event["id"].as_str().unwrap().to_owned();
        Self {
            stage,
            bot,
            event,
            digest,
        }
    }

    async fn token(&self, name: &str, provider: Option<&str>, role: &str) -> String {
        let new = json!({"name": name, "provider": provider, "role": role});
        let issued = self.stage.post("tokens", new).await.ok();
        issued["token"].as_str().unwrap().to_owned()
    }

    /// Does what an operation's example does, to what `acme` has.
    async fn ask(&self, token: &str, operation: &Operation<'_>, query: &str) -> Response {
        let path = operation.path_with(|name, example| match name {
            "event" => self.event.clone(),
            "digest" => self.digest.clone(),
            _ => example.to_owned(),
        });
        let body = operation.example(&self.stage.description);
        let body = body.map_or_else(String::new, |it| it.to_string());
        let method = operation.method.clone();
        let path = format!("{path}{query}");
        self.stage.at(token, method, &path, body, None).await
    }
}

#[tokio::test]
async fn another_provider_finds_nothing() {
    let tenants = Tenants::new().await;
    let stage = &tenants.stage;
    stage.provider("rival").await;
    tenants.token("pipeline", Some("acme"), "read").await;
    let rival = tenants.token("rival", Some("rival"), "operate").await;
    for operation in stage.description.operations() {
        let name = format!("{} {}", operation.method, operation.path);
        // A stream of all channels has a test of its own; here, it is of the channel of the other one.
        let takes_channel = operation
            .parameters("query")
            .iter()
            .any(|it| it["name"] == "channel");
        let queries: &[&str] = match (operation.is_stream(), takes_channel) {
            (true, true) => &["?channel=shop"],
            (false, true) => &["?channel=shop", ""],
            (_, false) => &[""],
        };
        for query in queries {
            let answer = tenants.ask(&rival, &operation, query).await;
            let status = answer.status.as_u16();
            let tells = answer.body.to_string();
            if operation.is_hosts() {
                answer.refused(403, "for one provider");
            } else if operation.path.contains("{digest}") && operation.method == Method::PUT {
                // It may upload what it has. This is nothing.
                answer.refused(422, "the bytes have the digest");
            } else if operation.path.contains('{') || operation.method != Method::GET {
                // What names nothing of the other one says so by itself.
                assert_eq!(status, 404, "{name}: {answer:?}");
            } else {
                let is_refused = [400, 404].contains(&status);
                assert!(status == 200 || is_refused, "{name}: {answer:?}");
                let is_told = tells.contains("acme") || tells.contains("shop-owner");
                assert!(
                    is_refused || !is_told && !tells.contains("shop"),
                    "{name}: {answer:?}"
                );
            }
        }
    }
    // Nothing has changed for who owns it.
    let traffic = stage.get("channels/shop/traffic").await.ok();
    assert_eq!(traffic["revision"], 1, "{traffic}");
    let secrets = stage.get("channels/shop/secrets").await.ok();
    assert_eq!(secrets["secrets"].as_array().unwrap().len(), 2, "{secrets}");
    let tokens = stage.get("tokens").await.ok();
    assert_eq!(tokens["tokens"].as_array().unwrap().len(), 2, "{tokens}");
}

/// A stream of everything has what its provider has.
#[tokio::test]
async fn live_streams_have_ones_own_events_only() {
    let tenants = Tenants::new().await;
    let stage = &tenants.stage;
    stage.provider("rival").await;
    let own = stage.channel("rival", "own").await;
    let number = stage.deployment("own", &tenants.digest, "mine").await;
    stage.activate("own", number).await;
    let rival = tenants.token("rival", Some("rival"), "read").await;
    let visitor = stage.line.user("Ken").await;
    for operation in stage
        .description
        .operations()
        .iter()
        .filter(|it| it.is_stream() && !it.path.contains('{'))
    {
        let url = format!("{}{}", stage.host.admin_url, operation.path);
        let request = Client::new().get(url).bearer_auth(&rival);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", operation.path);
        let mut pieces = answer.bytes_stream();
        stage.line.ask(&tenants.bot, &visitor, "which").await;
        stage.line.ask(&own, &visitor, "which").await;
        let mut seen = String::new();
        let told = timeout(Duration::from_secs(60), async {
            while !seen.contains("\"own\"") {
                let piece = pieces.next().await.unwrap().unwrap();
                seen.push_str(&String::from_utf8_lossy(&piece));
            }
        });
        assert!(told.await.is_ok(), "{}: {seen}", operation.path);
        assert!(!seen.contains("shop"), "{}: {seen}", operation.path);
    }
}

#[tokio::test]
async fn a_lesser_role_is_refused_everywhere() {
    let tenants = Tenants::new().await;
    let roles = ["read", "deploy", "operate"];
    let mut provider = Vec::new();
    let mut host = Vec::new();
    for role in roles {
        provider.push(
            tenants
                .token(&format!("acme-{role}"), Some("acme"), role)
                .await,
        );
        host.push(tenants.token(&format!("host-{role}"), None, role).await);
    }
    for operation in tenants.stage.description.operations() {
        let needed = roles.iter().position(|it| *it == operation.role()).unwrap();
        let tokens = if operation.is_hosts() {
            &host
        } else {
            &provider
        };
        for token in &tokens[..needed] {
            let refused = tenants.ask(token, &operation, "?nothing=1").await;
            refused.refused(403, &format!("needs `{}`", operation.role()));
        }
        // Who has it gets further: nothing is there that is asked for.
        let path = operation.path_with(|_, _| String::from("nothing"));
        let (method, path) = (operation.method.clone(), format!("{path}?nothing=1"));
        let allowed = tenants
            .stage
            .at(&tokens[needed], method, &path, "[1]", None)
            .await;
        assert_ne!(allowed.status, 403, "{}: {allowed:?}", operation.path);
    }
}

/// The first ones hear it at length, the others that there were too many.
#[tokio::test]
async fn a_token_that_is_none_opens_nothing() {
    let tenants = Tenants::new().await;
    let stage = &tenants.stage;
    let revoked = tenants.token("revoked", None, "operate").await;
    stage.delete("tokens/revoked").await.ok();
    let old = json!({"name": "old", "role": "operate", "expires": 1});
    let expired = stage.post("tokens", old).await.ok();
    let expired = expired["token"].as_str().unwrap();
    let guessed = format!("botbox_{}", "A".repeat(86));
    let almost = &ADMIN_TOKEN[..ADMIN_TOKEN.len() - 1];
    for token in [&*revoked, expired, &*guessed, almost, ""] {
        for operation in stage.description.operations() {
            let refused = tenants.ask(token, &operation, "").await;
            let is_none = [401, 429].contains(&refused.status.as_u16());
            assert!(
                is_none,
                "{} {}: {refused:?}",
                operation.method, operation.path
            );
        }
    }
    let traffic = stage.get("channels/shop/traffic").await.ok();
    assert_eq!(traffic["revision"], 1, "{traffic}");
}
