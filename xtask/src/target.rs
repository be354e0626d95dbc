//! What guests are compiled to.

use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// No WASI: the compiler makes a core module.
    Unknown,
    /// WASI 0.2: the linker makes a component.
    Wasip2,
}

impl Target {
    pub(crate) fn triple(self) -> &'static str {
        match self {
            Self::Unknown => "wasm32-unknown-unknown",
            Self::Wasip2 => "wasm32-wasip2",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.triple())
    }
}
