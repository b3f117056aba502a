//! Seals payloads into tokens, and opens tokens, with the keys of a ring.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64_simd::Out;
use smallvec::SmallVec;

use super::binding::Binding;
use super::cipher::Ciphers;
use super::imprint::TokenImprint;
use super::opened::{Opened, TokenRoom};
use super::token::{CLEAR, Format, HINT, Header, NONCE, body, open_at};
use crate::cookie::TEXT_MAX;
use crate::error::{Error, Refusal};
use crate::keys::{DERIVING, Key, KeyId, KeyRing, RingEntry, RingFile, RingKey, wiping};
use crate::lifetime::Timestamp;

/// Bytes of a token that needs no allocation while it is sealed: of 682 characters.
const USUAL_SEALED: usize = 512;

/// Seals under the key of a ring whose turn it is, and opens under any. The ring may be replaced meanwhile.
pub(crate) struct Sealer {
    format: Format,
    accepted: Vec<Format>,
    keys: ArcSwap<SealKeys>,
}

/// The keys of a ring, ready for use.
pub(crate) struct SealKeys {
    /// What seals before all others.
    first: SealKey,
    /// What seals from a time on, in order.
    later: Vec<(Timestamp, SealKey)>,
    pub(super) all: HashMap<KeyId, SealKey>,
    /// The ring as it is told of.
    ring: Vec<RingKey>,
    file: Option<RingFile>,
}

/// A key of the ring, ready for use.
#[derive(Clone)]
pub(super) struct SealKey {
    pub(super) id: KeyId,
    until: Option<Timestamp>,
    /// Behind a pointer, so that moving the key copies no key material.
    pub(super) ciphers: Arc<Ciphers>,
}

impl SealKey {
    /// Returns whether the key has retired.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now >= until)
    }

    fn new(key: &Key, until: Option<Timestamp>) -> SealKey {
        SealKey {
            id: key.id(),
            until,
            ciphers: wiping::<DERIVING, _>(|| Arc::new(Ciphers::new(key))),
        }
    }
}

impl SealKeys {
    /// Derives what the keys of a ring are used by.
    pub(crate) fn new(ring: &KeyRing) -> SealKeys {
        let ready = |entry: &RingEntry| SealKey::new(&entry.key, entry.until());
        let first = ready(ring.first());
        let mut all: HashMap<KeyId, SealKey> =
            ring.others().map(ready).map(|key| (key.id, key)).collect();
        all.insert(first.id, first.clone());
        let turn = |(from, id)| Some((from, all.get(&id)?.clone()));
        SealKeys {
            later: ring.turns().filter_map(turn).collect(),
            first,
            all,
            ring: ring.keys().collect(),
            file: ring.file().cloned(),
        }
    }

    /// Returns the key that seals at `now`.
    pub(super) fn sealing(&self, now: Timestamp) -> &SealKey {
        let mut begun = self.later.iter().rev().filter(|(from, _)| *from <= now);
        begun.next().map_or(&self.first, |(_, key)| key)
    }

    /// Returns the key of this id. Nearly all tokens name the key that seals. That is the last one, or, while the last
    /// waits for its turn, the one before it, and these are compared first.
    pub(super) fn key(&self, id: KeyId) -> Option<&SealKey> {
        let later = self.later.iter().rev().map(|(_, key)| key);
        let mut recent = later.chain([&self.first]).take(2);
        recent
            .find(|key| key.id == id)
            .or_else(|| self.all.get(&id))
    }

    /// Returns the file that the ring was read from, if any.
    pub(crate) fn file(&self) -> Option<&RingFile> {
        self.file.as_ref()
    }

    /// Returns whether another ring has the same keys at the same times.
    pub(crate) fn is_like(&self, other: &SealKeys) -> bool {
        self.ring == other.ring
    }
}

impl Sealer {
    /// Makes a sealer that seals as `format`, and opens that and every format of `accepted`.
    pub(crate) fn new(ring: &KeyRing, format: Format, accepted: &[Format]) -> Sealer {
        let accepted = std::iter::once(format)
            .chain(accepted.iter().copied())
            .collect();
        Sealer {
            format,
            accepted,
            keys: ArcSwap::from_pointee(SealKeys::new(ring)),
        }
    }

    /// Returns the keys in use. Nobody waits, and nobody is waited for, when they are replaced.
    pub(crate) fn keys(&self) -> Guard<Arc<SealKeys>> {
        self.keys.load()
    }

    /// Replaces the keys, for everything that is sealed and opened from now on.
    pub(crate) fn replace(&self, keys: Arc<SealKeys>) {
        self.keys.store(keys);
    }

    /// Returns the format of new tokens.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Seals `plain`, and returns the token's text behind what `line` has.
    ///
    /// # Errors
    ///
    /// If the operating system gives no random nonce.
    pub(crate) fn seal(
        &self,
        plain: &[u8],
        issued: Timestamp,
        binding: &Binding,
        mut line: String,
    ) -> Result<String, Error> {
        // Each nonce comes from the system, never from a buffer of this process: a fork or a snapshot
        // would repeat it.
        let mut nonce = [0; NONCE];
        if self.format == Format::Encrypted {
            getrandom::fill(&mut nonce).map_err(Error::randomness)?;
        }
        self.seal_with(plain, issued, binding, &nonce, &mut line);
        Ok(line)
    }

    pub(super) fn seal_with(
        &self,
        plain: &[u8],
        issued: Timestamp,
        binding: &Binding,
        nonce: &[u8; NONCE],
        text: &mut String,
    ) {
        let keys = self.keys();
        let sealing = keys.sealing(issued);
        let header = Header {
            format: self.format,
            key: sealing.id,
            issued,
        }
        .to_bytes();
        let bound = binding.with(&header);
        let mut token: SmallVec<[u8; USUAL_SEALED]> =
            SmallVec::with_capacity(plain.len() + self.format.overhead());
        token.extend_from_slice(&header);
        match self.format {
            Format::Encrypted => {
                token.extend_from_slice(nonce);
                token.extend_from_slice(plain);
                let tag = sealing.ciphers.encrypt(nonce, &bound, body(&mut token));
                token.extend_from_slice(&tag);
            }
            Format::Signed => {
                token.extend_from_slice(plain);
                token.extend_from_slice(&sealing.ciphers.sign(&bound, plain));
            }
        }
        base64_simd::URL_SAFE_NO_PAD.encode_append(token, text);
    }

    /// Opens a token's text, in this room. Both formats are verified before a byte is decrypted, so a token that does not
    /// open leaves no plain text behind.
    pub(crate) fn open<'t>(
        &self,
        text: &[u8],
        binding: &Binding,
        now: Timestamp,
        room: &'t mut TokenRoom,
    ) -> Result<Opened<'t>, Refusal> {
        if text.len() > TEXT_MAX {
            return Err(Refusal::OverCeiling);
        }
        let token = room.decode(text)?;
        let header = Header::read(token)?;
        if !self.accepted.contains(&header.format) {
            return Err(Refusal::WrongFormat);
        }
        let keys = self.keys();
        let key = keys.key(header.key).ok_or(Refusal::UnknownKey)?;
        if key.is_over(now) {
            return Err(Refusal::RetiredKey);
        }
        let bound = binding.with(token.first_chunk::<CLEAR>().ok_or(Refusal::Malformed)?);
        let plain = open_at(&header, token.len()).ok_or(Refusal::Malformed)?;
        match header.format {
            Format::Encrypted => key.ciphers.decrypt(&bound, token)?,
            Format::Signed => key.ciphers.verify(&bound, token)?,
        }
        Ok(Opened::authentic(token, plain, header))
    }
}

impl Sealer {
    /// Returns whether the first characters of a token's text claim that it was sealed at a time that `is_due`, and
    /// a node with this configuration may open it. The time is not authenticated.
    pub(crate) fn may_open_due(
        &self,
        head: &[u8],
        now: Timestamp,
        is_due: impl FnOnce(Timestamp) -> bool,
    ) -> bool {
        let mut clear = [0; CLEAR];
        let room = Out::from_slice(&mut clear);
        let decoded = head
            .get(..HINT)
            .map(|text| base64_simd::URL_SAFE_NO_PAD.decode(text, room));
        let Some(Ok(_)) = decoded else {
            return false;
        };
        // Most are young, and no key is looked for.
        let opens = |header: Header| {
            let keys = self.keys();
            let key = keys.key(header.key);
            self.accepted.contains(&header.format) && key.is_some_and(|key| !key.is_over(now))
        };
        Header::read(&clear).is_ok_and(|header| is_due(header.issued) && opens(header))
    }
}

impl Sealer {
    /// Reads the imprint of a token without opening it, to find the touches that belong to it. The token may
    /// not be authentic.
    pub(crate) fn unopened_imprint(&self, text: &[u8]) -> Option<TokenImprint> {
        // Four characters are three bytes. Both ends are cut at such groups, so that each decodes alone. The
        // tail begins at the last group that leaves at least `ENDS` characters.
        const ENDS: usize = 48;
        let mut start = [0; ENDS];
        let mut end = [0; ENDS];
        let head = text.get(..text.len().min(ENDS))?;
        let tail = text.get(text.len().saturating_sub(ENDS) / 4 * 4..)?;
        let decode = |part: &[u8], bytes: &mut [u8]| URL_SAFE_NO_PAD.decode_slice(part, bytes).ok();
        let head = decode(head, &mut start).and_then(|length| start.get(..length))?;
        let tail = decode(tail, &mut end).and_then(|length| end.get(..length))?;
        let header = Header::read(head).ok()?;
        let (before, behind) = header.format.around();
        let behind = tail
            .len()
            .checked_sub(behind)
            .and_then(|at| tail.get(at..))?;
        TokenImprint::of(&header, head.get(..before)?, behind)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer")
            .field("format", &self.format)
            .field("accepted", &self.accepted)
            .field("keys", &self.keys().ring)
            .finish_non_exhaustive()
    }
}
