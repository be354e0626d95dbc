//! Linking accounts: link tokens, and the dialog that stands for the one at
//! `https://access.line.me` (LINE documentation, "User account linking").

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use botbox_line::Operation;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::Acquaintance;
use crate::delivery;
use crate::events::{self, Act};
use crate::form::Form;
use crate::world::{Shared, World};

/// Where LINE has its dialog.
const DIALOG: &str = "/dialog/bot/accountLink";

/// How many users the dialog offers to choose from.
const MAX_CHOICES: usize = 100;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::IssueLinkToken, issue_link_token))
        .route(DIALOG, get(ask).post(link))
}

/// Why the dialog shows an error. The bot hears nothing of it.
#[derive(Debug, thiserror::Error)]
enum DialogError {
    #[error("The link token has expired or was used.")]
    Token,
    #[error("A nonce has 10 to 255 characters.")]
    Nonce,
    #[error("There is no such user.")]
    User,
}

async fn issue_link_token(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let user_id = call.user_id()?;
    let mut world = shared.world();
    world.user(user_id).ok_or(Refusal::NotFound)?;
    let token = world.link_tokens.issue(&call.bot_id, user_id, call.time);
    Ok(Answer::json(&json!({ "linkToken": token })))
}

/// Asks who is in this browser: at LINE, the LINE app knows.
async fn ask(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, DialogError> {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let (token, nonce) = (link_token(&form), nonce(&form)?);
    let world = shared.world();
    let lifetime = shared.settings.link_token_lifetime;
    let link = world.link_tokens.get(token, lifetime, world.now());
    let link = link.ok_or(DialogError::Token)?;
    let choices = choices(&world, &link.user_id);
    Ok(page(&format!(
        "<p>Who is in this browser? At LINE, the app knows.</p>\
         <form method=\"post\" action=\"{DIALOG}\">\
         <input type=\"hidden\" name=\"linkToken\" value=\"{}\">\
         <input type=\"hidden\" name=\"nonce\" value=\"{}\">\
         <select name=\"userId\" aria-label=\"User\">{choices}</select> <button class=\"primary\">Link</button></form>",
        escape(token),
        escape(nonce),
    )))
}

/// Links the account of the user in this browser, if the token is theirs and they are a friend of
/// the bot, and tells the bot.
async fn link(State(shared): State<Shared>, body: Bytes) -> Result<Html<String>, DialogError> {
    let form = Form::parse(&body);
    let nonce = nonce(&form)?;
    let user_id = form.get("userId").unwrap_or_default();
    let mut world = shared.world();
    if world.user(user_id).is_none() {
        return Err(DialogError::User);
    }
    let (lifetime, now) = (shared.settings.link_token_lifetime, world.now());
    let link = world.link_tokens.spend(link_token(&form), lifetime, now);
    let link = link.ok_or(DialogError::Token)?;

    let bot = world.bot(&link.bot_id);
    let is_friend = bot.is_some_and(|bot| bot.acquaintance(user_id) == Some(Acquaintance::Friend));
    let linked = link.user_id == user_id && is_friend;
    if let Some(webhook) = events::webhook(&mut world, &link.bot_id, &act(user_id, nonce, linked)) {
        delivery::send(&shared, webhook);
    }
    Ok(page(if linked {
        "<p>The accounts are linked.</p>"
    } else {
        "<p>The accounts could not be linked.</p>"
    }))
}

/// What the bot is told: of a failure, not whose it was (LINE reference, "Account link event").
fn act(user_id: &str, nonce: &str, linked: bool) -> Act {
    let result = if linked { "ok" } else { "failed" };
    let link = json!({ "result": result, "nonce": nonce });
    let event = [("type", Value::from("accountLink")), ("link", link)];
    let event = event.map(|(name, value)| (name.to_owned(), value));
    Act {
        user_id: linked.then(|| user_id.to_owned()),
        group_id: None,
        event: Map::from_iter(event),
        display_text: None,
    }
}

fn link_token(form: &Form) -> &str {
    form.get("linkToken").unwrap_or_default()
}

fn nonce(form: &Form) -> Result<&str, DialogError> {
    let nonce = form.get("nonce").unwrap_or_default();
    if (10..=255).contains(&nonce.chars().count()) {
        Ok(nonce)
    } else {
        Err(DialogError::Nonce)
    }
}

/// Users to choose from, first the one whom the token was issued for.
fn choices(world: &World, owner_id: &str) -> String {
    let others = world.users().filter(|user| user.user_id != owner_id);
    let users = world.user(owner_id).into_iter().chain(others);
    let mut choices = String::new();
    for user in users.take(MAX_CHOICES) {
        let (id, name) = (&user.user_id, escape(&user.profile.display_name));
        // Writing to a string cannot fail.
        let _ = write!(choices, "<option value=\"{id}\">{name}</option>");
    }
    choices
}

fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Link accounts</title>\
         <link rel=\"stylesheet\" href=\"/assets/styles/base.css\">\
         <main class=\"standing\"><h1>Link accounts</h1>{content}</main></html>"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

impl IntoResponse for DialogError {
    fn into_response(self) -> Response {
        let page = page(&format!("<p>{self}</p>"));
        (StatusCode::BAD_REQUEST, page).into_response()
    }
}
