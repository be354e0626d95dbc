//! The memory of requests and responses, where somebody counts it.
//!
//! What a caller sends, and what LINE answers, may have megabytes each, and there are many callers. Whoever
//! shares a machine's memory between them gives a client a [`Memory`], and a call for which there is no room
//! fails before it takes any: a request before it is sent, a response piece by piece as it comes in.

use std::fmt;

/// Counts the memory of a client's calls.
pub trait Memory: fmt::Debug + Send + Sync {
    /// Takes so many bytes. Whoever counts knows when they are free again.
    ///
    /// # Errors
    ///
    /// When there is no room for them.
    fn take(&self, bytes: usize) -> Result<(), NoMemory>;
}

/// Why there is no room, in the words of whoever counts.
pub type NoMemory = Box<dyn std::error::Error + Send + Sync>;
