//! The admin API: what operators see and do, for whoever has a token.

mod authentication;
mod channels;
mod dead_letters;
mod deployments;
mod filter;
mod follow;
mod journal;
mod metrics;
mod operator;
mod page;
mod plugins;
mod providers;
mod refusal;
mod request;
mod status;
mod tokens;
mod traffic;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{delete, get, post, put};
use secrecy::SecretString;

use self::authentication::{TokenCheck, check_token};
pub(crate) use self::operator::Operator;

/// The routes, for whoever has the token of the configuration, or one of the registry.
pub(crate) fn routes(operator: Arc<Operator>, token: SecretString) -> Router {
    let check = Arc::new(TokenCheck::new(Arc::clone(&operator), token));
    // Its handler counts the bytes itself.
    let plugin = get(plugins::show).put(plugins::upload);
    let plugin = plugin.layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/v1/status", get(status::status))
        .route("/v1/journal/stats", get(journal::stats))
        .route("/v1/journal/events", get(journal::list))
        .route("/v1/journal/events/{channel}/{id}", get(journal::show))
        .route("/v1/journal/follow", get(follow::follow))
        .route("/v1/dead-letters", get(dead_letters::list))
        .route("/v1/dead-letters/replay", post(dead_letters::replay))
        .route("/v1/dead-letters/discard", post(dead_letters::discard))
        .route("/v1/providers", get(providers::list).post(providers::add))
        .route(
            "/v1/providers/{provider}",
            get(providers::show)
                .put(providers::set)
                .delete(providers::delete),
        )
        .route("/v1/channels", get(channels::list).post(channels::add))
        .route(
            "/v1/channels/{channel}",
            get(channels::show)
                .put(channels::set)
                .delete(channels::delete),
        )
        .route("/v1/channels/{channel}/secrets", get(channels::secrets))
        .route(
            "/v1/channels/{channel}/secrets/{name}",
            put(channels::set_secret).delete(channels::delete_secret),
        )
        .route("/v1/secrets/reseal", post(channels::reseal_secrets))
        .route(
            "/v1/channels/{channel}/deployments",
            get(deployments::list).post(deployments::add),
        )
        .route(
            "/v1/channels/{channel}/deployments/{number}",
            get(deployments::show),
        )
        .route(
            "/v1/channels/{channel}/traffic",
            get(traffic::show).put(traffic::set),
        )
        .route("/v1/channels/{channel}/switches", get(traffic::switches))
        .route("/v1/plugins", get(plugins::list))
        .route("/v1/plugins/{digest}", plugin)
        .route("/v1/tokens", get(tokens::list).post(tokens::add))
        .route("/v1/tokens/{name}", delete(tokens::revoke))
        .route("/v1/audit", get(tokens::audit))
        .route("/v1/reload", post(status::reload))
        .route("/v1/backup", post(status::back_up))
        .route("/metrics", get(metrics::metrics))
        .layer(middleware::from_fn_with_state(check, check_token))
        .with_state(operator)
}
