//! The pages on which users link their accounts.
//!
//! No page tells a stranger more than what to do, and none can be framed, kept, or told about to the
//! next one.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use botbox_line::error::with_causes;
use botbox_line::log_rate::LogRate;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::channel::directory::Directory;
use crate::services::account_link::AccountLinks;
use crate::services::account_link::exchange::{LinkError, LoggedIn, SESSION_TIME};

/// A form's target is not limited, because browsers would refuse to be redirected to the service's
/// login, and from there to wherever it logs in.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                      frame-ancestors 'none'";

pub(crate) fn routes(directory: Arc<Directory>) -> Router {
    Router::new()
        .route("/link/{channel}/done", get(done))
        .route("/link/{channel}/{ticket}", get(ask).post(begin))
        .layer(map_response(guarded))
        .with_state(directory)
}

/// How often that is logged: anybody can open a link that is used.
static REFUSALS: LazyLock<Arc<LogRate>> = LazyLock::new(|| {
    LogRate::new(20, Duration::from_secs(10), |more| {
        tracing::info!(more, "refused to link accounts more often in 10 s");
    })
});

/// Why a browser gets no further.
enum Refusal {
    /// There is no such channel, or it links no accounts.
    NoSuchPage,
    /// A page of another site sent the form.
    OtherSite,
    Link(Arc<str>, LinkError),
}

/// Shows what the ticket is for. The ticket stays good: messengers look at links before people do.
async fn ask(
    State(directory): State<Arc<Directory>>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Html<String>, Refusal> {
    let Path((channel, ticket)) = path.map_err(|_| Refusal::NoSuchPage)?;
    let (channel, links) = find(&directory, &channel)?;
    match links.has_ticket(&ticket).await {
        Ok(true) => {}
        Ok(false) => return Err(Refusal::Link(channel, LinkError::Stale)),
        Err(error) => return Err(Refusal::Link(channel, error.into())),
    }
    let service = links.service();
    Ok(page(html! {
        h1 { "Link with " (service) }
        p {
            "You log in to " (service) ", and LINE asks whether you agree. From then on this bot \
             knows your account there. You can undo it at any time: tell the bot."
        }
        form method="post" { button { "Continue" } }
    }))
}

/// Begins a session of this browser, and sends it to the service's login.
async fn begin(
    State(directory): State<Arc<Directory>>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let Path((channel, ticket)) = path.map_err(|_| Refusal::NoSuchPage)?;
    let (channel, links) = find(&directory, &channel)?;
    // Browsers tell who sends a form. Old ones do not, and LINE checks the user in any case.
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return Err(Refusal::OtherSite);
    }
    let session = links.begin(&ticket).await;
    let session = session.map_err(|error| Refusal::Link(channel, error))?;
    let cookie = set_cookie(&links, &session.secret, SESSION_TIME);
    Ok((cookie, Redirect::to(&session.login_url)))
}

/// Takes the service's answer, and sends the browser to LINE.
async fn done(
    State(directory): State<Arc<Directory>>,
    path: Result<Path<String>, PathRejection>,
    answer: Result<Query<LoggedIn>, QueryRejection>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let Path(channel) = path.map_err(|_| Refusal::NoSuchPage)?;
    let (channel, links) = find(&directory, &channel)?;
    let refusal = |error| Refusal::Link(Arc::clone(&channel), error);
    let Query(answer) = answer.map_err(|_| refusal(LinkError::Stale))?;
    let secret = cookie(&headers, cookie_name(&links));
    let secret = secret.ok_or_else(|| refusal(LinkError::OtherBrowser))?;
    let dialog_url = links.finish(answer, secret).await;
    let dialog_url = dialog_url.map_err(refusal)?;
    let cookie = set_cookie(&links, "", Duration::ZERO);
    Ok((cookie, Redirect::to(&dialog_url)))
}

/// The channel of this name, and what links its users' accounts.
fn find(directory: &Directory, channel: &str) -> Result<(Arc<str>, Arc<AccountLinks>), Refusal> {
    let channel = directory.get(channel).ok_or(Refusal::NoSuchPage)?;
    let setup = channel.setup();
    let links = setup.services.account_links.as_ref();
    let links = links.ok_or(Refusal::NoSuchPage)?;
    Ok((Arc::clone(&channel.id), Arc::clone(links)))
}

/// The prefix has browsers take the cookie from this very host only, and over HTTPS.
fn cookie_name(links: &AccountLinks) -> &'static str {
    match links.is_https() {
        true => "__Host-botbox-link",
        false => "botbox-link",
    }
}

/// A header that sets the cookie.
type SetCookie = AppendHeaders<[(HeaderName, String); 1]>;

/// Sets the cookie. Its value needs no quotes, so no library of cookies is needed, which would bring one
/// of dates.
fn set_cookie(links: &AccountLinks, value: &str, lifetime: Duration) -> SetCookie {
    let name = cookie_name(links);
    let seconds = lifetime.as_secs();
    let secure = if links.is_https() { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    AppendHeaders([(header::SET_COOKIE, cookie)])
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
}

async fn guarded(mut response: Response) -> Response {
    const GUARDS: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    let guards = GUARDS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(guards);
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::OtherSite => StatusCode::FORBIDDEN,
            Self::Link(channel, error) => {
                let status = status(&error);
                let why = with_causes(&error);
                match status.is_server_error() {
                    _ if !REFUSALS.passes(1) => {}
                    true => tracing::warn!(%channel, why, "cannot link accounts"),
                    false => tracing::info!(%channel, why, "refused to link accounts"),
                }
                status
            }
        };
        let page = page(html! {
            h1 { "That did not work" }
            p {
                "The link is used or too old, or was opened in another browser. Nothing was \
                 linked. Please ask the bot for a new link."
            }
        });
        (status, page).into_response()
    }
}

fn status(error: &LinkError) -> StatusCode {
    match error {
        LinkError::Stale => StatusCode::GONE,
        LinkError::OtherBrowser | LinkError::WrongSignature | LinkError::AccountLength(_) => {
            StatusCode::FORBIDDEN
        }
        LinkError::NoLinkToken(_) => StatusCode::BAD_GATEWAY,
        LinkError::Store(_) | LinkError::NoRandom(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn page(content: Markup) -> Html<String> {
    const STYLE: &str = "body{font:1.1em sans-serif;max-width:30em;margin:2em auto;padding:0 1em}\
                         button{font:inherit;padding:.5em 1.5em}";
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width";
            title { "Link accounts" }
            style { (PreEscaped(STYLE)) }
            (content)
        }
    };
    Html(page.into_string())
}
