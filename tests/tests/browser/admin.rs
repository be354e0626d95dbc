//! The page of the admin API.

use botbox_tests::{ADMIN_TOKEN, Stage};

use crate::chromium::Chromium;

#[tokio::test]
async fn who_has_a_token_makes_requests() {
    let stage = Stage::with("echo").await;
    let page = Chromium::open(&format!("{}/v1/docs", stage.host.admin_url)).await;
    page.wait_for_text("Lists channels").await;
    page.type_into("#token", ADMIN_TOKEN).await;
    page.click("#get_channels summary").await;
    page.click("#get_channels button").await;
    let answer = "document.querySelector('#get_channels form pre').innerText";
    page.wait(&format!("{answer}.startsWith('200 OK')")).await;
    page.wait(&format!("{answer}.includes('\"name\": \"bot\"')"))
        .await;
    // One with a path and a body, which begins with its example.
    page.click("#put_providers_provider summary").await;
    page.type_into("#put_providers_provider input[name=provider]", "default")
        .await;
    let body = "document.querySelector('#put_providers_provider textarea').value";
    page.wait(&format!("{body}.includes('\"weight\": 2')"))
        .await;
    assert_eq!(page.violations().await, [""; 0]);
    page.close_silent().await;
}
