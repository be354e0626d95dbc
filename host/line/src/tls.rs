//! Which cryptography TLS uses.

use std::sync::Once;

/// Has the process do TLS by ring, before it makes its first HTTP client. If someone chose a
/// provider already, theirs will do.
pub fn prepare() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}
