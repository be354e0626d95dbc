//! What can't be undone is done when it is said twice.

/// That a deletion is meant.
#[derive(clap::Args)]
pub(crate) struct Confirmation {
    /// Says that it is meant: nothing brings back what is deleted.
    #[arg(long)]
    yes: bool,
}

/// Nobody said that a deletion is meant.
#[derive(Debug, thiserror::Error)]
#[error("this deletes {what}: add --yes if that is meant")]
pub(crate) struct Unconfirmed {
    what: &'static str,
}

impl Confirmation {
    /// Fails unless it was said.
    pub(crate) fn given(&self, what: &'static str) -> Result<(), Unconfirmed> {
        if self.yes {
            return Ok(());
        }
        Err(Unconfirmed { what })
    }
}
