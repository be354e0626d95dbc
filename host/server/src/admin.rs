//! The admin API: what operators see and do, for whoever has a token. [`Api`] makes the routes and their
//! description of one list, which is here; each file has the operations on one kind of thing.

mod access;
mod account_links;
mod api;
mod authentication;
mod beacons;
mod channels;
mod dead_letters;
mod deployments;
mod description;
mod diagnosis;
mod documentation;
mod events;
mod filter;
mod journal;
mod logs;
mod metrics;
mod operator;
mod page;
mod plugins;
mod problem;
mod providers;
mod quota;
mod recording;
mod refusal;
mod request;
mod status;
mod streams;
mod timers;
mod tokens;
mod traffic;
mod usage;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use secrecy::SecretString;

use self::api::Api;
use self::authentication::{TokenCheck, check_token};
pub(crate) use self::operator::Operator;
use self::refusal::Refusal;
pub(crate) use self::streams::Streams;

/// Who changes what the configuration file has.
const CONFIGURED: (StatusCode, &str) = (
    StatusCode::CONFLICT,
    "The channel is the configuration file's, which alone changes it.",
);

const NAME_TAKEN: (StatusCode, &str) = (StatusCode::CONFLICT, "The name is taken.");

const NO_PROVIDER: (StatusCode, &str) = (
    StatusCode::NOT_FOUND,
    "There is no such provider, or it is another one.",
);

const NO_CHANNEL: (StatusCode, &str) = (
    StatusCode::NOT_FOUND,
    "There is no such channel or deployment, or it is another provider's.",
);

/// The routes, for whoever has the token of the configuration, or one of the registry; and their
/// description, for anybody.
pub(crate) fn routes(operator: Arc<Operator>, token: SecretString) -> Router {
    let check = Arc::new(TokenCheck::new(Arc::clone(&operator), token));
    let (routes, description) = api().finish();
    routes
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn_with_state(check, check_token))
        .merge(documentation::routes(&description))
        .with_state(operator)
}

async fn no_route() -> Refusal {
    Refusal::NoRoute
}

async fn no_method() -> Refusal {
    Refusal::NoMethod
}

fn api() -> Api {
    let api = Api::new();
    let api = host(api);
    let api = tenants(api);
    let api = deploying(api);
    let api = users(api);
    let api = journal(api);
    watching(api)
}

fn host(api: Api) -> Api {
    use self::{channels, diagnosis, metrics, status, tokens};
    api.group("host", "The host itself.")
        .get(
            "/v1/status",
            "Tells how the host and its channels are",
            status::status,
            &[],
        )
        .get(
            "/metrics",
            "Tells what is counted, for Prometheus",
            metrics::metrics,
            &[],
        )
        .get(
            "/v1/diagnosis",
            "Looks for what keeps the host from working; a provider's token learns only that it is right",
            diagnosis::host,
            &[],
        )
        .post(
            "/v1/reload",
            "Has the host read its configuration file again",
            status::reload,
            &[(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The file is not right: nothing has changed.",
            )],
        )
        .post(
            "/v1/backup",
            "Copies all that the host keeps into a new folder",
            status::back_up,
            &[],
        )
        .post(
            "/v1/secrets/reseal",
            "Encrypts all secrets with the host's current key",
            channels::reseal_secrets,
            &[],
        )
        .group("tokens", "Who may use this API, and what they did.")
        .get("/v1/tokens", "Lists tokens", tokens::list, &[])
        .post(
            "/v1/tokens",
            "Makes a token, which is shown this once",
            tokens::add,
            &[NAME_TAKEN, NO_PROVIDER],
        )
        .delete(
            "/v1/tokens/{name}",
            "Revokes a token, at once",
            tokens::revoke,
            &[],
        )
        .get(
            "/v1/audit",
            "Lists who changed what, newest first",
            tokens::audit,
            &[],
        )
}

fn tenants(api: Api) -> Api {
    use self::{channels, diagnosis, providers};
    api.group(
        "providers",
        "The owners of channels, and what they may have at most.",
    )
    .get("/v1/providers", "Lists providers", providers::list, &[])
    .post(
        "/v1/providers",
        "Makes a provider",
        providers::add,
        &[NAME_TAKEN],
    )
    .get(
        "/v1/providers/{provider}",
        "Shows a provider",
        providers::show,
        &[],
    )
    .put(
        "/v1/providers/{provider}",
        "Changes a provider's settings",
        providers::set,
        &[],
    )
    .delete(
        "/v1/providers/{provider}",
        "Deletes a provider that has no channels any more",
        providers::delete,
        &[(StatusCode::CONFLICT, "It has channels.")],
    )
    .get(
        "/v1/ceilings",
        "Shows what the deployments of all providers may have at most",
        providers::ceilings,
        &[],
    )
    .group("channels", "Bots on LINE: their settings and secrets.")
    .get("/v1/channels", "Lists channels", channels::list, &[])
    .post(
        "/v1/channels",
        "Makes a channel, which takes webhooks as soon as it has its secrets",
        channels::add,
        &[NAME_TAKEN, NO_PROVIDER],
    )
    .get(
        "/v1/channels/{channel}",
        "Shows a channel",
        channels::show,
        &[],
    )
    .put(
        "/v1/channels/{channel}",
        "Changes a channel's settings, at once",
        channels::set,
        &[CONFIGURED],
    )
    .delete(
        "/v1/channels/{channel}",
        "Deletes a channel with all that it has",
        channels::delete,
        &[CONFIGURED],
    )
    .post(
        "/v1/channels/{channel}/diagnosis",
        "Looks for what keeps a channel from working; LINE sends it a test webhook",
        diagnosis::channel,
        &[],
    )
    .put(
        "/v1/channels/{channel}/webhook",
        "Sets where LINE sends a channel's webhooks, and has LINE try it",
        diagnosis::set_webhook,
        &[],
    )
    .get(
        "/v1/channels/{channel}/secrets",
        "Lists which secrets a channel has",
        channels::secrets,
        &[],
    )
    .put(
        "/v1/channels/{channel}/secrets/{secret}",
        "Sets a secret, at once",
        channels::set_secret,
        &[CONFIGURED],
    )
    .delete(
        "/v1/channels/{channel}/secrets/{secret}",
        "Deletes a secret, at once",
        channels::delete_secret,
        &[
            CONFIGURED,
            (StatusCode::UNPROCESSABLE_ENTITY, "No secret is called so."),
        ],
    )
}

fn deploying(api: Api) -> Api {
    use self::{deployments, plugins, traffic};
    api.group("plugins", "Components, by what they are.")
        .get(
            "/v1/plugins",
            "Lists plugins, the newest first",
            plugins::list,
            &[],
        )
        .get("/v1/plugins/{digest}", "Shows a plugin", plugins::show, &[])
        .put(
            "/v1/plugins/{digest}",
            "Uploads a plugin, and compiles it",
            plugins::upload,
            &[],
        )
        .group(
            "deployments",
            "Plugins with what they run with, and which of them serve.",
        )
        .get(
            "/v1/channels/{channel}/deployments",
            "Lists the deployments of a channel, newest first",
            deployments::list,
            &[],
        )
        .post(
            "/v1/channels/{channel}/deployments",
            "Checks a deployment and makes it; it serves nobody yet",
            deployments::add,
            &[CONFIGURED],
        )
        .get(
            "/v1/channels/{channel}/deployments/{deployment}",
            "Shows a deployment",
            deployments::show,
            &[],
        )
        .get(
            "/v1/channels/{channel}/traffic",
            "Shows which deployments serve",
            traffic::show,
            &[],
        )
        .put(
            "/v1/channels/{channel}/traffic",
            "Switches which deployments serve: the next event runs on what it says",
            traffic::set,
            &[CONFIGURED, (StatusCode::CONFLICT, "The traffic is pinned.")],
        )
        .get(
            "/v1/channels/{channel}/switches",
            "Lists what the traffic was, newest first",
            traffic::switches,
            &[],
        )
}

fn users(api: Api) -> Api {
    use self::{account_links, beacons, quota, timers};
    api.group(
        "users",
        "What channels know of their users, and may send them.",
    )
    .get(
        "/v1/channels/{channel}/quota",
        "Shows how many messages a channel may still send",
        quota::show,
        &[],
    )
    .get(
        "/v1/channels/{channel}/timers",
        "Lists the timers that are still to come, the next one first",
        timers::list,
        &[],
    )
    .delete(
        "/v1/channels/{channel}/timers/{timer}",
        "Cancels a timer",
        timers::cancel,
        &[],
    )
    .get(
        "/v1/channels/{channel}/account-links",
        "Lists which accounts users have linked",
        account_links::list,
        &[],
    )
    .delete(
        "/v1/channels/{channel}/account-links/{user}",
        "Removes an account link",
        account_links::remove,
        &[],
    )
    .get(
        "/v1/channels/{channel}/beacons",
        "Lists the beacons that a channel knows by name",
        beacons::list,
        &[],
    )
    .get(
        "/v1/channels/{channel}/visits",
        "Lists who is near a beacon",
        beacons::visits,
        &[],
    )
}

fn journal(api: Api) -> Api {
    use self::{dead_letters, journal, recording};
    api.group("journal", "Events, and what became of them.")
        .get(
            "/v1/journal/stats",
            "Counts what the journal holds",
            journal::stats,
            &[],
        )
        .get(
            "/v1/journal/events",
            "Lists events, newest first",
            journal::list,
            &[NO_CHANNEL],
        )
        .get(
            "/v1/journal/events/{channel}/{event}",
            "Shows all that is known of an event",
            journal::show,
            &[],
        )
        .get(
            "/v1/channels/{channel}/recording",
            "Records what a channel's events make its bot do, while it happens",
            recording::record,
            &[],
        )
        .group("dead-letters", "Events that were given up.")
        .get(
            "/v1/dead-letters",
            "Lists dead letters, newest first",
            dead_letters::list,
            &[NO_CHANNEL],
        )
        .post(
            "/v1/dead-letters/replay",
            "Lets dead letters wait for their turn again",
            dead_letters::replay,
            &[NO_CHANNEL],
        )
        .post(
            "/v1/dead-letters/discard",
            "Throws dead letters away, for good",
            dead_letters::discard,
            &[NO_CHANNEL],
        )
}

fn watching(api: Api) -> Api {
    use self::{events, logs, usage};
    api.group(
        "watching",
        "What happens, what plugins say, and who used how much.",
    )
    .get(
        "/v1/events",
        "Tells what happens while it happens",
        events::all,
        &[NO_CHANNEL],
    )
    .get(
        "/v1/channels/{channel}/events",
        "Tells what happens to a channel while it happens",
        events::of_channel,
        &[],
    )
    .get(
        "/v1/channels/{channel}/logs",
        "Lists what a channel's plugin logged and how attempts failed, newest first",
        logs::list,
        &[],
    )
    .get(
        "/v1/channels/{channel}/logs/follow",
        "Tells what a channel's plugin logs while it is written",
        logs::follow,
        &[],
    )
    .get(
        "/v1/usage",
        "Lists what channels used in a month, to bill by",
        usage::usage,
        &[NO_PROVIDER],
    )
}
