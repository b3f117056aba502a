//! The cipher and the MAC of one key.
//!
//! XAES-256-GCM (C2SP) derives a key for each message from half of a 192-bit random nonce and is
//! good for 2^80 messages. Plain AES-GCM with random 96-bit nonces ends at 2^32 under one key
//! (SP 800-38D section 8.3), which a busy site reaches within days.
//!
//! Under `cfg(sealed_session_fuzzing)`, which `cargo xtask fuzz` sets and no other tool knows, tags
//! are not checked and nothing is encrypted, so that a fuzzer reaches what lies behind the cipher.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::mark::Mark;
use super::token::{CLEAR, NONCE, TAG};
use super::xaes::Xaes;
use crate::error::Refusal;
use crate::keys::{Key, KeyUse, wipe_used};

#[cfg(all(sealed_session_fuzzing, not(debug_assertions)))]
compile_error!("`cfg(sealed_session_fuzzing)` turns encryption off and is not for release builds");

/// One key's cipher and MACs. All of them wipe their key material when dropped.
pub(super) struct Ciphers {
    aead: Xaes,
    mac: Hmac<Sha256>,
    touch: Hmac<Sha256>,
    tombstone: Hmac<Sha256>,
    target: Hmac<Sha256>,
    once: Hmac<Sha256>,
    form: Hmac<Sha256>,
    /// Derives the keys of tickets, of which there is one for each purpose. It is the ring's own, behind a pointer.
    pub(super) key: Key,
}

/// `aes` and `sha2` leave copies of key material on the stacks of the threads that used these keys. The
/// thread that drops the keys last wipes its own stack.
impl Drop for Ciphers {
    fn drop(&mut self) {
        wipe_used();
    }
}

impl Ciphers {
    pub(super) fn new(key: &Key) -> Ciphers {
        let encryption = key.derive(KeyUse::Encryption);
        let mac = |kind| keyed(&key.derive(kind));
        Ciphers {
            aead: Xaes::new(&encryption),
            mac: mac(KeyUse::Mac),
            touch: mac(KeyUse::Touch),
            tombstone: mac(KeyUse::Tombstone),
            target: mac(KeyUse::Target),
            once: mac(KeyUse::Once),
            form: mac(KeyUse::FormToken),
            key: key.clone(),
        }
    }

    /// Computes the MAC of a mark over three parts: the mark's header, the bound context, and the bytes that
    /// identify its token or session. The context carries its own lengths, so the parts cannot run into each
    /// other.
    fn mark(&self, mark: Mark, parts: [&[u8]; 3]) -> Hmac<Sha256> {
        let mac = match mark {
            Mark::Touch => &self.touch,
            Mark::Tombstone => &self.tombstone,
            Mark::Target => &self.target,
            Mark::Once => &self.once,
            Mark::Form => &self.form,
        };
        parts.iter().fold(mac.clone(), Mac::chain_update)
    }

    /// Authenticates a mark.
    pub(super) fn sign_mark(&self, mark: Mark, parts: [&[u8]; 3]) -> [u8; TAG] {
        half(self.mark(mark, parts))
    }

    /// Verifies a mark, in constant time.
    pub(super) fn verifies_mark(&self, mark: Mark, parts: [&[u8]; 3], mac: &[u8; TAG]) -> bool {
        cfg!(sealed_session_fuzzing) || self.mark(mark, parts).verify_truncated_left(mac).is_ok()
    }

    /// Encrypts `plain` in place and returns the tag.
    pub(super) fn encrypt(&self, nonce: &[u8; NONCE], bound: &[u8], plain: &mut [u8]) -> [u8; TAG] {
        if cfg!(sealed_session_fuzzing) {
            return [0; TAG];
        }
        self.aead.encrypt(nonce, bound, plain)
    }

    /// Decrypts the body of `token` in place. The cipher verifies before it decrypts.
    pub(super) fn decrypt(&self, bound: &[u8], token: &mut [u8]) -> Result<(), Refusal> {
        let (_, rest) = token
            .split_at_mut_checked(CLEAR)
            .ok_or(Refusal::Malformed)?;
        let (nonce, rest) = rest
            .split_first_chunk_mut::<NONCE>()
            .ok_or(Refusal::Malformed)?;
        let (body, tag) = rest
            .split_last_chunk_mut::<TAG>()
            .ok_or(Refusal::Malformed)?;
        if cfg!(sealed_session_fuzzing) {
            return Ok(());
        }
        self.aead
            .decrypt(nonce, bound, body, tag)
            .ok_or(Refusal::Tampered)
    }

    /// Returns the MAC of a signed token. `bound` carries its own lengths, so the two parts cannot run into
    /// each other.
    pub(super) fn sign(&self, bound: &[u8], plain: &[u8]) -> [u8; TAG] {
        half(self.mac.clone().chain_update(bound).chain_update(plain))
    }

    /// Verifies a signed token, in constant time.
    pub(super) fn verify(&self, bound: &[u8], token: &[u8]) -> Result<(), Refusal> {
        let (rest, mac) = token.split_last_chunk::<TAG>().ok_or(Refusal::Malformed)?;
        let plain = rest.get(CLEAR..).ok_or(Refusal::Malformed)?;
        if cfg!(sealed_session_fuzzing) {
            return Ok(());
        }
        self.mac
            .clone()
            .chain_update(bound)
            .chain_update(plain)
            .verify_truncated_left(mac)
            .map_err(|_| Refusal::Tampered)
    }
}

/// Returns the first half of an HMAC: 128 bits, as many as an AES-GCM tag has. RFC 2104 section 5 permits half of the
/// output.
fn half(mac: Hmac<Sha256>) -> [u8; TAG] {
    let whole: [u8; 2 * TAG] = mac.finalize().into_bytes().into();
    let mut half = [0; TAG];
    half.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    half
}

/// Returns the HMAC under a derived key.
pub(super) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}
