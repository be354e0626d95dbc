//! What guests are compiled to.

use std::fmt;

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
