//! Media that a bot publishes (`start-upload`) and takes back (`delete`): who gets them, for how long, and what is refused.

use botbox_tests::{ALL_GRANTS, Channel, Host, Line, PATIENCE, PUBLIC_URL, Stage};
use fastrand::Rng;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::json;

use crate::crash::seed;

const PNG: &str = "%89PNG%0d%0a%1a%0a";

async fn stage() -> Stage {
    Stage::with("probe").await
}

async fn request(stage: &Stage, method: Method, url: &str, range: Option<&str>) -> Response {
    let url = url.replace(PUBLIC_URL, &stage.host.url);
    let mut request = Client::new().request(method, url);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    request.send().await.unwrap()
}

async fn get(stage: &Stage, url: &str) -> Response {
    request(stage, Method::GET, url, None).await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// Uploads `size` bytes that begin with `head`, and returns what the bot says.
async fn upload(stage: &Stage, content_type: &str, head: &str, size: usize) -> String {
    let upload = format!("upload {content_type} - {head} {size}");
    stage.ask(&upload).await
}

#[tokio::test]
async fn every_kind_is_published() {
    let stage = stage().await;
    for (content_type, head, size) in [
        ("image/jpeg", "%ff%d8%ff%e0", 100),
        ("image/png", PNG, 10_000_000),
        ("video/mp4", "%00%00%00%18ftypisom", 12_000_000),
        ("audio/mpeg", "ID3", 2_000),
        ("audio/mp4", "%00%00%00%18ftypM4A", 2_000),
    ] {
        let url = upload(&stage, content_type, head, size).await;
        assert!(
            url.starts_with(&format!("{PUBLIC_URL}/media/bot/")),
            "{url}"
        );
        let response = get(&stage, &url).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), content_type);
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "accept-ranges"), "bytes");
        let policy = header(&response, "content-security-policy");
        assert_eq!(policy, "default-src 'none'; sandbox");
        let caching = header(&response, "cache-control");
        assert!(
            caching.starts_with("public, max-age=60"),
            "7 days: {caching}"
        );
        let bytes = response.bytes().await.unwrap();
        assert_eq!(bytes.len(), size);

        let response = request(&stage, Method::HEAD, &url, None).await;
        assert_eq!(header(&response, "content-length"), size.to_string());
        assert_eq!(header(&response, "content-type"), content_type);
        assert!(response.bytes().await.unwrap().is_empty());
    }
}

/// Players fetch films in pieces, and phones refuse to play without.
#[tokio::test]
async fn pieces_are_handed_out() {
    let stage = stage().await;
    let url = upload(&stage, "image/png", PNG, 1_000).await;
    for (range, expected, size) in [
        ("bytes=1-3", "bytes 1-3/1000", 3),
        ("bytes=990-", "bytes 990-999/1000", 10),
        ("bytes=-5", "bytes 995-999/1000", 5),
    ] {
        let piece = request(&stage, Method::GET, &url, Some(range)).await;
        assert_eq!(piece.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(header(&piece, "content-range"), expected);
        assert_eq!(header(&piece, "content-type"), "image/png");
        let bytes = piece.bytes().await.unwrap();
        assert_eq!(bytes.len(), size);
        if range == "bytes=1-3" {
            assert_eq!(&bytes[..], b"PNG");
        }
    }
    let none = request(&stage, Method::GET, &url, Some("bytes=1000-")).await;
    assert_eq!(none.status(), StatusCode::RANGE_NOT_SATISFIABLE);
}

/// Whatever a client asks for, it gets the medium, a part of it as named, or a refusal.
#[tokio::test]
#[allow(clippy::print_stdout, reason = "shown when the test fails")]
async fn any_range_is_a_part_or_refused() {
    let mut random = Rng::with_seed(seed());
    let stage = stage().await;
    let url = upload(&stage, "image/png", PNG, 1_000).await;
    let whole = get(&stage, &url).await.bytes().await.unwrap();
    let pieces = [
        "0",
        "1",
        "7",
        "999",
        "1000",
        "18446744073709551616",
        "-",
        "-",
        ",",
        " ",
        "=",
        "bytes",
        "x",
    ];
    for _ in 0..300 {
        let mut range = String::from(
            random
                .choice(["bytes=", "bytes=", "bytes =", "", "x="])
                .unwrap(),
        );
        for _ in 0..random.usize(0..8) {
            range.push_str(random.choice(pieces).unwrap());
        }
        println!("{range}");
        let answer = request(&stage, Method::GET, &url, Some(&range)).await;
        let status = answer.status();
        let named = header(&answer, "content-range").to_owned();
        let bytes = answer.bytes().await.unwrap();
        match status {
            StatusCode::OK => assert_eq!(bytes, whole),
            StatusCode::PARTIAL_CONTENT => {
                let (first, rest) = named
                    .strip_prefix("bytes ")
                    .unwrap()
                    .split_once('-')
                    .unwrap();
                let (last, total) = rest.split_once('/').unwrap();
                let [first, last, total] =
                    [first, last, total].map(|it| it.parse::<usize>().unwrap());
                assert_eq!(total, whole.len());
                assert_eq!(bytes, whole[first..=last]);
            }
            status => assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE),
        }
    }
}

#[tokio::test]
async fn what_a_user_sent_is_published_as_it_was() {
    let stage = stage().await;
    let bytes = [b"\x89PNG\r\n\x1a\n", &[7; 300_000][..]].concat();
    let content = stage.line.content("image/png", bytes.clone(), 0).await;
    let image = json!({"type": "message", "message": {"type": "image", "contentId": content}});
    let delivery = stage.line.act(&stage.bot, &stage.user, image).await;
    let id = delivery.events[0]["messageId"].as_str().unwrap();
    stage.line.next(&stage.bot, &stage.user.id, 0).await;
    let url = stage.ask(&format!("republish {id}")).await;
    assert_eq!(get(&stage, &url).await.bytes().await.unwrap(), bytes);
    assert_eq!(stage.ask("republish 1").await, "ErrorKind::NotFound");
}

#[tokio::test]
async fn what_can_not_be_published() {
    let stage = stage().await;
    let invalid = "ErrorKind::Invalid";
    for (content_type, head, size) in [
        ("image/png", "<html><script>", 100),
        ("image/jpeg", PNG, 100),
        ("audio/mpeg", "", 0),
        ("text/html", "<html>", 100),
        ("image/png", PNG, 10_000_001),
    ] {
        let refused = upload(&stage, content_type, head, size).await;
        assert_eq!(refused, invalid, "{content_type} {head} {size}");
    }
    for lifetime in ["0", "2592001"] {
        let upload = format!("upload image/png {lifetime} {PNG} 8");
        assert_eq!(stage.ask(&upload).await, invalid);
    }
    assert_eq!(stage.ask("write-too-much").await, invalid);
    assert_eq!(stage.ask("hoard-uploads").await, "4 uploads");
    // Nothing of all that takes room.
    let url = upload(&stage, "image/png", PNG, 8).await;
    assert_eq!(get(&stage, &url).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_deleted_or_expired_is_gone() {
    let stage = stage().await;
    let url = upload(&stage, "image/png", PNG, 8).await;
    assert_eq!(stage.ask(&format!("delete {url}")).await, "true");
    assert_eq!(stage.ask(&format!("delete {url}")).await, "false");
    assert_eq!(get(&stage, &url).await.status(), StatusCode::NOT_FOUND);

    let url = stage.ask(&format!("upload image/png 1 {PNG} 8")).await;
    let gone = async {
        while get(&stage, &url).await.status() != StatusCode::NOT_FOUND {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    assert_eq!(stage.ask(&format!("delete {url}")).await, "false");
}

#[tokio::test]
async fn nobody_gets_what_is_none() {
    let stage = stage().await;
    let url = upload(&stage, "image/png", PNG, 8).await;
    let (folder, name) = url.rsplit_once('/').unwrap();
    let later = format!("9{name}");
    for name in [
        "",
        "%2e%2e",
        "..%2f..%2fbotbox.sqlite",
        &later,
        &name.replace(".png", ".jpg"),
        &name.replace(".png", ""),
        "%ff",
    ] {
        let response = get(&stage, &format!("{folder}/{name}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
    }
    let other = url.replace("/bot/", "/other/");
    assert_eq!(get(&stage, &other).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_bot_deletes_its_own_media_only() {
    let line = Line::start().await;
    let (one, two) = (line.bot("One").await, line.bot("Two").await);
    let host = Host::beside(&line)
        .channel(Channel::new("one", &one, "probe"))
        .channel(Channel::new("two", &two, "probe"));
    let host = host.start(&line).await;
    let user = line.user("Aiko").await;
    let upload = format!("upload image/png - {PNG} 8");
    let url = line.ask(&one, &user, &upload).await;
    let delete = format!("delete {url}");
    assert_eq!(line.ask(&two, &user, &delete).await, "false");
    let as_if = delete.replace("/one/", "/two/");
    assert_eq!(line.ask(&two, &user, &as_if).await, "false");
    let there = Client::new().head(url.replace(PUBLIC_URL, &host.url));
    assert_eq!(there.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(line.ask(&one, &user, &delete).await, "true");
}

#[tokio::test]
async fn a_channel_has_so_much_and_no_more() {
    let lines = format!("grants = [{ALL_GRANTS}]\nlimits = {{ media_mib = 1 }}");
    let stage = Stage::setting("probe", |it| it.with(&lines), |host| host).await;
    let full = "ErrorKind::QuotaExceeded";
    let first = upload(&stage, "image/png", PNG, 900_000).await;
    assert_eq!(upload(&stage, "image/png", PNG, 900_000).await, full);
    assert_eq!(stage.ask(&format!("delete {first}")).await, "true");
    let second = upload(&stage, "image/png", PNG, 900_000).await;
    assert_eq!(get(&stage, &second).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_may_publish() {
    let denied = "ErrorKind::Denied";
    let no_grant = |it: Channel| it.with("grants = [\"reply\"]");
    let not_granted = Stage::setting("probe", no_grant, |host| host).await;
    let no_url = Stage::setting(
        "probe",
        |it| it,
        botbox_tests::HostBuilder::without_public_url,
    );
    for stage in [not_granted, no_url.await] {
        assert_eq!(upload(&stage, "image/png", PNG, 8).await, denied);
        let delete = format!("delete {PUBLIC_URL}/media/bot/1-a.png");
        assert_eq!(stage.ask(&delete).await, denied);
    }
}
