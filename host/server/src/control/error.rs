//! Why a change is not made. Nothing has changed then.

use botbox_line::error::with_causes;
use botbox_runtime::{AttemptError, LoadError};
use botbox_store::{RegistryError, StoreError};

use crate::channel::deployer::DeployError;
use crate::channel::opener::OpenChannelError;
use crate::config::{ConfigError, DocumentProblem};
use crate::vault::VaultError;

/// Why a change is not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    /// The registry refuses it.
    #[error(transparent)]
    Refused(RegistryError),
    /// The store is not well.
    #[error("{}", with_causes(.0))]
    Store(StoreError),
    /// What is asked for is not right.
    #[error("the document is not valid")]
    Invalid(Vec<DocumentProblem>),
    /// The configuration file has it.
    #[error(
        "the {kind} {name:?} is the configuration file's: change it there, and reload the host"
    )]
    Configured {
        /// What it is.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The bytes are not those that were announced.
    #[error("the bytes have the digest {actual}, not {expected}: upload them again")]
    OtherDigest {
        /// The digest that was announced.
        expected: String,
        /// The digest of the bytes.
        actual: String,
    },
    /// The bytes are no plugin for this host.
    #[error(transparent)]
    Unloadable(LoadError),
    /// A deployment can't run.
    #[error(transparent)]
    Undeployable(DeployError),
    /// The plugin imports what the deployment does not grant.
    #[error(
        "the plugin imports what the deployment does not grant: {}; add that to `grants`, or allow \
         it to be missing, and those calls fail with `denied`",
        .0.join(", ")
    )]
    NotGranted(Vec<String>),
    /// The plugin fails before its first event.
    #[error("the plugin fails as it starts: {0}")]
    FailsAtStart(AttemptError),
    /// Somebody has pinned the traffic.
    #[error(
        "the traffic is pinned, because {0:?}: say whether it stays `pinned` to switch it all the same"
    )]
    Pinned(String),
    /// This machine gives no random numbers.
    #[error("cannot make a token: this machine gives no random numbers")]
    NoRandom,
    /// A channel can't work with its settings.
    #[error(transparent)]
    Unopened(#[from] OpenChannelError),
    /// A secret can't be encrypted or decrypted.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<StoreError> for ControlError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Registry(refusal) => Self::Refused(refusal),
            error => Self::Store(error),
        }
    }
}

impl From<DocumentProblem> for ControlError {
    fn from(problem: DocumentProblem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl From<Vec<DocumentProblem>> for ControlError {
    fn from(problems: Vec<DocumentProblem>) -> Self {
        Self::Invalid(problems)
    }
}

impl From<RegistryError> for ControlError {
    fn from(refusal: RegistryError) -> Self {
        Self::Refused(refusal)
    }
}

impl From<DeployError> for ControlError {
    fn from(error: DeployError) -> Self {
        match error {
            DeployError::Store(error) => error.into(),
            DeployError::NoDeployment(number) => Self::Refused(RegistryError::NotFound {
                kind: "deployment",
                name: number.to_string(),
            }),
            error => Self::Undeployable(error),
        }
    }
}

impl ControlError {
    /// One thing that is wrong with what is asked for.
    pub(crate) fn invalid(key: &str, what: impl Into<String>) -> Self {
        Self::Invalid(vec![DocumentProblem {
            key: key.to_owned(),
            what: what.into(),
        }])
    }
}

/// Why the configuration file is not applied. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The file can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The plugin of a channel can't be used.
    #[error("channel {0:?}: {1}")]
    Plugin(String, String),
    /// The file has no such channel.
    #[error("the configuration file has no channel {0:?}")]
    Unknown(String),
    /// A channel can't be opened or changed.
    #[error("channel {0:?}: {1}")]
    Channel(String, String),
    /// The store is not well.
    #[error("{}", with_causes(.0))]
    Store(#[from] StoreError),
}
