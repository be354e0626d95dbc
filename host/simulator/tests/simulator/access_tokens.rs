//! Channel access tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};

use crate::harness::{Answer, Stage, answer};

const SHORT_LIVED: &str = "/v2/oauth/accessToken";
const V2_1: &str = "/oauth2/v2.1/token";
const STATELESS: &str = "/oauth2/v3/token";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A key that signs assertions, in these tests only.
fn key() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(include_bytes!("assertion-key.pk8")).unwrap()
}

/// Registers the public half of the key.
async fn register(stage: &Stage, kid: &str) {
    let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(key().public());
    let encode = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = json!({
        "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": encode(n), "e": encode(e),
    });
    let path = format!("/bots/{}/keys", stage.bot_id());
    let registered = stage.control(Method::POST, &path, &jwk).await.created();
    assert_eq!(registered, json!({ "kid": kid }));
}

fn sign(header: &Value, claims: &Value) -> String {
    let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let mut signature = vec![0; 256];
    key()
        .sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )
        .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": "k" })
}

/// The claims that LINE asks for, with some of them changed.
fn claims(stage: &Stage, changes: Value) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut claims = json!({
        "iss": stage.bot["channelId"], "sub": stage.bot["channelId"],
        "aud": "https://api.line.me/", "exp": now.as_secs() + 1800, "token_exp": 86_400,
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

async fn form(stage: &Stage, path: &str, fields: &[(&str, &str)]) -> Answer {
    let url = format!("{}{path}", stage.simulator.url());
    answer(stage.http.post(url).form(fields)).await
}

async fn with_secret(stage: &Stage, path: &str) -> Answer {
    let of_bot = |name: &str| stage.bot[name].as_str().unwrap();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", of_bot("channelId")),
        ("client_secret", of_bot("channelSecret")),
    ];
    form(stage, path, &fields).await
}

async fn with_assertion(stage: &Stage, path: &str, jwt: &str) -> Answer {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", jwt),
    ];
    form(stage, path, &fields).await
}

/// What a call with the token is answered.
async fn status(stage: &Stage, token: &Value) -> u16 {
    let url = format!("{}/v2/bot/info", stage.simulator.url());
    let call = stage.http.get(url).bearer_auth(token.as_str().unwrap());
    answer(call).await.status
}

async fn let_tokens_live(stage: &Stage, ms: u64) {
    let path = format!("/bots/{}/settings", stage.bot_id());
    let settings = json!({ "tokenLifetime": ms });
    stage.control(Method::PUT, &path, &settings).await.ok();
}

#[track_caller]
fn assert_refused(refused: &Answer, error: &str, description: &str) {
    let expected = json!({ "error": error, "error_description": description });
    assert_eq!((refused.status, &refused.body), (400, &expected));
}

#[tokio::test]
async fn a_short_lived_token_lives_until_it_is_revoked() {
    let stage = Stage::set().await;
    let issued = with_secret(&stage, SHORT_LIVED).await.ok();
    assert_eq!(
        (&issued["expires_in"], &issued["token_type"]),
        (&json!(2_592_000), &json!("Bearer"))
    );
    let token = &issued["access_token"];
    assert_eq!(status(&stage, token).await, 200);

    let fields = [("access_token", token.as_str().unwrap())];
    let verified = form(&stage, "/v2/oauth/verify", &fields).await.ok();
    assert_eq!(verified["client_id"], stage.bot["channelId"]);
    assert!(verified["expires_in"].as_u64().unwrap() > 2_591_000);
    for _ in 0..2 {
        let revoked = form(&stage, "/v2/oauth/revoke", &fields).await;
        assert_eq!((revoked.status, revoked.body), (200, Value::Null));
    }
    assert_eq!(status(&stage, token).await, 401);
    let refused = form(&stage, "/v2/oauth/verify", &fields).await;
    assert_refused(&refused, "invalid_request", "access_token invalid");
}

#[tokio::test]
async fn the_thirty_first_short_lived_token_ends_the_oldest() {
    let stage = Stage::set().await;
    let mut tokens = Vec::new();
    for _ in 0..31 {
        let issued = with_secret(&stage, SHORT_LIVED).await.ok();
        tokens.push(issued["access_token"].clone());
    }
    assert_eq!(status(&stage, &tokens[0]).await, 401);
    assert_eq!(status(&stage, &tokens[1]).await, 200);
    assert_eq!(status(&stage, &tokens[30]).await, 200);
}

#[tokio::test]
async fn who_asks_is_checked() {
    let stage = Stage::set().await;
    let id = stage.bot["channelId"].as_str().unwrap();
    let ask = async |path: &str, grant: &str, id: &str| {
        let fields = [
            ("grant_type", grant),
            ("client_id", id),
            ("client_secret", "wrong"),
        ];
        form(&stage, path, &fields).await
    };
    let wrong = "some parameters missed or invalid";
    for path in [SHORT_LIVED, STATELESS] {
        assert_refused(&ask(path, "password", id).await, "invalid_request", wrong);
    }
    let refused = ask(SHORT_LIVED, "client_credentials", "1").await;
    assert_refused(&refused, "invalid_client", "invalid client_id");
    let refused = ask(SHORT_LIVED, "client_credentials", id).await;
    assert_refused(&refused, "invalid_client", "invalid client_secret");
    let refused = ask(STATELESS, "client_credentials", id).await;
    assert_refused(&refused, "invalid_request", "Invalid 'client_credentials'.");

    let url = format!("{}{SHORT_LIVED}", stage.simulator.url());
    let json = answer(stage.http.post(url).json(&json!({}))).await;
    json.refused(415, "The content type, application/json, is not supported");
}

#[tokio::test]
async fn a_token_of_choice_is_issued_for_an_assertion() {
    let stage = Stage::set().await;
    register(&stage, "k").await;
    let jwt = sign(&header(), &claims(&stage, json!({})));
    let issued = with_assertion(&stage, V2_1, &jwt).await.ok();
    assert_eq!(issued["expires_in"], 86_400);
    let token = issued["access_token"].as_str().unwrap();
    assert_eq!(status(&stage, &issued["access_token"]).await, 200);

    let url = |path: &str| format!("{}{path}", stage.simulator.url());
    let verify = || {
        let call = stage.http.get(url("/oauth2/v2.1/verify"));
        answer(call.query(&[("access_token", token)]))
    };
    let verified = verify().await.ok();
    assert_eq!(verified["client_id"], stage.bot["channelId"]);
    let key_ids = || {
        let query = [
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &jwt),
        ];
        answer(stage.http.get(url("/oauth2/v2.1/tokens/kid")).query(&query))
    };
    assert_eq!(key_ids().await.ok(), json!({ "kids": [issued["key_id"]] }));

    let revoke = async |secret: &str| {
        let fields = [
            ("client_id", stage.bot["channelId"].as_str().unwrap()),
            ("client_secret", secret),
            ("access_token", token),
        ];
        form(&stage, "/oauth2/v2.1/revoke", &fields).await
    };
    let refused = revoke("wrong").await;
    assert_refused(&refused, "invalid_client", "invalid client_secret");
    assert_eq!(status(&stage, &issued["access_token"]).await, 200);
    let secret = stage.bot["channelSecret"].as_str().unwrap();
    assert_eq!(revoke(secret).await.status, 200);
    assert_eq!(status(&stage, &issued["access_token"]).await, 401);
    assert_eq!(key_ids().await.ok(), json!({ "kids": [] }));
    let refused = verify().await;
    assert_refused(&refused, "invalid_request", "The access token not JWS");
}

#[tokio::test]
async fn assertions_are_verified() {
    let stage = Stage::set().await;
    let good = sign(&header(), &claims(&stage, json!({})));
    let unknown = "Cannot find channel key that satisfies the conditions";
    let refused = with_assertion(&stage, V2_1, &good).await;
    refused.refused(404, unknown);
    register(&stage, "k").await;

    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = now.as_secs();
    for (changes, description) in [
        (
            json!({ "iss": "1" }),
            "iss and clientId of key do not match",
        ),
        (json!({ "sub": "1" }), "Invalid sub"),
        (json!({ "aud": "https://example.com/" }), "Invalid aud"),
        (json!({ "exp": now - 1 }), "Invalid exp"),
        (json!({ "exp": now + 3600 }), "Invalid exp"),
        (json!({ "token_exp": 2_592_001 }), "Invalid token_exp"),
        (json!({ "token_exp": null }), "Invalid token_exp"),
    ] {
        let jwt = sign(&header(), &claims(&stage, changes));
        let refused = with_assertion(&stage, V2_1, &jwt).await;
        assert_refused(&refused, "invalid_client", description);
    }
    let unsigned = json!({ "alg": "none", "kid": "k" });
    let refused = with_assertion(&stage, V2_1, &sign(&unsigned, &claims(&stage, json!({})))).await;
    assert_refused(&refused, "invalid_client", "Invalid alg");
    // The claims of another assertion under this one's signature.
    let other = sign(&header(), &claims(&stage, json!({ "token_exp": 1 })));
    let (content, _) = other.rsplit_once('.').unwrap();
    let (_, signature) = good.rsplit_once('.').unwrap();
    let forged = format!("{content}.{signature}");
    let refused = with_assertion(&stage, V2_1, &forged).await;
    assert_refused(&refused, "invalid_client", "Invalid signature");
    let refused = with_assertion(&stage, V2_1, "a.b").await;
    assert_refused(&refused, "invalid_client", "Invalid client_assertion");
    with_assertion(&stage, V2_1, &good).await.ok();
}

#[tokio::test]
async fn thirty_tokens_of_choice_are_enough() {
    let stage = Stage::set().await;
    register(&stage, "k").await;
    let jwt = sign(&header(), &claims(&stage, json!({})));
    // Tokens that ended do not count.
    let_tokens_live(&stage, 0).await;
    let ended = with_assertion(&stage, V2_1, &jwt).await.ok();
    assert_eq!(status(&stage, &ended["access_token"]).await, 401);
    let url = format!("{}/oauth2/v2.1/verify", stage.simulator.url());
    let query = [("access_token", ended["access_token"].as_str().unwrap())];
    let refused = answer(stage.http.get(url).query(&query)).await;
    assert_refused(&refused, "invalid_request", "The access token expired");

    let_tokens_live(&stage, 3_600_000).await;
    for _ in 0..30 {
        let issued = with_assertion(&stage, V2_1, &jwt).await.ok();
        assert_eq!(issued["expires_in"], 3600);
    }
    let refused = with_assertion(&stage, V2_1, &jwt).await;
    refused.refused(
        400,
        "The maximum number of access tokens has already been issued",
    );
}

#[tokio::test]
async fn a_stateless_token_is_issued_both_ways() {
    let stage = Stage::set().await;
    register(&stage, "k").await;
    let jwt = sign(&header(), &claims(&stage, json!({ "token_exp": null })));
    for issued in [
        with_secret(&stage, STATELESS).await,
        with_assertion(&stage, STATELESS, &jwt).await,
    ] {
        let issued = issued.ok();
        assert_eq!(issued["expires_in"], 900);
        let token = issued["access_token"].as_str().unwrap();
        assert_eq!(status(&stage, &json!(token)).await, 200);
        // It cannot be revoked, nor be made up.
        let fields = [("access_token", token)];
        assert_eq!(form(&stage, "/v2/oauth/revoke", &fields).await.status, 200);
        assert_eq!(status(&stage, &json!(token)).await, 200);
        let (content, signature) = token.rsplit_once('.').unwrap();
        let forged = json!(format!("{content}0.{signature}"));
        assert_eq!(status(&stage, &forged).await, 401);
    }
    let_tokens_live(&stage, 0).await;
    let ended = with_secret(&stage, STATELESS).await.ok();
    assert_eq!(status(&stage, &ended["access_token"]).await, 401);
}

#[tokio::test]
async fn the_long_lived_token_can_be_verified_and_revoked() {
    let stage = Stage::set().await;
    let token = &stage.bot["accessToken"];
    let fields = [("access_token", token.as_str().unwrap())];
    let verified = form(&stage, "/v2/oauth/verify", &fields).await.ok();
    assert_eq!(verified["client_id"], stage.bot["channelId"]);
    assert_eq!(status(&stage, token).await, 200);
    assert_eq!(form(&stage, "/v2/oauth/revoke", &fields).await.status, 200);
    assert_eq!(status(&stage, token).await, 401);
}

#[tokio::test]
async fn calls_for_tokens_meet_faults_and_are_recorded() {
    let stage = Stage::set().await;
    stage
        .fault(
            json!({ "bot": stage.bot_id(), "operation": "issueStatelessChannelToken",
            "answer": { "status": 503 } }),
        )
        .await;
    assert_eq!(with_secret(&stage, STATELESS).await.status, 503);
    with_secret(&stage, STATELESS).await.ok();
    let calls = stage.calls().await;
    assert_eq!(
        (calls.len(), &calls[0]["status"], &calls[1]["path"]),
        (2, &json!(503), &json!(STATELESS))
    );
}
