//! Derives one key for each use from a master key, by HKDF-SHA256 (RFC 5869).

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Product and version. Every `info` begins with it.
const LABEL: &[u8] = b"sealed-session v1";

/// The use of a derived key. The numbers are frozen: see FORMAT.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum KeyUse {
    Encryption = 1,
    Mac = 2,
    Touch = 3,
    Tombstone = 4,
    Id = 5,
    /// Encrypts tickets; the application string is their purpose.
    Ticket = 6,
    Target = 7,
    Once = 8,
    FormToken = 9,
    /// Makes the MAC of what a ticket is bound to; the application string is its purpose.
    TicketState = 10,
}

/// Derives the key for one use. `application` follows its length, so no string that an application
/// chooses can name an internal key; internal uses leave it empty.
pub(super) fn derive(master: &[u8; 32], kind: KeyUse, application: &str) -> Zeroizing<[u8; 32]> {
    let length = u16::try_from(application.len())
        .unwrap_or(u16::MAX)
        .to_be_bytes();
    let mut out = Zeroizing::new([0; 32]);
    // RFC 5869 section 3.3: with a uniformly random master no salt is needed.
    Hkdf::<Sha256>::new(None, master)
        .expand_multi_info(
            &[LABEL, &[kind as u8], &length, application.as_bytes()],
            &mut *out,
        )
        .unwrap_or_else(|_| unreachable!("32 bytes are within HKDF's limit of 8,160"));
    out
}
