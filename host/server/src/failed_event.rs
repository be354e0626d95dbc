//! What who tests a bot is told of an event that failed.

/// An event that failed, at least once.
#[derive(Clone, Debug)]
pub struct FailedEvent {
    /// Its id.
    pub id: String,
    /// Its chat; empty when it names none.
    pub chat: String,
    /// Why its last attempt failed.
    pub error: String,
    /// What the plugin logged in that attempt, while it is kept.
    pub log: String,
}
