//! The admin API: what the operator sees and does, for whoever has the admin token.

mod dead_letters;
mod filter;
mod follow;
mod journal;
mod operator;
mod refusal;
mod status;
mod versions;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use botbox_line::log_rate::LogRate;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

pub(crate) use self::operator::Operator;
use crate::http::{Peer, cut};

/// How many requests without the token are answered at length, and logged, within
/// [`REFUSALS_WINDOW`]: 10. An operator mistypes less often; who guesses costs the host little.
const REFUSALS: usize = 10;

const REFUSALS_WINDOW: Duration = Duration::from_secs(10);

pub(crate) fn routes(operator: Arc<Operator>, token: SecretString) -> Router {
    Router::new()
        .route("/v1/status", get(status::status))
        .route("/v1/journal/stats", get(journal::stats))
        .route("/v1/journal/events", get(journal::list))
        .route("/v1/journal/events/{channel}/{id}", get(journal::show))
        .route("/v1/journal/follow", get(follow::follow))
        .route("/v1/dead-letters", get(dead_letters::list))
        .route("/v1/dead-letters/replay", post(dead_letters::replay))
        .route("/v1/dead-letters/discard", post(dead_letters::discard))
        .route("/v1/channels/{channel}/versions", get(versions::list))
        .layer(middleware::from_fn_with_state(
            Arc::new(TokenCheck::new(token)),
            check_token,
        ))
        .with_state(operator)
}

/// Lets those in who have the token.
struct TokenCheck {
    token: SecretString,
    /// How often who does not know the token is answered at length, and logged.
    refusals: Arc<LogRate>,
}

impl TokenCheck {
    fn new(token: SecretString) -> Self {
        let refusals = LogRate::new(REFUSALS, REFUSALS_WINDOW, |more| {
            tracing::warn!(
                more,
                "refused more requests to the admin API without the token in {} s",
                REFUSALS_WINDOW.as_secs()
            );
        });
        Self { token, refusals }
    }

    /// Whether a request has the token. Of two headers, a proxy on the way and the host could each look
    /// at another: so both are refused, which axum-extra's typed header does not do.
    fn accepts(&self, headers: &HeaderMap) -> bool {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(given), None) = (given.next(), given.next()) else {
            return false;
        };
        let expected = self.token.expose_secret().as_bytes();
        let given = given.as_bytes().strip_prefix(b"Bearer ");
        given.is_some_and(|given| given.ct_eq(expected).into())
    }
}

/// The token always gets through, however many others try theirs.
async fn check_token(
    State(check): State<Arc<TokenCheck>>,
    request: Request,
    next: Next,
) -> Response {
    if check.accepts(request.headers()) {
        return next.run(request).await;
    }
    if !check.refusals.passes(1) {
        let why = "too many requests came without the admin token; wait some seconds\n";
        return (StatusCode::TOO_MANY_REQUESTS, why).into_response();
    }
    let peer = request.extensions().get().map(|Peer(peer)| peer.ip());
    let peer = peer.map(|it| it.to_string());
    tracing::warn!(
        peer,
        path = cut(request.uri().path(), 128),
        "refused a request to the admin API without the token"
    );
    let why = "give the admin token as `Authorization: Bearer TOKEN`, once\n";
    (StatusCode::UNAUTHORIZED, why).into_response()
}
