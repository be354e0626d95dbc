//! Checks what is written, key by key, and collects all that is wrong.
//!
//! Here is what every check needs; the checks themselves are in the files below.

mod access_token;
mod account_link;
mod beacons;
mod channel;
pub(super) mod host;

use std::cell::RefCell;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Uri;
use secrecy::SecretString;

use super::examples::example;
use super::file::secret::SecretRef;
use super::problem::{PROBLEMS, Problem};
use super::source::Source;

/// Something is wrong, and that is reported already.
#[derive(Debug)]
pub(super) struct Reported;

/// Checks all that there is, and collects what is wrong.
pub(super) struct Checker {
    source: Source,
    /// The ids of the channels, where there are any.
    ids: Vec<Option<String>>,
    problems: RefCell<Vec<Problem>>,
}

/// Names the keys of one channel.
#[derive(Clone, Copy)]
struct ChannelKeys(usize);

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
        }
    }

    /// What is wrong, in the order of the file, and where the keys are.
    pub(super) fn finish(self) -> (Vec<Problem>, Source) {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|it| it.place.line());
        (problems, self.source)
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
        let mut problems = self.problems.borrow_mut();
        if problems.len() < PROBLEMS && problems.iter().all(|it| it.key != key) {
            let index = key
                .strip_prefix("channels[")
                .and_then(|it| it.split(']').next());
            let index: Option<usize> = index.and_then(|it| it.parse().ok());
            let channel = index.and_then(|it| self.ids.get(it).cloned().flatten());
            problems.push(Problem {
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
        self.problems.borrow().iter().any(|it| it.key == key)
    }

    /// A path as seen from the file's folder.
    fn path(&self, path: &Path) -> PathBuf {
        let folder = self.source.file().parent().unwrap_or(Path::new("."));
        folder.join(path)
    }

    fn secret(&self, key: impl Into<String>, secret: &SecretRef) -> Result<SecretString, Reported> {
        let secret = self.read_secret(secret);
        secret.map_err(|problem| self.bad_reference(key, problem))
    }

    /// A secret, without the line break that ends a file.
    fn read_secret(&self, secret: &SecretRef) -> Result<SecretString, String> {
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
                let path = self.path(path);
                let secret = fs::read_to_string(&path)
                    .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
                (secret, path.display().to_string())
            }
        };
        let secret = secret.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(format!("{place} is empty; put the secret there"));
        }
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
            Some(folder) if !folder.is_empty() => Ok(self.path(Path::new(folder))),
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
