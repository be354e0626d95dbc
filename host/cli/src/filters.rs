//! Which events a command is about.

use serde::{Serialize, Serializer};

use crate::time::Moment;

/// Which events are meant, in the words of the admin API. All that is given must fit.
#[derive(clap::Args, Serialize)]
pub(crate) struct Filters {
    /// Those of this channel.
    #[arg(long, value_name = "CHANNEL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// Those of this user, group or room: its whole id, as `show` prints it.
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<String>,
    /// The one with this id: LINE's webhookEventId.
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Those whose last error has this text in it.
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Those that arrived at this time or later: RFC 3339, or a while ago such as 15m, 2h or 3d.
    #[arg(long, value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Moment>,
    /// Those that arrived before this time.
    #[arg(long, value_name = "TIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
}

/// Where an event is on its way.
#[derive(Clone, Copy, clap::ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It waits for its turn, or for another attempt, or is being handled.
    Waiting,
    /// It is handled.
    Handled,
    /// It is a dead letter: all attempts failed.
    Dead,
    /// Its message was taken back before it was handled.
    Unsent,
    /// It was a dead letter that was thrown away.
    Discarded,
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}
