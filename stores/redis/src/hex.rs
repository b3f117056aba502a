//! Names of 16 bytes, as they stand in a store.

/// Writes a name in hex.
pub(crate) fn hex(name: [u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(name))
}
