//! What guests are compiled to.

use std::fmt;

/// Memory that a guest has for its allocations from the start: 128 KiB, more than an ordinary bot takes for an
/// event. A memory that grows, and is taken back when the event ends, costs two system calls that interrupt the
/// other processors.
const HEAP: &str = "-Clink-arg=--initial-heap=131072";

/// What guests are compiled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No WASI: the compiler makes a core module.
    Unknown,
    /// WASI 0.2: the linker makes a component.
    Wasip2,
}

impl Target {
    /// Its name in Rust.
    #[must_use]
    pub fn triple(self) -> &'static str {
        match self {
            Self::Unknown => "wasm32-unknown-unknown",
            Self::Wasip2 => "wasm32-wasip2",
        }
    }

    /// The flags of the compiler. With WASI, the C library has an allocator of its own.
    pub(super) fn flags(self) -> &'static str {
        match self {
            Self::Unknown => HEAP,
            Self::Wasip2 => "",
        }
    }
}

impl Target {
    /// The one of a name.
    pub(super) fn of(triple: &str) -> Option<Self> {
        let all = [Self::Unknown, Self::Wasip2];
        all.into_iter().find(|target| target.triple() == triple)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.triple())
    }
}
