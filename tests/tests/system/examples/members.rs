//! A bot whose users have accounts of a service.

use botbox_line::signature::sign;
use botbox_tests::{PUBLIC_URL, Stage};
use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use super::{answer, changed_stage};
use crate::events::expect_silence_in_standby;

const SECRET: &str = "what bot and service share, long enough";

/// The user's browser opens a link, the service says that Ann logged in, and the user agrees at
/// LINE.
async fn link(stage: &Stage, url: &str) {
    let browser = reqwest::Client::builder().redirect(Policy::none());
    let browser = browser.build().unwrap();
    let header = |headers: &HeaderMap, name| headers[name].to_str().unwrap().to_owned();

    let url = url.replace(PUBLIC_URL, &stage.host.url);
    let begun = browser.post(&url).send().await.unwrap();
    let cookie = header(begun.headers(), SET_COOKIE);
    let login = header(begun.headers(), LOCATION);
    let (_, state) = login.split_once("?state=").unwrap();

    let signature = sign(SECRET, format!("{state}.ann").as_bytes());
    let signature = signature.replace('+', "-").replace('/', "_");
    let signature = signature.trim_end_matches('=');
    let answer = format!("state={state}&account=ann&signature={signature}");
    let done = format!("{}/link/bot/done?{answer}", stage.host.url);
    let cookie = cookie.split(';').next().unwrap();
    let done = browser.get(done).header("cookie", cookie).send();
    let dialog = header(done.await.unwrap().headers(), LOCATION);

    let (dialog, query) = dialog.split_once('?').unwrap();
    let agreed = format!("{query}&userId={}", stage.user.id);
    let agreed = browser.post(dialog).body(agreed).send().await.unwrap();
    assert!(agreed.status().is_success(), "{agreed:?}");
}

fn says(text: &str) -> Value {
    json!({"type": "message", "message": {"type": "text", "text": text}})
}

/// What the areas of the menu that the user sees say.
async fn menu(stage: &Stage) -> Vec<String> {
    let (line, bot, user) = (stage.line.url(), &stage.bot.id, &stage.user.id);
    let seen = format!("{line}/simulator/bots/{bot}/users/{user}/richMenu");
    let menu: Value = reqwest::get(seen).await.unwrap().json().await.unwrap();
    let areas = menu["areas"].as_array().unwrap();
    let texts = areas.iter().map(|area| area["action"]["text"].as_str());
    texts.map(|text| text.unwrap().to_owned()).collect()
}

#[tokio::test]
async fn members_links_an_account_and_shows_the_menu_that_fits() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, SECRET).unwrap();
    let secret = format!("{{ file = \"{}\" }}", secret.display());
    let stage = changed_stage("members", |needs| {
        needs.replace("{ env = \"LINK_SECRET\" }", &secret)
    })
    .await;
    let user = &stage.user.id;

    let welcome = answer(&stage, user, json!({"type": "follow"})).await;
    let button = &welcome.message["template"]["actions"][0];
    assert_eq!(button["label"], "Link my account");
    assert_eq!(menu(&stage).await, ["link"]);
    let who = answer(&stage, user, says("who am I")).await;
    let expected = "You are Aiko, without an account. Say “link” to change that.";
    assert_eq!(who.text(), expected);

    link(&stage, button["uri"].as_str().unwrap()).await;
    let linked = stage.line.next(&stage.bot, user, who.seq).await;
    assert_eq!(linked.text(), "Hello ann, your account is linked.");
    assert_eq!(menu(&stage).await, ["who am I", "unlink"]);
    let who = answer(&stage, user, says("who am I")).await;
    assert_eq!(who.text(), "You are Aiko, with the account ann.");

    let unlinked = answer(&stage, user, says("unlink")).await;
    assert_eq!(unlinked.text(), "Your account is no longer linked.");
    assert_eq!(menu(&stage).await, ["link"]);
    let again = answer(&stage, user, says("unlink")).await;
    assert_eq!(again.text(), "There was no link.");

    answer(&stage, user, says("menu")).await;
    let made = stage.line.calls(&stage.bot, "/richmenu").await;
    let is_making = |call: &&Value| call["path"] == "/v2/bot/richmenu" && call["method"] == "POST";
    assert_eq!(made.iter().filter(is_making).count(), 2, "each once");
    expect_silence_in_standby(&stage).await;
}
