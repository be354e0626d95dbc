//! Which cryptography TLS uses.

use std::sync::Once;

/// Sets ring as the process's provider of TLS, unless there is one already. To be called before the first
/// HTTP client is made.
pub fn prepare() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}
