//! Whom messages are for.

/// Whom messages are for, which decides what they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recipients {
    /// Those of one chat: replies and pushes.
    Chat,
    /// Many users, each in their own chat.
    Many,
}
