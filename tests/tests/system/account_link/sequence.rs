//! Who is to be linked, is: the whole sequence, and again.

use botbox_tests::{ADMIN_TOKEN, PUBLIC_URL, Stage};
use reqwest::{Client, StatusCode};
use serde_json::json;

use super::cafe::{ANN, Cafe, NOBODY, SECRET, parameter};

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

#[tokio::test]
async fn operators_see_links_and_remove_them() {
    let cafe = Cafe::open().await;
    let dialog = cafe.go_to_dialog("ann").await;
    cafe.answer_to(cafe.agree(&dialog, &cafe.stage.user)).await;
    let host = &cafe.stage.host;
    let path = "/v1/channels/bot/account-links";
    let user = &cafe.stage.user.id;
    let links = host.admin(path).await;
    assert_eq!(links, json!({"links": [{"user": user, "account": "ann"}]}));
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        let url = format!("{}{path}/{user}", host.admin_url);
        let request = Client::new().delete(url).bearer_auth(ADMIN_TOKEN);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
    assert_eq!(host.admin(path).await, json!({"links": []}));
    let audit = host.admin("/v1/audit?channel=bot&limit=1").await;
    let entry = &audit["entries"][0];
    assert_eq!(entry["action"], "account link removed", "{audit}");
    assert_eq!(
        (&entry["detail"], &entry["actor"]),
        (&json!(user), &json!("admin"))
    );
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
