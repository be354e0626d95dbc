//! `botbox simulator` from one start to the next.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use botbox_tests::{Bot, Line, PATIENCE, User, binary};
use reqwest::{Certificate, Client};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

async fn start(file: &Path) -> (Child, Line) {
    let options = ["--keep", file.to_str().unwrap()];
    let (simulator, [url]) = start_with(&options, ["simulator listening on "]).await;
    (simulator, Line::at(&url))
}

/// Starts a simulator, and returns what it prints behind words.
async fn start_with<const N: usize>(options: &[&str], words: [&str; N]) -> (Child, [String; N]) {
    let mut simulator = Command::new(binary())
        .args(["simulator", "--listen", "127.0.0.1:0"])
        .args(options)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(simulator.stdout.take().unwrap()).lines();
    let mut told = words.map(String::from);
    for (told, words) in told.iter_mut().zip(words) {
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap();
        let line = line.unwrap().unwrap();
        *told = line.strip_prefix(words).unwrap().to_owned();
    }
    (simulator, told)
}

#[tokio::test]
async fn bots_and_users_are_kept() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("shop.json");
    let (mut first, line) = start(&file).await;
    let bot = line
        .bot_with(json!({"displayName": "Shop", "channelSecret": "a secret"}))
        .await;
    let user = line.user("Aiko").await;
    line.say(&bot, &user, "hi").await;
    let id = Pid::from_raw(i32::try_from(first.id().unwrap()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    assert!(
        timeout(PATIENCE, first.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
    // There are credentials in it.
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let (_second, line) = start(&file).await;
    let kept = line.known_bot(&bot.id).await;
    assert_eq!(
        (kept.secret, kept.token),
        (bot.secret.clone(), bot.token.clone())
    );
    let said = line.messages(&bot, &user.id, 0, 0).await;
    assert_eq!(said[0]["message"]["text"], "hi");
}

/// Has a user send a picture, and returns the message's id.
async fn picture(line: &Line, bot: &Bot, user: &User) -> String {
    let upload = Client::new().post(format!("{}/simulator/contents", line.url()));
    let upload = upload.header("content-type", "image/png").body("a picture");
    let content: Value = upload.send().await.unwrap().json().await.unwrap();
    let message = json!({"type": "image", "contentId": content["contentId"]});
    let sent = line.act(bot, user, json!({"type": "message", "message": message}));
    sent.await.events[0]["messageId"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A client that knows LINE's names, and trusts what it is told to.
fn client(authority: &Path, to: &str) -> Client {
    let pem = fs::read(authority).unwrap();
    let to = to.split_once("://").unwrap().1.parse().unwrap();
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([Certificate::from_pem(&pem).unwrap()]);
    let names = ["api.line.me", "api-data.line.me", "bots.example.com"];
    let client = names
        .into_iter()
        .fold(client, |client, name| client.resolve(name, to));
    client.build().unwrap()
}

#[tokio::test]
async fn lines_names_are_answered_by_https() {
    let folder = TempDir::new().unwrap();
    let certificates = folder.path().join("ca");
    let options = [
        "--https",
        "127.0.0.1:0",
        "--certificates",
        certificates.to_str().unwrap(),
    ];
    let words = ["simulator listening on ", "HTTPS on "];
    let (first, [url, https]) = start_with(&options, words).await;
    let mode = |name: &str| {
        let file = fs::metadata(certificates.join(name)).unwrap();
        file.permissions().mode() & 0o777
    };
    assert_eq!(mode("ca-key.pem"), 0o600);
    let port = https.rsplit_once(':').unwrap().1.to_owned();
    let line = Line::at(&url);
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let message = picture(&line, &bot, &user).await;

    let trusts = client(&certificates.join("ca.pem"), &https);
    let get = async |host: &str, path: &str| {
        let get = trusts.get(format!("https://{host}:{port}{path}"));
        let response = get.bearer_auth(&bot.token).send().await;
        response.map(|it| it.status().as_u16())
    };
    let content = format!("/v2/bot/message/{message}/content");
    for (host, path, status) in [
        ("api.line.me", "/v2/bot/info", 200),
        ("api-data.line.me", &*content, 200),
        ("localhost", "/v2/bot/info", 200),
        ("127.0.0.1", &content, 200),
        ("127.0.0.1", "/simulator/bots", 200),
        // Each of LINE's servers has its own operations.
        ("api-data.line.me", "/v2/bot/info", 404),
        ("api.line.me", &content, 404),
        // LINE has no control API.
        ("api.line.me", "/simulator/bots", 403),
    ] {
        assert_eq!(get(host, path).await.unwrap(), status, "{host}{path}");
    }
    // It answers in no other's name.
    assert!(get("bots.example.com", "/").await.is_err());

    // Who trusts the authority does so once.
    drop(first);
    let (_second, [_, https]) = start_with(&options, words).await;
    let still_trusts = client(&certificates.join("ca.pem"), &https);
    let page = still_trusts.get(format!("{https}/")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let strangers = Client::builder().no_proxy().build().unwrap();
    assert!(strangers.get(format!("{https}/")).send().await.is_err());
}

#[tokio::test]
async fn the_data_server_has_an_address_of_its_own() {
    let words = ["simulator listening on ", "LINE's data server on "];
    let (_simulator, [api, data]) = start_with(&["--data-listen", "127.0.0.1:0"], words).await;
    let line = Line::at(&api);
    let bot = line.bot("Bot").await;
    let user = line.user("Aiko").await;
    let message = picture(&line, &bot, &user).await;
    let content = format!("/v2/bot/message/{message}/content");
    for (base, path, status) in [
        (&api, "/v2/bot/info", 200),
        (&data, &*content, 200),
        (&data, "/v2/bot/info", 404),
        (&api, &content, 404),
        (&data, "/simulator/bots", 404),
        (&data, "/", 404),
    ] {
        let get = Client::new().get(format!("{base}{path}"));
        let response = get.bearer_auth(&bot.token).send().await.unwrap();
        assert_eq!(response.status(), status, "{base}{path}");
    }
}
