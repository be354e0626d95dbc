//! The key by which secrets are encrypted at rest: what the configuration says, or one that the host makes.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::config::Config;
use crate::random::{NoRandom, random};

/// The file of a key that the host made.
const FILE: &str = "secrets.key";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key's file can't be read or written.
    #[error("cannot use {}, the key by which secrets are encrypted", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// This machine gives no random numbers.
    #[error(
        "cannot make a key by which secrets are encrypted: this machine gives no random numbers"
    )]
    NoRandom,
}

impl From<NoRandom> for KeyError {
    fn from(_: NoRandom) -> Self {
        Self::NoRandom
    }
}

/// The key that encrypts, and older ones that still decrypt. Who configures none has one in the data
/// folder: it keeps secrets out of logs and copied databases, but not from who has the whole folder.
pub(crate) fn vault_keys(config: &Config) -> Result<(SecretString, Vec<SecretString>), KeyError> {
    let previous = config.previous_secrets_keys.clone();
    if let Some(key) = &config.secrets_key {
        // What was encrypted before a key was configured.
        let made = read(&config.data.join(FILE))?;
        return Ok((key.clone(), previous.into_iter().chain(made).collect()));
    }
    let file = config.data.join(FILE);
    let key = match read(&file)? {
        Some(key) => key,
        None => make(&file)?,
    };
    Ok((key, previous))
}

fn read(file: &Path) -> Result<Option<SecretString>, KeyError> {
    match std::fs::read_to_string(file) {
        Ok(key) => Ok(Some(key.trim_end().into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeyError::File(file.to_owned(), error)),
    }
}

/// A new key, on disk before anything is encrypted with it.
fn make(file: &Path) -> Result<SecretString, KeyError> {
    let key = random()?;
    let write = || {
        let mut new = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(file)?;
        writeln!(new, "{key}")?;
        new.sync_all()
    };
    write().map_err(|error| KeyError::File(file.to_owned(), error))?;
    Ok(key.into())
}
