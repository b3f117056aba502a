//! The associated data of a token: the purpose, the cookie name and the audience that it is sealed for.

use smallvec::SmallVec;

use super::token::CLEAR;

/// Bytes of associated data that need no allocation: a short name and a short audience.
const USUAL_BINDING: usize = 96;

/// A purpose, a cookie's base name and an audience. A token sealed for one set of three opens for no
/// other. Holders of one ring can still seal for each other: the audience keeps their tokens apart,
/// and is no boundary between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    /// Room for a header, and the parts. Each part follows its length in 16 bits, so no two bindings have the same
    /// bytes.
    bytes: Vec<u8>,
}

/// The most bytes of one part.
pub(crate) const PART_MAX: usize = 255;

impl Binding {
    /// Binds tokens to these three. The configuration has refused parts longer than [`PART_MAX`].
    pub(crate) fn new(purpose: &str, name: &str, audience: &str) -> Binding {
        let mut bytes = vec![0; CLEAR];
        for part in [purpose, name, audience] {
            debug_assert!(part.len() <= PART_MAX, "checked by the configuration");
            let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        Binding { bytes }
    }

    /// Returns the associated data of one token: its header, and the bound parts.
    pub(super) fn with(&self, header: &[u8; CLEAR]) -> SmallVec<[u8; USUAL_BINDING]> {
        let mut bound = SmallVec::from_slice(&self.bytes);
        if let Some(start) = bound.first_chunk_mut() {
            *start = *header;
        }
        bound
    }

    /// Returns purpose, name and audience, each behind its length.
    pub(super) fn context(&self) -> &[u8] {
        self.bytes.get(CLEAR..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_bindings_read_the_same() {
        let bindings = [
            Binding::new("session", "a", ""),
            Binding::new("session", "", "a"),
            Binding::new("", "session", "a"),
            Binding::new("sessiona", "", ""),
            Binding::new("session", "a", "b"),
        ];
        for (at, one) in bindings.iter().enumerate() {
            for other in &bindings[at + 1..] {
                assert_ne!(one.with(&[0; CLEAR]), other.with(&[0; CLEAR]));
            }
        }
        assert_eq!(
            Binding::new("p", "nn", "").with(&[9; CLEAR]).as_slice(),
            b"\x09\x09\x09\x09\x09\x09\x09\x09\x09\0\x01p\0\x02nn\0\0"
        );
    }
}
