//! How many sends an attempt made, by their kind.

use botbox_line::Operation;

/// How many sends LINE took in one attempt, by kind. What an earlier attempt had sent is that one's.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SendCounts {
    /// Replies.
    pub replies: u64,
    /// Pushes.
    pub pushes: u64,
    /// Multicasts.
    pub multicasts: u64,
    /// Narrowcasts.
    pub narrowcasts: u64,
    /// Broadcasts.
    pub broadcasts: u64,
    /// LINE notification messages.
    pub notifications: u64,
}

impl SendCounts {
    /// All of them together.
    #[must_use]
    pub fn total(&self) -> u64 {
        let Self {
            replies,
            pushes,
            multicasts,
            narrowcasts,
            broadcasts,
            notifications,
        } = self;
        replies + pushes + multicasts + narrowcasts + broadcasts + notifications
    }

    /// Counts a send. Other operations send nothing.
    pub(crate) fn count(&mut self, operation: Operation) {
        let counter = match operation {
            Operation::ReplyMessage => &mut self.replies,
            Operation::PushMessage => &mut self.pushes,
            Operation::Multicast => &mut self.multicasts,
            Operation::Narrowcast => &mut self.narrowcasts,
            Operation::Broadcast => &mut self.broadcasts,
            Operation::PushMessagesByPhone | Operation::PushTemplatedMessagesByPhone => {
                &mut self.notifications
            }
            _ => return,
        };
        *counter += 1;
    }
}
