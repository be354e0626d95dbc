//! Buckets of the key-value store, and values to compare with.

use botbox_store::Space;

use crate::counts::Open;
use crate::governor::Charge;

/// A bucket as a plugin holds it.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Bucket {
    pub(crate) space: Space,
}

/// A value to compare with, as a plugin holds it.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
pub struct Cas {
    pub(crate) space: Space,
    pub(crate) key: String,
    pub(crate) value: Option<Vec<u8>>,
    /// Counts it among those that are held.
    _open: Open,
    /// For the value's bytes.
    _charge: Charge,
}

impl Cas {
    pub(crate) fn new(
        space: Space,
        key: String,
        value: Option<Vec<u8>>,
        open: Open,
        charge: Charge,
    ) -> Self {
        Self {
            space,
            key,
            value,
            _open: open,
            _charge: charge,
        }
    }

    /// The same with another value.
    pub(crate) fn with_value(self, value: Option<Vec<u8>>, charge: Charge) -> Self {
        Self {
            value,
            _charge: charge,
            ..self
        }
    }
}

/// How a call of the store fails.
#[allow(unreachable_pub, reason = "the generated bindings re-export it")]
#[derive(Debug)]
pub enum KeyValueError {
    /// The deployment does not grant the store.
    Denied,
    /// A limit is reached, or the store fails. The plugin learns why.
    Refused(String),
    /// The instance ends: the plugin gave a handle that is none.
    Trap(wasmtime::Error),
}
