//! Why `botbox test` fails.

/// Why the command fails though it could play.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TestFailure {
    /// The bot does not do what was expected.
    #[error("{failed} of {played} conversations failed")]
    Failed {
        /// How many.
        failed: usize,
        /// Of how many.
        played: usize,
    },
    /// Some files are no scripts.
    #[error("{0} of the files can't be played")]
    Unplayable(usize),
    /// There is nothing to play.
    #[error("{0}")]
    Nothing(String),
}
