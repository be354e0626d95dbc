//! Checks what is written, key by key, and collects all that is wrong.
//!
//! Here is what every check needs; the checks themselves are in the files below.

mod access_token;
mod account_link;
mod beacons;
mod channel;
mod deployment;
pub(super) mod host;

use std::cell::RefCell;
use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Uri;
use ring::digest::{Context, SHA256};
use secrecy::{ExposeSecret, SecretString};

use super::checked::{ChannelSettings, DeploymentSettings};
use super::examples::example;
use super::file::channel::ChannelTable;
use super::file::deployment::DeploymentTable;
use super::file::secret::SecretRef;
use super::problem::{PROBLEMS, Problem};
use super::source::{Source, channel_number};

/// Something is wrong, and that is reported already.
#[derive(Debug)]
pub(super) struct Reported;

/// Checks all that there is, and collects what is wrong.
pub(super) struct Checker {
    source: Source,
    /// The ids of the channels, where there are any.
    ids: Vec<Option<String>>,
    problems: RefCell<Vec<Problem>>,
    /// The keys that they are about.
    reported: RefCell<HashSet<String>>,
    /// Of the secrets that were read.
    secrets_read: RefCell<Context>,
}

/// Names the keys of one channel.
#[derive(Clone, Copy)]
struct ChannelKeys(usize);

/// The keys of a document, which is checked like the only channel of a file.
const DOCUMENT: ChannelKeys = ChannelKeys(0);

impl ChannelKeys {
    fn of(self, name: &str) -> String {
        format!("channels[{}].{name}", self.0)
    }
}

impl Checker {
    pub(super) fn new(source: Source, ids: Vec<Option<String>>) -> Self {
        Self {
            source,
            ids,
            problems: RefCell::default(),
            reported: RefCell::default(),
            secrets_read: RefCell::new(Context::new(&SHA256)),
        }
    }

    /// Checks a deployment that is a document of its own.
    pub(super) fn check_deployment_document(
        &self,
        table: DeploymentTable,
    ) -> Result<DeploymentSettings, Reported> {
        self.check_deployment(DOCUMENT, table)
    }

    /// Checks a channel's settings that are a document of their own.
    pub(super) fn check_settings_document(
        &self,
        table: ChannelTable,
        public_url: Option<&str>,
    ) -> Result<ChannelSettings, Reported> {
        self.check_settings(DOCUMENT, table, public_url)
    }

    /// The key of a document that is called so among the channels of a file.
    pub(super) fn document_key(key: &str) -> &str {
        let prefix = DOCUMENT.of("");
        key.strip_prefix(&prefix).unwrap_or(key)
    }

    /// What is wrong, in the order of the files, and where the keys are.
    pub(super) fn finish(self) -> (Vec<Problem>, Source) {
        let mut problems = self.problems.into_inner();
        self.source.sort(&mut problems);
        (problems, self.source)
    }

    /// Reports what is wrong, unless too much is.
    pub(super) fn add(&self, problem: Problem) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < PROBLEMS {
            problems.push(problem);
        }
    }

    /// Reports what is wrong with a key, unless something is reported of it already.
    pub(super) fn error(&self, key: impl Into<String>, what: impl Into<String>) -> Reported {
        self.report(key.into(), what.into(), false)
    }

    /// Reports what is wrong with what a key refers to; the key itself is right.
    fn bad_reference(&self, key: impl Into<String>, what: impl Into<String>) -> Reported {
        self.report(key.into(), what.into(), true)
    }

    fn report(&self, key: String, what: String, is_reference: bool) -> Reported {
        let channel = channel_number(&key).map(|(number, _)| number);
        let channel = channel.and_then(|it| self.ids.get(it).cloned().flatten());
        if self.reported.borrow_mut().insert(key.clone()) {
            self.add(Problem {
                channel,
                example: if is_reference { None } else { example(&key) },
                is_reference,
                ..self.source.problem(&key, what)
            });
        }
        Reported
    }

    /// Whether something is reported of a key.
    fn is_reported(&self, key: &str) -> bool {
        self.reported.borrow().contains(key)
    }

    /// The digest of a text and of the secrets that were read since the last call.
    fn fingerprint(&self, text: &str) -> [u8; 32] {
        let mut read = self.secrets_read.replace(Context::new(&SHA256));
        read.update(text.as_bytes());
        let digest = read.finish();
        // It has as many bytes.
        digest.as_ref().try_into().unwrap_or_default()
    }

    /// A path that a key names, as seen from its file's folder.
    fn path(&self, key: &str, path: &Path) -> PathBuf {
        self.source.folder(key).join(path)
    }

    fn secret(&self, key: impl Into<String>, secret: &SecretRef) -> Result<SecretString, Reported> {
        let key = key.into();
        let secret = self.read_secret(&key, secret);
        secret.map_err(|problem| self.bad_reference(key, problem))
    }

    /// A secret, without the line break that ends a file.
    fn read_secret(&self, key: &str, secret: &SecretRef) -> Result<SecretString, String> {
        let (secret, place) = match secret {
            SecretRef::Env(name) => {
                let secret = env::var(name).map_err(|error| match error {
                    env::VarError::NotPresent => {
                        format!("the environment variable {name} is not set; set it to the secret")
                    }
                    env::VarError::NotUnicode(_) => {
                        format!("the environment variable {name} is not UTF-8")
                    }
                })?;
                (secret, format!("the environment variable {name}"))
            }
            SecretRef::File(path) => {
                let path = self.path(key, path);
                let secret = fs::read_to_string(&path)
                    .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
                (secret, path.display().to_string())
            }
            SecretRef::Stored(_, Some(secret)) => {
                (secret.expose_secret().to_owned(), String::from("it"))
            }
            SecretRef::Stored(name, None) => {
                return Err(format!("the channel has no secret `{name}` yet; set it"));
            }
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(format!("{place} is empty; put the secret there"));
        }
        let mut read = self.secrets_read.borrow_mut();
        read.update(&secret.len().to_be_bytes());
        read.update(secret.as_bytes());
        Ok(secret.into())
    }

    fn at_least_one(&self, key: impl Into<String>, value: u64) -> Result<Duration, Reported> {
        if value == 0 {
            return Err(self.error(key, "give a number of milliseconds from 1"));
        }
        Ok(Duration::from_millis(value))
    }

    pub(super) fn data_folder(&self, url: &str) -> Result<PathBuf, Reported> {
        match url.strip_prefix("sqlite:") {
            Some(folder) if !folder.is_empty() => Ok(self.path("store.url", Path::new(folder))),
            _ => {
                let problem = format!("`{url}` is not supported; give a folder as `sqlite:./data`");
                Err(self.error("store.url", problem))
            }
        }
    }
}

/// Whether nobody on the way can read what goes there: it is HTTPS, or on this machine.
fn is_private(uri: &Uri) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => ["127.0.0.1", "localhost", "[::1]"].contains(&host),
        _ => false,
    }
}
