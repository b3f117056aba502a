//! Which cryptography rustls uses here.

/// Chooses ring for all of them. Has to come before the first use of TLS. Again, it does nothing.
pub fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
