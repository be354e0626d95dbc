//! Channel access tokens: issued, verified, revoked. These calls carry no token; who calls is in
//! their form.

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::json;

use super::serve::{Call, open_operation};
use crate::answer::{Answer, Refusal};
use crate::bots::Bot;
use crate::bots::access_tokens::{AccessToken, Kind, MAX_LIFETIME, STATELESS_LIFETIME, stateless};
use crate::bots::assertions::{Assertion, InvalidAssertion};
use crate::form::Form;
use crate::world::{Shared, World};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What is left of a long-lived token, in seconds: a century, as in LINE's example.
const LONG_LIVED_SECONDS: u64 = 100 * 365 * 24 * 3600;

const TOO_MANY_TOKENS: Refusal = Refusal::specific(
    StatusCode::BAD_REQUEST,
    "The maximum number of access tokens has already been issued",
);

const UNKNOWN_KEY: Refusal = Refusal::specific(
    StatusCode::NOT_FOUND,
    "Cannot find channel key that satisfies the conditions",
);

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(open_operation(
            Operation::IssueChannelToken,
            claimed_bot,
            issue_short_lived,
        ))
        .merge(open_operation(
            Operation::VerifyChannelToken,
            claimed_bot,
            verify,
        ))
        .merge(open_operation(
            Operation::RevokeChannelToken,
            claimed_bot,
            revoke,
        ))
        .merge(open_operation(
            Operation::IssueChannelTokenByJwt,
            claimed_bot,
            issue_v2_1,
        ))
        .merge(open_operation(
            Operation::VerifyChannelTokenByJwt,
            claimed_bot,
            verify_v2_1,
        ))
        .merge(open_operation(
            Operation::RevokeChannelTokenByJwt,
            claimed_bot,
            revoke_v2_1,
        ))
        .merge(open_operation(
            Operation::GetsAllValidChannelAccessTokenKeyIds,
            claimed_bot,
            key_ids,
        ))
        .merge(open_operation(
            Operation::IssueStatelessChannelToken,
            claimed_bot,
            issue_stateless,
        ))
}

/// The bot that a call says it is from.
fn claimed_bot(world: &World, call: &Call) -> Option<String> {
    let form = call.form().ok()?;
    let assertion = form.get("client_assertion").filter(|it| !it.is_empty());
    let bot_id = if let Some(jwt) = assertion {
        world.bot_of_channel(Assertion::parse(jwt).ok()?.issuer())
    } else if let Some(channel_id) = form.get("client_id") {
        world.bot_of_channel(channel_id)
    } else {
        world.issuer_of_token(form.get("access_token")?)
    };
    bot_id.map(str::to_owned)
}

async fn issue_short_lived(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    check_grant(&form)?;
    let mut world = shared.world();
    let bot = known_client(&mut world, &call, &form)?;
    let lifetime = bot.settings.token_lifetime(MAX_LIFETIME);
    let issued = bot
        .access_tokens
        .issue(Kind::ShortLived, &bot.id, lifetime, call.time);
    let issued = issued.ok_or(TOO_MANY_TOKENS)?;
    Ok(Answer::json(&json!({
        "access_token": issued.token,
        "expires_in": lifetime.as_secs(),
        "token_type": "Bearer",
    })))
}

async fn verify(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    let token = form
        .get("access_token")
        .ok_or(invalid_request("access_token in invalid format"))?;
    let mut world = shared.world();
    let is_long_lived = world.is_long_lived(token);
    let bot = world.bot_mut(&call.bot_id);
    let bot = bot.ok_or(invalid_request("access_token invalid"))?;
    let seconds = if is_long_lived {
        LONG_LIVED_SECONDS
    } else {
        let known = bot.access_tokens.find(Kind::ShortLived, token);
        let live = known.filter(|token| token.is_live(call.time));
        live.ok_or(invalid_request("access_token invalid"))?
            .seconds_left(call.time)
    };
    Ok(verified(bot, seconds))
}

/// A token that is unknown is no error (LINE reference, "Revoke short-lived or long-lived channel
/// access token").
async fn revoke(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    let token = form.get("access_token").ok_or(Refusal::OAuth {
        error: "invalid_request",
        description: None,
    })?;
    let mut world = shared.world();
    world.revoke_long_lived(token);
    if let Some(bot) = world.bot_mut(&call.bot_id) {
        bot.access_tokens.revoke(Kind::ShortLived, token);
    }
    Ok(Answer::empty(StatusCode::OK))
}

async fn issue_v2_1(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    check_grant(&form)?;
    let mut world = shared.world();
    let (bot, assertion) = asserted_client(&mut world, &call, &form)?;
    let lifetime = assertion.token_lifetime()?;
    let lifetime = bot.settings.token_lifetime(lifetime);
    let issued = bot
        .access_tokens
        .issue(Kind::V2_1, &bot.id, lifetime, call.time);
    let AccessToken { token, key_id, .. } = issued.ok_or(TOO_MANY_TOKENS)?;
    Ok(Answer::json(&json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime.as_secs(),
        "key_id": key_id,
    })))
}

async fn verify_v2_1(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    let token = form.get("access_token").unwrap_or_default();
    let mut world = shared.world();
    let unknown = invalid_request("The access token not JWS");
    let Some(bot) = world.bot_mut(&call.bot_id) else {
        return Err(unknown);
    };
    let known = bot.access_tokens.find(Kind::V2_1, token).ok_or(unknown)?;
    if !known.is_live(call.time) {
        return Err(invalid_request("The access token expired"));
    }
    Ok(verified(bot, known.seconds_left(call.time)))
}

/// A token that is unknown is no error (LINE reference, "Revoke channel access token v2.1").
async fn revoke_v2_1(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    let token = form
        .get("access_token")
        .ok_or(invalid_request("The access token not JWS"))?;
    let mut world = shared.world();
    let bot = known_client(&mut world, &call, &form)?;
    bot.access_tokens.revoke(Kind::V2_1, token);
    Ok(Answer::empty(StatusCode::OK))
}

async fn key_ids(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    let mut world = shared.world();
    let (bot, _) = asserted_client(&mut world, &call, &form)?;
    Ok(Answer::json(
        &json!({ "kids": bot.access_tokens.key_ids(call.time) }),
    ))
}

async fn issue_stateless(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let form = call.form()?;
    check_grant(&form)?;
    let mut world = shared.world();
    // SDKs send the fields of the other way of proving who they are as empty.
    let asserted = form
        .get("client_assertion")
        .is_some_and(|it| !it.is_empty());
    let bot = if asserted {
        asserted_client(&mut world, &call, &form)?.0
    } else {
        // Here LINE does not tell which of the two is wrong.
        known_client(&mut world, &call, &form)
            .map_err(|_| invalid_request("Invalid 'client_credentials'."))?
    };
    let lifetime = bot.settings.token_lifetime(STATELESS_LIFETIME);
    Ok(Answer::json(&json!({
        "token_type": "Bearer",
        "access_token": stateless(&bot.id, &bot.channel_secret, lifetime, call.time),
        "expires_in": lifetime.as_secs(),
    })))
}

fn check_grant(form: &Form) -> Result<(), Refusal> {
    if form.get("grant_type") == Some("client_credentials") {
        Ok(())
    } else {
        Err(invalid_request("some parameters missed or invalid"))
    }
}

/// The bot whose channel id and secret are in the form.
fn known_client<'a>(
    world: &'a mut World,
    call: &Call,
    form: &Form,
) -> Result<&'a mut Bot, Refusal> {
    let bot = world.bot_mut(&call.bot_id);
    let bot = bot.filter(|bot| form.get("client_id") == Some(&bot.channel_id));
    let bot = bot.ok_or(invalid_client("invalid client_id"))?;
    if form.get("client_secret") != Some(&bot.channel_secret) {
        return Err(invalid_client("invalid client_secret"));
    }
    Ok(bot)
}

/// The bot whose assertion is in the form.
fn asserted_client<'a>(
    world: &'a mut World,
    call: &Call,
    form: &Form,
) -> Result<(&'a mut Bot, Assertion), Refusal> {
    if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(invalid_request("some parameters missed or invalid"));
    }
    let assertion = Assertion::parse(form.get("client_assertion").unwrap_or_default())?;
    let bot = world.bot_mut(&call.bot_id);
    let bot = bot.ok_or(invalid_client("iss and clientId of key do not match"))?;
    assertion.verify(&bot.assertion_keys, call.time)?;
    Ok((bot, assertion))
}

fn verified(bot: &Bot, seconds: u64) -> Answer {
    Answer::json(&json!({ "client_id": bot.channel_id, "expires_in": seconds }))
}

fn invalid_request(description: &str) -> Refusal {
    Refusal::OAuth {
        error: "invalid_request",
        description: Some(description.to_owned()),
    }
}

fn invalid_client(description: &str) -> Refusal {
    Refusal::OAuth {
        error: "invalid_client",
        description: Some(description.to_owned()),
    }
}

impl From<InvalidAssertion> for Refusal {
    fn from(invalid: InvalidAssertion) -> Self {
        match invalid {
            InvalidAssertion::UnknownKey => UNKNOWN_KEY,
            _ => invalid_client(&invalid.to_string()),
        }
    }
}
