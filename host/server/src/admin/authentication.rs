//! Who calls the admin API.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use botbox_line::log_rate::LogRate;
use botbox_store::ProviderId;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::operator::Operator;
use super::refusal::Refusal;
use crate::control::caller::Caller;
use crate::http::{Peer, cut};

/// How many requests without a token are answered at length, and logged, within
/// [`REFUSALS_WINDOW`]: 10. An operator mistypes less often; who guesses costs the host little.
const REFUSALS: usize = 10;

const REFUSALS_WINDOW: Duration = Duration::from_secs(10);

/// Lets those in who have a token.
pub(super) struct TokenCheck {
    operator: Arc<Operator>,
    /// The one of the configuration.
    root: SecretString,
    /// How often who does not know a token is answered at length, and logged.
    refusals: Arc<LogRate>,
}

impl TokenCheck {
    pub(super) fn new(operator: Arc<Operator>, root: SecretString) -> Self {
        let refusals = LogRate::new(REFUSALS, REFUSALS_WINDOW, |more| {
            tracing::warn!(
                more,
                "refused more requests to the admin API without a token in {} s",
                REFUSALS_WINDOW.as_secs()
            );
        });
        Self {
            operator,
            root,
            refusals,
        }
    }

    /// Who makes a request. Of two headers, a proxy on the way and the host could each look at another:
    /// so both are refused, which axum-extra's typed header does not do.
    fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(given), None) = (given.next(), given.next()) else {
            return None;
        };
        let given = given.as_bytes().strip_prefix(b"Bearer ")?;
        if given.ct_eq(self.root.expose_secret().as_bytes()).into() {
            return Some(Caller::root());
        }
        self.operator.caller(given)
    }
}

/// Who has a token always gets through, however many others try theirs.
pub(super) async fn check_token(
    State(check): State<Arc<TokenCheck>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(caller) = check.caller(request.headers()) {
        request.extensions_mut().insert(caller);
        return next.run(request).await;
    }
    if !check.refusals.passes(1) {
        return Refusal::TooManyRefused.into_response();
    }
    let peer = request.extensions().get().map(|Peer(peer)| peer.ip());
    let peer = peer.map(|it| it.to_string());
    tracing::warn!(
        peer,
        path = cut(request.uri().path(), 128),
        "refused a request to the admin API without a token"
    );
    Refusal::NoToken.into_response()
}

impl Caller {
    /// Fails as if a thing were not there, if it is another provider's.
    pub(super) fn must_see(
        &self,
        provider: ProviderId,
        kind: &str,
        name: &str,
    ) -> Result<(), Refusal> {
        if self.sees(provider) {
            return Ok(());
        }
        Err(Refusal::NotFound(format!("there is no {kind} {name:?}")))
    }
}
