//! Which cryptography rustls uses here.

/// Has to come before the first use of TLS. Again, it does nothing.
pub(crate) fn use_ring() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
