//! What a plugin may use.

use std::time::Duration;

use botbox_store::Usage;

/// The largest memory limit that a deployment can have: 512 MiB. More than any bot should need,
/// and with all slots in use still a bound.
pub const MEMORY_LIMIT_MAX: usize = 512 << 20;

/// What one call from a plugin may hand to the host, as the plugin counts it: 4 MiB of lists and
/// strings. LINE takes requests of 2 MB, and a file of 100,000 user ids has 3.5 MB.
pub(crate) const HOST_CALL_BYTES: usize = 4 << 20;

/// What one call may take of the host's memory: 12 MiB. wasmtime counts the elements of a list at
/// the size that they have here, up to three times that in the plugin: a string's 8 bytes are 24.
/// So 4 MiB always fit, whatever they are of.
pub(crate) const HOST_CALL_FUEL: usize = 3 * HOST_CALL_BYTES;

/// What an attempt takes of the host's memory beside its plugin's: 256 KiB, for its stack, its store,
/// the event and a request to LINE.
pub(crate) const ATTEMPT_BYTES: u64 = 256 << 10;

/// The memory that an attempt of a plugin begins with before it is known what the plugin takes:
/// 2 MiB, of which most Rust bots take half.
pub(crate) const FIRST_MEMORY: u64 = 2 << 20;

/// The most resources (streams, pollables) that a plugin may hold at a time. An ordinary guest
/// needs a dozen.
pub(crate) const RESOURCES: usize = 256;

/// The most contents that a plugin may hold open at a time. One that comes from LINE is a
/// connection, and connections are for all channels; an image that goes there is up to 1 MB of the
/// host's memory.
pub(crate) const CONTENTS: usize = 4;

/// The most media that a plugin may write at a time: each is an open file.
pub(crate) const UPLOADS: usize = 4;

/// The most calls to LINE and requests to the web of one event: 100. A bot makes a handful; a loop
/// must not burn the channel's rate limit, nor its money, nor somebody's server.
pub(crate) const CALLS: u32 = 100;

/// The most requests to the web that a plugin may have open at a time: each is a connection, and
/// connections are for all channels.
pub(crate) const HTTP_REQUESTS: usize = 4;

/// The most bytes of a request's body to the web: 4 MiB, a large photo. It counts what is sent,
/// since bodies are streams.
pub(crate) const HTTP_REQUEST_BYTES: u64 = 4 << 20;

/// The most bytes of a response's body from the web: 16 MiB, a quarter of a plugin's memory.
pub(crate) const HTTP_RESPONSE_BYTES: u64 = 16 << 20;

/// The most bytes of the headers of a request or a response: 32 KiB, four times what common servers
/// take.
pub(crate) const HTTP_HEADER_BYTES: usize = 32 << 10;

/// The most calls of the store of one event: 1,000. A bot makes a handful; each write waits for the
/// disk, which is for all channels.
pub(crate) const STORE_CALLS: u32 = 1_000;

/// The most values that a plugin may hold at a time to compare with: each may be 1 MiB of the
/// host's memory.
pub(crate) const CAS_VALUES: usize = 16;

/// The most table elements of one instance: 100,000. The tables of JavaScript and C# guests are
/// large.
pub(crate) const TABLE_ELEMENTS: usize = 100_000;

/// The most core instances, memories and tables of one component. Python's guests come closest,
/// with their dozens of linked modules; one hostile component must not take other plugins' share.
pub(crate) const CORE_INSTANCES: u32 = 64;
/// See [`CORE_INSTANCES`].
pub(crate) const MEMORIES: u32 = 2;
/// See [`CORE_INSTANCES`].
pub(crate) const TABLES: u32 = 32;

/// What handling one event may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Processor time, the plugin's and the host's on its behalf. Default 500 ms: a thousand times
    /// what a Rust bot needs, and enough for an interpreted one.
    pub cpu: Duration,
    /// Time by the clock, waiting for LINE included. Default 30 s: a few slow LINE calls and their
    /// retries. It may be minutes: a waiting plugin costs memory, not a thread.
    pub deadline: Duration,
    /// Bytes of linear memory. Default 64 MiB: five times what a Python bot starts with. At most
    /// [`MEMORY_LIMIT_MAX`].
    pub memory: usize,
    /// What the plugin may remember in all its buckets. Default 10,000 keys and 64 MiB: some
    /// kilobytes for each friend of an ordinary account, and a disk has room for a thousand such
    /// channels.
    pub keyvalue: Usage,
    /// How far an instance handles more than one event. By default, each event has its own.
    pub reuse: Option<Reuse>,
}

/// How far an instance handles events of its channel one after the other. What the plugin leaves in its memory
/// of one, the next one finds.
#[derive(Clone, Copy, Debug)]
pub struct Reuse {
    /// How many events, at most.
    pub events: u32,
    /// How long it is kept without one.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_millis(500),
            deadline: Duration::from_secs(30),
            memory: 64 << 20,
            keyvalue: Usage {
                keys: 10_000,
                bytes: 64 << 20,
            },
            reuse: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::component::ComponentType;

    use super::*;
    use crate::bindings::botbox::line::messages::{
        Action, CarouselColumn, ImageCarouselColumn, ImagemapAction, Message, QuickReplyItem,
        Substitution, TextEmoji,
    };
    use crate::bindings::botbox::line::rich_menu::{RichMenuArea, RichMenuBatchOperation};

    /// The size of an element of a list here, and in the plugin.
    fn sizes<T: ComponentType>() -> (usize, usize) {
        (size_of::<T>(), T::SIZE32)
    }

    /// All that plugins hand over lists of.
    #[test]
    fn four_mebibytes_always_fit() {
        for (here, there) in [
            sizes::<u8>(),
            sizes::<String>(),
            sizes::<(String, Vec<u8>)>(),
            sizes::<(String, String)>(),
            sizes::<Message>(),
            sizes::<QuickReplyItem>(),
            sizes::<TextEmoji>(),
            sizes::<(String, Substitution)>(),
            sizes::<ImagemapAction>(),
            sizes::<Action>(),
            sizes::<CarouselColumn>(),
            sizes::<ImageCarouselColumn>(),
            sizes::<RichMenuArea>(),
            sizes::<RichMenuBatchOperation>(),
        ] {
            assert!(
                here * HOST_CALL_BYTES <= there * HOST_CALL_FUEL,
                "{here} and {there}"
            );
        }
    }
}
