//! Why a push budget lets a send not pass.

/// Why a send is not counted, and must not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BudgetError {
    /// There is no number of recipients. What to do instead.
    #[error("the channel has a push budget, and nobody can tell how many this would reach: {0}")]
    Uncountable(&'static str),
    /// LINE does not tell how many there are.
    #[error(transparent)]
    Line(#[from] botbox_line::Error),
    /// There is no room for so many.
    #[error(
        "the channel's push budget allows {limit} recipients in a {window}, and has no room for \
         {recipients} more; the next {window} begins at {next}"
    )]
    Spent {
        /// The most recipients.
        limit: u64,
        /// Of which time.
        window: &'static str,
        /// How many the send has.
        recipients: u64,
        /// When the next such time begins, in UTC+9.
        next: String,
    },
    /// The store can't count now. The log says why.
    #[error("the host can't do it now; try again later")]
    Unavailable,
}
