//! Tombstones: a session ended in this browser, whatever still arrives there.
//!
//! | offset | size | tombstone |
//! | --- | --- | --- |
//! | 0 | 1 | format: 4 |
//! | 1 | 4 | key id |
//! | 5 | 16 | MAC |
//!
//! The MAC is made under the key named, over these five bytes, the bound context, and what is buried:
//! the half of the id that lasts for a sign-in, or the whole id, which ends at its renewal. The text
//! of several is theirs, one behind the other: a session has one under each key of the ring, because a
//! node may hold some of the keys only, and earlier ones are carried along.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::binding::Binding;
use super::cipher::Mark;
use super::token::TAG;
use super::{MARK_TEXT, SealKey, Sealer};
use crate::keys::KeyId;
use crate::lifetime::Timestamp;

const FORMAT: u8 = 4;

/// Bytes of half an id.
const HALF: usize = 8;

/// The most tombstones in one cookie.
pub(crate) const TOMBSTONES_MAX: usize = 8;

/// What a tombstone stands on.
#[derive(Clone, Copy)]
pub(crate) enum Buried {
    /// A sign-in, with all its renewals.
    SignIn([u8; HALF]),
    /// A session as it was before it was renewed.
    Renewal([u8; 2 * HALF]),
}

impl Buried {
    /// The context in front has its own lengths, so neither kind can be taken for the other.
    fn bytes(&self) -> &[u8] {
        match self {
            Buried::SignIn(half) => half,
            Buried::Renewal(whole) => whole,
        }
    }
}

impl Sealer {
    /// The text of the tombstones of one session, which was sealed under `first`, and of those of
    /// `earlier` for which there is room.
    pub(crate) fn tombstones<'a>(
        &self,
        buried: &Buried,
        first: KeyId,
        binding: &Binding,
        earlier: impl Iterator<Item = &'a [u8]>,
        now: Timestamp,
    ) -> String {
        let mut keys: Vec<&SealKey> = self.keys.values().filter(|key| !key.is_over(now)).collect();
        keys.sort_by_key(|key| (key.id != first, key.id != self.sealing.id, key.id));
        let mut all: Vec<String> = keys
            .into_iter()
            .map(|key| {
                let mac = self.tombstone(key, buried, binding);
                URL_SAFE_NO_PAD.encode([clear(key.id).as_slice(), &mac].concat())
            })
            .collect();
        for tombstone in earlier.flat_map(each) {
            let text = String::from_utf8_lossy(tombstone).into_owned();
            if super::decode_mark(tombstone).is_some_and(|[format, ..]| format == FORMAT)
                && !all.contains(&text)
            {
                all.push(text);
            }
        }
        all.truncate(TOMBSTONES_MAX);
        all.concat()
    }

    /// Whether one of these tombstones is that of a session. Each key of the ring is used once,
    /// however many there are.
    pub(crate) fn buries<'a>(
        &self,
        texts: impl Iterator<Item = &'a [u8]>,
        buried: &Buried,
        binding: &Binding,
    ) -> bool {
        let mut made: Vec<(KeyId, [u8; TAG])> = Vec::new();
        texts.flat_map(each).any(|tombstone| {
            let Some([FORMAT, k0, k1, k2, k3, mac @ ..]) = super::decode_mark(tombstone) else {
                return false;
            };
            let id = KeyId([k0, k1, k2, k3]);
            if !made.iter().any(|(key, _)| *key == id)
                && let Some(key) = self.key(id)
            {
                made.push((id, self.tombstone(key, buried, binding)));
            }
            made.iter()
                .any(|(key, right)| *key == id && same(right, &mac))
        })
    }

    fn tombstone(&self, key: &SealKey, buried: &Buried, binding: &Binding) -> [u8; TAG] {
        let parts = [&clear(key.id), binding.context(), buried.bytes()];
        key.ciphers.sign_mark(Mark::Tombstone, parts)
    }
}

/// What stands before the MAC.
fn clear(KeyId([k0, k1, k2, k3]): KeyId) -> [u8; 5] {
    [FORMAT, k0, k1, k2, k3]
}

/// Whether both are the same, in constant time.
fn same(one: &[u8; TAG], other: &[u8; TAG]) -> bool {
    let difference = one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
    cfg!(sealed_session_fuzzing) || difference == 0
}

/// The texts of the single tombstones.
fn each(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.chunks_exact(MARK_TEXT).take(TOMBSTONES_MAX)
}
