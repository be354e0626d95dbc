//! Requests to the web, with ordinary bindings to `wasi:http`: to where the operator allows, and
//! nowhere else.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::routing::{any, get, post};
use botbox_tests::{Channel, Stage};
use futures_util::{StreamExt, stream};

const DENIED: &str = "ErrorCode::HttpRequestDenied";
const PROHIBITED: &str = "ErrorCode::DestinationIpProhibited";
const TOO_MANY: &str = "ErrorCode::ConnectionLimitReached";

/// The limits of bodies, as docs/configuration.md has them.
const REQUEST_BYTES: usize = 4 << 20;
const RESPONSE_BYTES: usize = 16 << 20;

/// A server of the web, on this machine.
async fn server() -> SocketAddr {
    let piece = || Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 1 << 16]));
    let pieces = move |count| Body::from_stream(stream::iter((0..count).map(move |_| piece())));
    let exactly = RESPONSE_BYTES >> 16;
    let redirect = |to: &'static str| {
        let answer = (StatusCode::FOUND, [(header::LOCATION, to)]);
        get(async move || answer)
    };
    let routes = Router::new()
        .route("/hello", any(hello))
        .route("/post", post(async |body: Bytes| body.len().to_string()))
        .route("/large", get(async move || pieces(exactly)))
        .route("/larger", get(async move || pieces(exactly + 1)))
        .route("/to-metadata", redirect("http://169.254.169.254/latest"))
        .route("/to-loopback", redirect("http://127.0.0.2:1/"))
        .route("/many-headers", get(many_headers))
        .route("/silent", get(std::future::pending::<()>))
        .route(
            "/drop",
            get(async move || {
                let begun = stream::once(async move { piece() });
                Body::from_stream(begun.chain(stream::pending()))
            }),
        )
        .layer(DefaultBodyLimit::disable());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

/// Says what came in.
async fn hello(headers: HeaderMap) -> String {
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    let host = headers[header::HOST].to_str().unwrap();
    format!("{} for {host}", names.join(" "))
}

async fn many_headers() -> HeaderMap {
    let value = HeaderValue::try_from("x".repeat(1 << 10)).unwrap();
    let mut headers = HeaderMap::new();
    for _ in 0..33 {
        headers.append("x-more", value.clone());
    }
    headers
}

/// A stage whose plugin may reach these origins.
async fn reaching(origins: &[String], lines: &str) -> Stage {
    let lines = format!(
        "grants = [\"reply\", {{ http = {origins:?} }}]\nretries = {{ attempts = 1 }}\n{lines}"
    );
    let channel = |channel: Channel| channel.with(&lines);
    Stage::setting("web-probe", channel, |host| host).await
}

#[tokio::test]
async fn a_listed_origin_is_reached() {
    let address = server().await;
    let stage = reaching(&[format!("http://{address}")], "").await;
    let answer = stage.ask(&format!("get http://{address}/hello")).await;
    let expected = format!("accept host for {address}");
    assert_eq!(answer, format!("200 {} {expected}", expected.len()));
    let answer = stage.ask(&format!("get http://{address}/nothing")).await;
    assert_eq!(answer, "404 0 ");
    // The scheme is https unless the plugin says otherwise, and the host's TLS finds none here.
    let answer = stage.ask(&format!("get https://{address}/hello")).await;
    assert_eq!(answer, DENIED);
}

#[tokio::test]
async fn an_origin_that_is_not_listed_is_denied() {
    let address = server().await;
    let port = address.port();
    let stage = reaching(&[format!("http://{address}")], "").await;
    for url in [
        format!("http://127.0.0.1:{}/hello", port.wrapping_add(1)),
        format!("http://127.0.0.2:{port}/hello"),
        format!("http://localhost:{port}/hello"),
        format!("http://[::ffff:127.0.0.1]:{port}/hello"),
        format!("http://{address}.example.com/hello"),
        String::from("http://169.254.169.254/latest/meta-data"),
        String::from("https://example.com/"),
    ] {
        let answer = stage.ask(&format!("get {url}")).await;
        // Not all are URLs.
        assert!(
            answer == DENIED || answer.contains("refused part") || answer.contains("UriInvalid"),
            "{url}: {answer}"
        );
    }
    let answer = stage
        .ask(&format!("get http://me:secret@{address}/hello"))
        .await;
    assert_eq!(answer, "ErrorCode::HttpRequestUriInvalid");
}

#[tokio::test]
async fn without_the_grant_every_request_is_denied() {
    let address = server().await;
    let channel = |channel: Channel| channel.with("grants = [\"reply\"]");
    let stage = Stage::setting("web-probe", channel, |host| host).await;
    let answer = stage.ask(&format!("get http://{address}/hello")).await;
    assert_eq!(answer, DENIED);
    let told = stage.host.log.expect("denied a request to the web").await;
    assert_eq!(told["origin"], format!("http://{address}"));
    assert_eq!(told["span"]["channel"], "bot");
}

/// Whatever a name stands for, when it is asked for.
#[tokio::test]
async fn a_name_never_stands_for_a_private_address() {
    let port = server().await.port();
    let stage = reaching(&[format!("http://localhost:{port}")], "").await;
    let answer = stage
        .ask(&format!("get http://localhost:{port}/hello"))
        .await;
    assert_eq!(answer, PROHIBITED);
    // `localhost` by other means is not what was listed.
    let answer = stage
        .ask(&format!("get http://127.0.0.1:{port}/hello"))
        .await;
    assert_eq!(answer, DENIED);
}

/// The host follows none; a plugin that does makes another request.
#[tokio::test]
async fn each_hop_of_a_redirect_is_checked() {
    let address = server().await;
    let stage = reaching(&[format!("http://{address}")], "").await;
    for path in ["to-metadata", "to-loopback"] {
        let answer = stage.ask(&format!("get http://{address}/{path}")).await;
        assert_eq!(answer, "302 0 ");
        let answer = stage.ask(&format!("follow http://{address}/{path}")).await;
        assert_eq!(answer, DENIED, "{path}");
    }
}

#[tokio::test]
async fn what_a_plugin_may_not_say() {
    let address = server().await;
    let stage = reaching(&[format!("http://{address}")], "").await;
    for header in ["host", "connection", "transfer-encoding", "upgrade", "te"] {
        let answer = stage.ask(&format!("header {header} x")).await;
        assert_eq!(answer, "Err(HeaderError::Forbidden)", "{header}");
    }
    assert_eq!(stage.ask("header authorization x").await, "Ok(())");
    for method in ["CONNECT", "TRACE"] {
        let answer = stage
            .ask(&format!("send {method} http://{address}/hello"))
            .await;
        assert_eq!(answer, "ErrorCode::HttpRequestMethodInvalid");
    }
    let answer = stage
        .ask(&format!("send PURGE http://{address}/hello"))
        .await;
    assert!(answer.starts_with("200 "), "{answer}");
}

#[tokio::test]
async fn bodies_and_headers_have_limits() {
    let address = server().await;
    let limits = "limits = { cpu_ms = 20000, deadline_ms = 60000 }";
    let stage = reaching(&[format!("http://{address}")], limits).await;
    let post = async |size: usize| {
        stage
            .ask(&format!("post {size} http://{address}/post"))
            .await
    };
    assert_eq!(post(REQUEST_BYTES).await, format!("200 7 {REQUEST_BYTES}"));
    let too_large = format!("ErrorCode::HttpRequestBodySize(Some({REQUEST_BYTES}))");
    assert_eq!(post(REQUEST_BYTES + 1).await, too_large);

    let get = async |path: &str| stage.ask(&format!("get http://{address}/{path}")).await;
    let large = get("large").await;
    assert!(
        large.starts_with(&format!("200 {RESPONSE_BYTES} xxx")),
        "{large}"
    );
    let larger = get("larger").await;
    let too_large = format!("response body size exceeds limit: {RESPONSE_BYTES} bytes");
    assert!(larger.contains(&too_large), "{larger}");
    let too_large = "ErrorCode::HttpResponseHeaderSectionSize(Some(32768))";
    assert_eq!(get("many-headers").await, too_large);
}

#[tokio::test]
async fn requests_are_counted() {
    let address = server().await;
    let stage = reaching(&[format!("http://{address}")], "").await;
    let open = stage.ask(&format!("open 5 http://{address}/drop")).await;
    assert_eq!(open, format!("4 open, Some({TOO_MANY})"));
    // With the reply, one more than an event may make.
    stage
        .line
        .say(
            &stage.bot,
            &stage.user,
            &format!("repeat 100 http://{address}/hello"),
        )
        .await;
    stage.host.log.expect("failed").await;
    let done = stage
        .ask(&format!("repeat 99 http://{address}/hello"))
        .await;
    assert_eq!(done, "99 done, None");
}

#[tokio::test]
async fn the_plugins_patience_with_a_server() {
    let address = server().await;
    let stage = reaching(&[format!("http://{address}")], "").await;
    for path in ["silent", "drop"] {
        let answer = stage
            .ask(&format!("patience 100 http://{address}/{path}"))
            .await;
        // The error of a response, and that of its body.
        let answer = answer.to_lowercase().replace(' ', "");
        assert!(answer.contains("connectionreadtimeout"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_slow_server_ends_at_the_deadline() {
    let address = server().await;
    let stage = reaching(
        &[format!("http://{address}")],
        "limits = { deadline_ms = 1500 }",
    )
    .await;
    for path in ["silent", "drop"] {
        let text = format!("get http://{address}/{path}");
        stage.line.say(&stage.bot, &stage.user, &text).await;
    }
    // Another chat is served meanwhile.
    let other = stage.line.user("Ben").await;
    let text = format!("get http://{address}/hello");
    let answer = stage.line.ask(&stage.bot, &other, &text).await;
    assert!(answer.starts_with("200 "), "{answer}");
    let answer = stage.ask(&text).await;
    assert!(answer.starts_with("200 "), "{answer}");
    let deadline = "the plugin took longer than 1500 ms";
    stage.host.log.expect_count(deadline, 2).await;
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let origins = [
        format!("http://{address}"),
        String::from("http://nowhere.invalid"),
    ];
    let stage = reaching(&origins, "").await;
    let answer = stage.ask(&format!("get http://{address}/hello")).await;
    assert_eq!(answer, "ErrorCode::ConnectionRefused");
    let answer = stage.ask("get http://nowhere.invalid/").await;
    assert!(answer.starts_with("ErrorCode::DnsError"), "{answer}");
}

/// The host keeps each of them, so none may be as large as a plugin's memory.
#[tokio::test]
async fn the_parts_of_a_request_have_limits() {
    let address = server().await;
    let stage = reaching(&[format!("http://{address}")], "").await;
    let answer = stage
        .ask(&format!("long-method 1000000 http://{address}/hello"))
        .await;
    assert_eq!(answer, "ErrorCode::InternalError(Some(\"refused part\"))");
}
