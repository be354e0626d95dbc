//! Bad input: a clear answer, and nothing is lost.

use std::fs;
use std::time::Duration;

use botbox_tests::{ADMIN_TOKEN, PATIENCE, plugin};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::api::{Stage, digest};

#[tokio::test]
async fn what_is_no_plugin_is_refused() {
    let stage = Stage::new().await;
    let upload = async |digest: &str, wasm: Vec<u8>| {
        let path = format!("plugins/{digest}");
        stage
            .request_as(ADMIN_TOKEN, Method::PUT, &path, wasm, None)
            .await
    };
    let text = b"no component".to_vec();
    upload(&digest(&text), text)
        .await
        .refused(422, "not WebAssembly");
    let module = b"\0asm\x01\0\0\0".to_vec();
    upload(&digest(&module), module)
        .await
        .refused(422, "a core WebAssembly module");
    let empty = b"\0asm\x0d\0\x01\0".to_vec();
    upload(&digest(&empty), empty)
        .await
        .refused(422, "does not export botbox:line/handler");
    let echo = fs::read(plugin("echo")).unwrap();
    upload(&digest(b"other"), echo.clone())
        .await
        .refused(422, "the bytes have the digest");
    upload("abc", echo.clone())
        .await
        .refused(400, "64 lower-case hexadecimal digits");
    let mut noise = b"\0asm\x0d\0\x01\0".to_vec();
    noise.extend((0..100_000_u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 24) as u8));
    upload(&digest(&noise), noise).await.refused(422, "");
    // As much of it as is taken, and a byte more.
    let mut noise = vec![0; 64 << 20];
    let mut random = fastrand::Rng::with_seed(1);
    random.fill(&mut noise);
    noise[..8].copy_from_slice(b"\0asm\x0d\0\x01\0");
    upload(&digest(&noise), noise.clone())
        .await
        .refused(422, "");
    noise.push(0);
    upload(&digest(&noise), noise)
        .await
        .refused(413, "more than 67108864 bytes");
    // What another version of the contract may look like.
    let other = "(component (instance $it) (export \"botbox:line/handler@9.0.0\" (instance $it)))";
    let other = wat::parse_str(other).unwrap();
    upload(&digest(&other), other)
        .await
        .refused(422, "does not export botbox:line/handler");
    let listed = stage.get("plugins").await.ok();
    assert_eq!(listed["plugins"], json!([]), "nothing of it is kept");

    // Twice at once, and again.
    let right = digest(&echo);
    let (one, two) = tokio::join!(upload(&right, echo.clone()), upload(&right, echo.clone()));
    one.ok();
    two.ok();
    upload(&right, echo).await.ok();
    let listed = stage.get("plugins").await.ok();
    assert_eq!(listed["plugins"].as_array().unwrap().len(), 1);
    assert_eq!(listed["plugins"][0]["details"]["imports"], json!(["reply"]));
}

/// By who uploads, at any byte; whoever tries again has it.
#[tokio::test]
async fn an_upload_that_breaks_off_is_none() {
    let stage = Stage::new().await;
    let wasm = fs::read(plugin("echo")).unwrap();
    let address = stage.host.admin_url.strip_prefix("http://").unwrap();
    for sent in [0, 1, wasm.len() / 2, wasm.len() - 1] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "PUT /v1/plugins/{} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {ADMIN_TOKEN}\r\n\
             Content-Length: {}\r\n\r\n",
            digest(&wasm),
            wasm.len()
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(&wasm[..sent]).await.unwrap();
        connection.shutdown().await.unwrap();
        // The host has noticed when it has closed its side, whether it answers or not.
        let mut answer = String::new();
        drop(connection.read_to_string(&mut answer).await);
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    let listed = stage.get("plugins").await.ok();
    assert_eq!(listed["plugins"], json!([]));
    assert_eq!(stage.upload("echo").await, digest(&wasm));
}

/// Whoever begins many uploads holds the host's memory; a provider's are few.
#[tokio::test]
async fn a_provider_has_few_uploads_at_a_time() {
    let stage = Stage::new().await;
    stage.provider("acme").await;
    let token = json!({"name": "acme", "provider": "acme", "role": "deploy"});
    let token = stage.post("tokens", token).await.ok()["token"].clone();
    let token = token.as_str().unwrap();
    let wasm = fs::read(plugin("echo")).unwrap();
    let path = format!("plugins/{}", digest(&wasm));
    let address = stage.host.admin_url.strip_prefix("http://").unwrap();
    let mut begun = Vec::new();
    for _ in 0..2 {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "PUT /v1/{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        // The host asks for the body when it reads it.
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100");
        begun.push(connection);
    }
    let ask = async |token| {
        let wasm = wasm.clone();
        stage
            .request_as(token, Method::PUT, &path, wasm, None)
            .await
    };
    ask(token)
        .await
        .refused(503, "2 uploads of this provider go on already");
    ask(ADMIN_TOKEN).await.ok();
    drop(begun);
    let again = timeout(PATIENCE, async {
        while ask(token).await.status != 200 {
            sleep(Duration::from_millis(10)).await;
        }
    });
    again.await.unwrap();
}

#[tokio::test]
async fn what_can_not_serve_is_refused() {
    let stage = Stage::new().await;
    let (bot, probe) = stage.serving("shop").await;
    let deployments = "channels/shop/deployments";
    let refused = stage
        .post(deployments, json!({"plugin": digest(b"none")}))
        .await;
    refused.refused(404, "there is no plugin");
    let document = json!({"limits": {"memory_mib": 0, "cpu_mss": 1}});
    let refused = stage
        .post(deployments, json!({"plugin": probe, "document": document}))
        .await;
    refused.refused(422, "limits.cpu_mss: unknown field `cpu_mss`");
    let document = json!({"limits": {"memory_mib": 0}, "retries": {"attempts": 0}});
    let refused = stage
        .post(deployments, json!({"plugin": probe, "document": document}))
        .await;
    refused.refused(422, "limits.memory_mib: give a number from 1");
    refused.refused(422, "retries.attempts: give a number from 1");
    let document = json!({"grants": ["repyl"]});
    let refused = stage
        .post(deployments, json!({"plugin": probe, "document": document}))
        .await;
    refused.refused(422, "did you mean `reply`?");
    let traffic = "channels/shop/traffic";
    stage
        .put(traffic, json!({"stable": 7}))
        .await
        .refused(404, "there is no deployment \"7\"");
    for percent in [0, 100, 101] {
        let canary = json!({"deployment": 1, "percent": percent});
        let refused = stage
            .put(traffic, json!({"stable": 1, "canary": canary}))
            .await;
        refused.refused(422, "canary.percent: give a number from 1 to 99");
    }
    let canary = json!({"deployment": 1, "percent": 256});
    stage
        .put(traffic, json!({"stable": 1, "canary": canary}))
        .await
        .refused(422, "canary.percent");
    let canary = json!({"deployment": 1, "percent": 5});
    let refused = stage
        .put(traffic, json!({"stable": 1, "canary": canary}))
        .await;
    refused.refused(422, "it is the stable deployment");
    for (path, body, status, words) in [
        (
            "providers",
            json!({"name": "a b"}),
            422,
            "name: it becomes a part of a URL",
        ),
        (
            "providers",
            json!({"name": "shop-owner"}),
            409,
            "there is a provider \"shop-owner\" already",
        ),
        (
            "providers",
            json!({"name": "x", "settings": {"weight": 0}}),
            422,
            "weight: give a number",
        ),
        (
            "channels",
            json!({"name": "x", "provider": "nobody"}),
            404,
            "there is no provider \"nobody\"",
        ),
        (
            "channels",
            json!({"name": "shop", "provider": "shop-owner"}),
            409,
            "already",
        ),
        (
            "tokens",
            json!({"name": "x", "role": "king"}),
            422,
            "role: unknown variant `king`",
        ),
        (
            "channels",
            json!({"name": "x", "provider": "shop-owner", "settings": {"weight": 0}}),
            422,
            "weight: give a number from 1 to 1000",
        ),
        // serde would take a list of an object's fields for the object.
        ("providers", json!(["x", {}]), 422, "invalid type: sequence"),
        (
            "providers",
            json!({"name": "x", "settings": {"ceilings": [null, 5]}}),
            422,
            "ceilings: invalid type: sequence",
        ),
    ] {
        stage.post(path, body).await.refused(status, words);
    }
    let secret = json!({"value": "x"});
    let refused = stage.put("channels/shop/secrets/password", secret).await;
    refused.refused(422, "there is no secret `password`");
    assert_eq!(
        stage.line.ask(&bot, &stage.user, "which").await,
        "one",
        "it serves on"
    );
}
