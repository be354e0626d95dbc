//! Why the registry refuses a change.

use super::Revision;

/// Why the registry refuses a change.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RegistryError {
    /// The name is taken.
    #[error("there is a {kind} {name:?} already")]
    Exists {
        /// What has the name.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// There is no such thing.
    #[error("there is no {kind} {name:?}")]
    NotFound {
        /// What was looked for.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// Somebody else changed it since the caller looked.
    #[error("it was changed meanwhile: its revision is {current}, not {expected}; look again")]
    Stale {
        /// The revision that the caller knows.
        expected: Revision,
        /// The revision that it has.
        current: Revision,
    },
    /// Others need it.
    #[error("the {kind} {name:?} can't be deleted: {needed_by}")]
    InUse {
        /// What is needed.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Who needs it.
        needed_by: String,
    },
}
