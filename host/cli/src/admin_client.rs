//! Calls to a host's admin API.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use botbox_server::{StoppedError, StoppedHost};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, IF_MATCH};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Method, Response, StatusCode, Url};
use serde::{Deserialize, Serialize};

use crate::terminal::one_line;

const URL_VARIABLE: &str = "BOTBOX_ADMIN_URL";
const TOKEN_VARIABLE: &str = "BOTBOX_ADMIN_TOKEN";
const DEFAULT_URL: &str = "http://127.0.0.1:8081";

/// How long connecting may take: 10 s, more than a slow network needs.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// How long a response may stand still: 310 s. A replay responds when all is done, so this is a little
/// longer than the host keeps a connection.
const RESPONSE_TIME: Duration = Duration::from_secs(310);

/// Where a host that runs is, and how to get in.
#[derive(clap::Args)]
pub(crate) struct HostArguments {
    /// The address of the host's admin API. Default: the environment variable BOTBOX_ADMIN_URL, or
    /// else http://127.0.0.1:8081.
    #[arg(long, value_name = "URL", global = true, help_heading = "Host")]
    admin: Option<String>,
    /// A file that has the admin token. Default: the environment variable BOTBOX_ADMIN_TOKEN has
    /// it.
    #[arg(long, value_name = "PATH", global = true, help_heading = "Host")]
    token_file: Option<PathBuf>,
}

/// Where the host is, whether it runs or not, and how to get in.
#[derive(clap::Args)]
pub(crate) struct AdminArguments {
    #[command(flatten)]
    host: HostArguments,
    /// Of a host that does not run: its configuration file, which tells where its data are.
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        help_heading = "Host",
        conflicts_with_all = ["admin", "token_file"]
    )]
    config: Option<PathBuf>,
}

/// Why the host did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdminError {
    #[error(
        "the admin token is missing: set the environment variable {TOKEN_VARIABLE}, or name a \
         file that has it by --token-file"
    )]
    NoToken,
    #[error("cannot read the admin token from {}", .path.display())]
    TokenFile { path: PathBuf, source: io::Error },
    #[error("the admin token from {0} is none: it is empty, or has characters other than ASCII")]
    BadToken(String),
    #[error("{url:?} is no address of a host: {problem}; {REMEDY}")]
    BadUrl { url: String, problem: String },
    #[error(
        "cannot reach the host at {url}: {cause}; start it with [admin] in its configuration; \
         if it is elsewhere, {REMEDY}"
    )]
    Unreachable { url: String, cause: String },
    #[error(
        "the host at {url} does not take the admin token from {token}: it must be the one that \
         admin.token in the host's configuration refers to; set {TOKEN_VARIABLE}, or name a file by \
         --token-file"
    )]
    Unauthorized { url: String, token: String },
    /// The host's own words.
    #[error("{detail}")]
    Refused { status: StatusCode, detail: String },
    #[error("what is at {url} is no admin API of a host: it answered {status}; {REMEDY}")]
    NotAHost { url: String, status: StatusCode },
    /// The host that does not run cannot be opened.
    #[error(transparent)]
    Stopped(#[from] StoppedError),
    #[error("the answer of the host at {url} is not understood: {problem}; is it another version?")]
    Unreadable { url: String, problem: String },
}

const REMEDY: &str = "give its address by --admin or the environment variable BOTBOX_ADMIN_URL";

/// How a host refuses (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

/// A host's admin API.
pub(crate) struct AdminClient {
    http: Client,
    url: Url,
    /// Where the token is from.
    token: String,
    /// Serves the admin API of a host that does not run.
    _stopped: Option<StoppedHost>,
}

impl AdminClient {
    pub(crate) async fn new(arguments: &AdminArguments) -> Result<Self, AdminError> {
        if let Some(config) = &arguments.config {
            let stopped = StoppedHost::open(config).await?;
            let url = parse(&format!("http://{}", stopped.address()))?;
            let token = stopped.token().to_owned();
            return Self::with(url, &token, config.display().to_string(), Some(stopped));
        }
        Self::of(&arguments.host)
    }

    /// The admin API of a host that runs.
    pub(crate) fn of(arguments: &HostArguments) -> Result<Self, AdminError> {
        let url = arguments.admin.clone().or_else(|| variable(URL_VARIABLE));
        let url = parse(url.as_deref().unwrap_or(DEFAULT_URL))?;
        let (token, origin) = token(arguments.token_file.as_deref())?;
        Self::with(url, &token, origin, None)
    }

    fn with(
        url: Url,
        token: &str,
        origin: String,
        stopped: Option<StoppedHost>,
    ) -> Result<Self, AdminError> {
        let bearer = HeaderValue::try_from(format!("Bearer {token}"));
        let mut bearer = bearer
            .ok()
            .filter(|_| !token.is_empty() && token.is_ascii())
            .ok_or_else(|| AdminError::BadToken(origin.clone()))?;
        bearer.set_sensitive(true);
        botbox_line::tls::prepare();
        let http = Client::builder()
            .user_agent(concat!("botbox/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            // The token is for the host alone.
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIME)
            .read_timeout(RESPONSE_TIME)
            .build()
            .map_err(|error| AdminError::BadUrl {
                url: url.to_string(),
                problem: root(&error),
            })?;
        Ok(Self {
            http,
            url,
            token: origin,
            _stopped: stopped,
        })
    }

    /// Reads what is at a path.
    pub(crate) async fn get(
        &self,
        path: &[&str],
        parameters: &impl Serialize,
    ) -> Result<String, AdminError> {
        let request = self.http.get(self.address(path)).query(parameters);
        self.text(request).await
    }

    /// Reads something that need not be there.
    pub(crate) async fn find(&self, path: &[&str]) -> Result<Option<String>, AdminError> {
        match self.get(path, &()).await {
            Ok(text) => Ok(Some(text)),
            Err(AdminError::Refused { status, .. }) if status == StatusCode::NOT_FOUND => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks for a change.
    pub(crate) async fn post(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<String, AdminError> {
        let request = self.http.request(Method::POST, self.address(path));
        self.text(request.json(body)).await
    }

    /// Sets something, whatever it was.
    pub(crate) async fn put(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<String, AdminError> {
        let request = self.http.put(self.address(path)).json(body);
        self.text(request).await
    }

    /// Changes something that is still at a revision.
    pub(crate) async fn change(
        &self,
        path: &[&str],
        revision: u64,
        body: &impl Serialize,
    ) -> Result<String, AdminError> {
        let request = self.http.put(self.address(path)).json(body);
        let request = request.header(IF_MATCH, format!("\"{revision}\""));
        self.text(request).await
    }

    /// Sends bytes.
    pub(crate) async fn upload(
        &self,
        path: &[&str],
        bytes: impl Into<Body>,
    ) -> Result<String, AdminError> {
        let request = self.http.put(self.address(path)).body(bytes);
        self.text(request).await
    }

    /// Deletes something.
    pub(crate) async fn delete(&self, path: &[&str]) -> Result<(), AdminError> {
        let request = self.http.delete(self.address(path));
        self.send(request).await.map(drop)
    }

    /// Opens a stream of events, after the last one that came.
    pub(crate) async fn open(
        &self,
        path: &[&str],
        parameters: &impl Serialize,
        last_event_id: Option<&str>,
    ) -> Result<Response, AdminError> {
        let mut request = self.http.get(self.address(path)).query(parameters);
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        self.send(request).await
    }

    /// What an answer says.
    pub(crate) fn parse<'a, T: Deserialize<'a>>(&self, text: &'a str) -> Result<T, AdminError> {
        serde_json::from_str(text).map_err(|error| self.unreadable(error.to_string()))
    }

    fn unreadable(&self, problem: String) -> AdminError {
        AdminError::Unreadable {
            url: self.url.to_string(),
            problem,
        }
    }

    async fn text(&self, request: reqwest::RequestBuilder) -> Result<String, AdminError> {
        let text = self.send(request).await?.text().await;
        text.map_err(|error| self.unreadable(root(&error)))
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Response, AdminError> {
        let url = || self.url.to_string();
        let answer = request.send().await.map_err(|error| {
            let cause = root(&error);
            AdminError::Unreachable { url: url(), cause }
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(AdminError::Unauthorized {
                url: url(),
                token: self.token.clone(),
            });
        }
        let text = answer.text().await.unwrap_or_default();
        match serde_json::from_str(&text) {
            Ok(Problem { detail }) => Err(AdminError::Refused {
                status,
                detail: one_line(&detail),
            }),
            Err(_) => Err(AdminError::NotAHost { url: url(), status }),
        }
    }

    /// The address of what is at `path`, each part of which may have any characters.
    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.url.clone();
        // A URL without a path was refused.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        url
    }
}

fn parse(text: &str) -> Result<Url, AdminError> {
    let refused = |problem: String| AdminError::BadUrl {
        url: text.to_owned(),
        problem,
    };
    let url: Url = text.parse().map_err(|error| refused(format!("{error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(String::from(
            "it must begin with http:// or https://",
        )));
    }
    Ok(url)
}

/// The token, and where it is from.
fn token(file: Option<&Path>) -> Result<(String, String), AdminError> {
    let Some(path) = file else {
        let token = variable(TOKEN_VARIABLE).ok_or(AdminError::NoToken)?;
        return Ok((token, String::from(TOKEN_VARIABLE)));
    };
    let token = fs::read_to_string(path).map_err(|source| AdminError::TokenFile {
        path: path.to_owned(),
        source,
    })?;
    // A line break at the end is not part of it, as in the host's configuration.
    let token = token.trim_end_matches(['\r', '\n']).to_owned();
    Ok((token, path.display().to_string()))
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The last of an error's causes: those before it say how the request was made.
fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
