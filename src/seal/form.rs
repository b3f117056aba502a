//! Form tokens: what a page puts into its forms, and only a page of the same sign-in can know.
//!
//! | offset | size | form token |
//! | --- | --- | --- |
//! | 0 | 16 | mask, random |
//! | 16 | 16 | MAC, each bit flipped where the mask has one |
//!
//! The MAC is made under the key that seals, over the bound context, the half of the id that a sign-in keeps, and
//! the subject. The mask is another one each time, so a page that is compressed tells nothing of the MAC by its length (BREACH, Gluck,
//! Harris, Prado, 2013).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::binding::Binding;
use super::mark::Mark;
use super::sealer::Sealer;
use super::token::TAG;
use crate::error::Error;
use crate::lifetime::Timestamp;

impl Sealer {
    /// Makes a form token: 43 characters. `whose` begins with the half of the id that a sign-in keeps, which has a fixed length.
    ///
    /// # Errors
    ///
    /// If the operating system gives no random mask.
    pub(crate) fn form_token(
        &self,
        whose: &[u8],
        binding: &Binding,
        now: Timestamp,
    ) -> Result<String, Error> {
        let mut mask = [0; TAG];
        getrandom::fill(&mut mask).map_err(Error::randomness)?;
        let keys = self.keys();
        let ciphers = &keys.sealing(now).ciphers;
        let mac = ciphers.sign_mark(Mark::Form, [&[], binding.context(), whose]);
        Ok(URL_SAFE_NO_PAD.encode([mask, masked(mask, mac)].as_flattened()))
    }

    /// Returns whether `text` is a form token of `whose` under a key that has not retired. It names no key, so each
    /// is tried: this is a MAC and no cipher, and there is nothing to learn by trying.
    pub(crate) fn verifies_form_token(
        &self,
        text: &[u8],
        whose: &[u8],
        binding: &Binding,
        now: Timestamp,
    ) -> bool {
        let mut halves = [[0; TAG]; 2];
        let decoded = URL_SAFE_NO_PAD.decode_slice(text, halves.as_flattened_mut());
        let [mask, hidden] = halves;
        let (parts, mac) = ([&[], binding.context(), whose], masked(mask, hidden));
        let keys = self.keys();
        let mut alive = keys.all.values().filter(|key| !key.is_over(now));
        decoded == Ok(2 * TAG)
            && alive.any(|key| key.ciphers.verifies_mark(Mark::Form, parts, &mac))
    }
}

/// Hides a MAC behind a mask, or shows it again.
fn masked(mask: [u8; TAG], mut mac: [u8; TAG]) -> [u8; TAG] {
    mac.iter_mut()
        .zip(mask)
        .for_each(|(byte, mask)| *byte ^= mask);
    mac
}
