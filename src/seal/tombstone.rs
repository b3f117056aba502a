//! Tombstones: marks by which a browser says that a session ended in it.
//!
//! | offset | size | tombstone |
//! | --- | --- | --- |
//! | 0 | 1 | format: 4 |
//! | 1 | 4 | key id |
//! | 5 | 16 | MAC |
//!
//! The MAC is made under the key named, over these five bytes, the bound context, and the id that ended:
//! its first half, which a sign-in keeps through all renewals, or all of it, which ends at a renewal. The
//! texts of several tombstones follow each other without a separator. A session has one under each key of
//! the ring, because a node may hold only some of the keys. Earlier tombstones are carried along.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ctutils::CtEq;

use super::binding::Binding;
use super::format;
use super::mark::{MARK_TEXT, Mark, decode_mark};
use super::sealer::{SealKey, Sealer};
use super::token::TAG;
use crate::keys::KeyId;
use crate::lifetime::Timestamp;

const FORMAT: u8 = format::TOMBSTONE;

/// Bytes of half a session id.
const HALF: usize = 8;

/// The most tombstones in one cookie.
const TOMBSTONES_MAX: usize = 8;

/// Characters of a full tombstone cookie.
pub(crate) const TOMBSTONES_TEXT: usize = TOMBSTONES_MAX * MARK_TEXT;

/// The session ids that a tombstone refuses.
#[derive(Clone, Copy)]
pub(crate) enum TombstoneOf {
    /// Those of one sign-in, with all its renewals.
    SignIn([u8; HALF]),
    /// The id of a session before it was renewed.
    Renewal([u8; 2 * HALF]),
}

impl TombstoneOf {
    /// Returns the bytes to authenticate. Their lengths differ, and the context before them carries its own,
    /// so neither kind can be taken for the other.
    fn bytes(&self) -> &[u8] {
        match self {
            TombstoneOf::SignIn(half) => half,
            TombstoneOf::Renewal(whole) => whole,
        }
    }
}

impl Sealer {
    /// Returns the text of one session's tombstones, followed by those of `earlier` for which there is room.
    /// `first` is the key that sealed the session; its tombstone comes first.
    pub(crate) fn tombstones<'a>(
        &self,
        of: &TombstoneOf,
        first: KeyId,
        binding: &Binding,
        earlier: impl Iterator<Item = &'a [u8]>,
        now: Timestamp,
    ) -> String {
        let keys = self.keys();
        let sealing = keys.sealing(now).id;
        let mut live: Vec<&SealKey> = keys.all.values().filter(|key| !key.is_over(now)).collect();
        live.sort_by_key(|key| (key.id != first, key.id != sealing, key.id));
        let mut all: Vec<String> = live
            .into_iter()
            .map(|key| {
                let mac = mac_of(key, of, binding);
                URL_SAFE_NO_PAD.encode([clear(key.id).as_slice(), &mac].concat())
            })
            .collect();
        for tombstone in earlier.flat_map(each) {
            let text = String::from_utf8_lossy(tombstone).into_owned();
            if decode_mark(tombstone).is_some_and(|[format, ..]| format == FORMAT)
                && !all.contains(&text)
            {
                all.push(text);
            }
        }
        all.truncate(TOMBSTONES_MAX);
        all.concat()
    }

    /// Returns whether one of these tombstones refuses a session. The MAC is computed at most once for each
    /// key of the ring, however many tombstones come along.
    pub(crate) fn holds_tombstone_of<'a>(
        &self,
        texts: impl Iterator<Item = &'a [u8]>,
        of: &TombstoneOf,
        binding: &Binding,
    ) -> bool {
        let mut made: Vec<(KeyId, [u8; TAG])> = Vec::new();
        let keys = self.keys();
        texts.flat_map(each).any(|tombstone| {
            let Some([FORMAT, k0, k1, k2, k3, mac @ ..]) = decode_mark(tombstone) else {
                return false;
            };
            let id = KeyId([k0, k1, k2, k3]);
            if !made.iter().any(|(key, _)| *key == id)
                && let Some(key) = keys.key(id)
            {
                made.push((id, mac_of(key, of, binding)));
            }
            made.iter()
                .any(|(key, right)| *key == id && same(right, &mac))
        })
    }
}

fn mac_of(key: &SealKey, of: &TombstoneOf, binding: &Binding) -> [u8; TAG] {
    let parts = [&clear(key.id), binding.context(), of.bytes()];
    key.ciphers.sign_mark(Mark::Tombstone, parts)
}

/// Counts the tombstones in a cookie's value, authentic or not; `None` if it holds anything else.
pub(crate) fn count_tombstones(text: &[u8]) -> Option<usize> {
    let is_one = |text: &[u8]| decode_mark(text).is_some_and(|[format, ..]| format == FORMAT);
    let whole = text.chunks(MARK_TEXT).all(is_one);
    (whole && !text.is_empty()).then(|| text.chunks(MARK_TEXT).count())
}

/// Returns the bytes before the MAC.
fn clear(KeyId([k0, k1, k2, k3]): KeyId) -> [u8; 5] {
    [FORMAT, k0, k1, k2, k3]
}

/// Compares two MACs in constant time.
fn same(one: &[u8; TAG], other: &[u8; TAG]) -> bool {
    cfg!(sealed_session_fuzzing) || one.ct_eq(other).to_bool()
}

/// Splits a cookie's value into the texts of single tombstones.
fn each(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.chunks_exact(MARK_TEXT).take(TOMBSTONES_MAX)
}
