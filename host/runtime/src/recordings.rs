//! What a channel's events make its plugin do, for who records it.
//!
//! Nothing is kept: who listens hears it, and who is slow misses some. While nobody listens, an event costs
//! a look at a number.

use std::sync::Arc;

use botbox_line::recorder::{RecordedCall, Recorder};
use tokio::sync::broadcast;

/// How much waits for the slowest listener: 256 things, each of at most 256 KiB and mostly of one or two.
const CAPACITY: usize = 256;

/// Something that happened while somebody recorded.
#[derive(Debug)]
pub enum Recorded {
    /// An attempt at an event begins.
    Begun {
        /// The event's id.
        id: String,
        /// The event's JSON, without credentials.
        event: String,
    },
    /// The plugin has made a call for an event.
    Called {
        /// The event's id.
        id: String,
        /// The call.
        call: RecordedCall,
    },
    /// An attempt has ended.
    Ended {
        /// The event's id.
        id: String,
        /// Why it failed.
        error: Option<String>,
        /// Whether another attempt follows.
        again: bool,
    },
}

/// Where a channel's recordings come from. Clones are one.
#[derive(Clone, Debug)]
pub struct Recordings(broadcast::Sender<Arc<Recorded>>);

/// What a listener receives.
pub type Listener = broadcast::Receiver<Arc<Recorded>>;

impl Default for Recordings {
    fn default() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }
}

impl Recordings {
    /// Hears what happens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        self.0.subscribe()
    }

    /// Tells what happened, which is made only for a listener.
    pub fn tell(&self, make: impl FnOnce() -> Recorded) {
        if self.0.receiver_count() > 0 {
            // The listener may have gone meanwhile.
            let _ = self.0.send(Arc::new(make()));
        }
    }

    /// What hears the calls for an event, if anybody listens.
    pub(crate) fn recorder(&self, id: &str) -> Option<Recorder> {
        if self.0.receiver_count() == 0 {
            return None;
        }
        let (recordings, id) = (self.clone(), id.to_owned());
        Some(Recorder::new(move |call| {
            recordings.tell(|| Recorded::Called {
                id: id.clone(),
                call,
            });
        }))
    }
}
