//! Who is not to be linked, is not, whatever they try.

use botbox_tests::PUBLIC_URL;
use reqwest::{Method, StatusCode};

use super::cafe::{Cafe, NOBODY, parameter, with_parameter};

/// An attacker sends their own link, or the way back of their own login, to a victim.
#[tokio::test]
async fn a_login_counts_in_the_browser_that_began_only() {
    let cafe = Cafe::open().await;
    let mut browser = cafe.browser();
    let back = cafe.log_in(&mut browser, "ann").await;
    let mut other = cafe.browser();
    assert_eq!(other.get(&back).await.status, StatusCode::FORBIDDEN);
    // One that is in a session of its own.
    cafe.log_in(&mut other, "bob").await;
    assert_eq!(other.get(&back).await.status, StatusCode::FORBIDDEN);
    // It was of no use to them, and still is to the right one.
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_the_service_did_not_sign_is_refused() {
    let cafe = Cafe::open().await;
    let mut browser = cafe.browser();
    let back = cafe.log_in(&mut browser, "ann").await;
    let mut forged = parameter(&back, "signature");
    let first = if forged.starts_with('A') { "B" } else { "A" };
    forged.replace_range(..1, first);
    for back in [
        with_parameter(&back, "account", "bob"),
        with_parameter(&back, "account", ""),
        with_parameter(&back, "signature", &forged),
        with_parameter(&back, "signature", ""),
    ] {
        let page = browser.get(&back).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("ask the bot for a new link"));
        assert!(!page.body.contains("signature"), "it tells nothing");
    }
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn tickets_and_sessions_are_used_once() {
    let cafe = Cafe::open().await;
    let mut browser = cafe.browser();
    let link = cafe.link_url().await;
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::GONE);
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);

    let back = cafe.log_in(&mut browser, "ann").await;
    let cookies = browser.cookies.clone();
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
    browser.cookies = cookies;
    assert_eq!(browser.get(&back).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn links_lead_nowhere_but_to_their_channel() {
    let cafe = Cafe::open().await;
    let link = cafe.link_url().await;
    let mut browser = cafe.browser();
    for (path, status) in [
        (link.replace("/bot/", "/other/"), StatusCode::NOT_FOUND),
        (
            format!("{PUBLIC_URL}/link/other/done"),
            StatusCode::NOT_FOUND,
        ),
        (format!("{link}x"), StatusCode::GONE),
        (format!("{PUBLIC_URL}/link/bot/%ff"), StatusCode::NOT_FOUND),
        (format!("{PUBLIC_URL}/link/bot/done"), StatusCode::GONE),
    ] {
        let page = browser.get(&path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.body.contains("ask the bot for a new link"));
    }
    // A form on somebody else's page.
    let forged = browser.request(Method::POST, &link, &[], Some("cross-site"));
    assert_eq!(forged.await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::SEE_OTHER);
}

/// The victim logs in to the service, but LINE knows that the link is not theirs.
#[tokio::test]
async fn another_user_at_the_dialog_is_not_linked() {
    let cafe = Cafe::open().await;
    let victim = cafe.stage.line.user("Victim").await;
    let dialog = cafe.go_to_dialog("ann").await;
    cafe.agree(&dialog, &victim).await;
    cafe.seen(NOBODY).await;
    assert_eq!(cafe.linked_account().await, "None");
    // The nonce is used up.
    let nonce = parameter(&dialog, "nonce");
    let user = &cafe.stage.user.id;
    cafe.event("01A", user, &nonce, false).await;
    assert_eq!(cafe.linked_account().await, "None");
}

/// Should LINE ever say that another user is linked than the one who was asked.
#[tokio::test]
async fn another_user_is_not_linked_even_if_line_says_so() {
    let cafe = Cafe::open().await;
    let dialog = cafe.go_to_dialog("ann").await;
    let nonce = parameter(&dialog, "nonce");
    let other = cafe.stage.line.user("Other").await.id;
    cafe.event("01A", &other, &nonce, false).await;
    cafe.seen(NOBODY).await;
    cafe.stage
        .host
        .log
        .expect("another user than was asked")
        .await;
    let asked = cafe.stage.ask(&format!("linked-account {other}")).await;
    assert_eq!(asked, "None");
    cafe.event("01B", &cafe.stage.user.id, &nonce, false).await;
    assert_eq!(cafe.linked_account().await, "None");
}
