//! Tickets: short texts that are sealed for one purpose, and are no sessions. Always encrypted, whatever seals sessions.
//!
//! | offset | size | |
//! | --- | --- | --- |
//! | 0 | 1 | format: 5 |
//! | 1 | 4 | key id |
//! | 5 | 4 | issued, big-endian |
//! | 9 | 2 | print of the purpose |
//! | 11 | 2 | print of target and audience |
//! | 13 | 24 | nonce |
//! | 37 | n | ciphertext |
//! | end | 16 | tag |
//!
//! Before its contents the plain text says whether a state is bound, and holds the MAC of that. The prints only tell one
//! mistake from another: the tag decides. Each purpose has a key of its own under every key of the ring. It is derived for
//! each use (0.5 µs): an application may make up purposes as it runs, and nothing here grows with them.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::binding::Binding;
use super::cipher::{Ciphers, keyed};
use super::format;
use super::sealer::Sealer;
use super::token::{NONCE, TAG};
use super::xaes::Xaes;
use crate::error::{Error, TicketRefusal};
use crate::keys::{DERIVING, KeyId, KeyUse, wiping};
use crate::lifetime::Timestamp;

/// The most characters of a ticket, so that a URL with one stays far below the 8,000 that servers take at least
/// (RFC 9110 section 4.1).
pub(crate) const TICKET_MAX: usize = 2_048;

/// Bytes of the header, which travels in the clear.
const HEAD: usize = 13;
/// Bytes before the contents of a ticket and behind them, but for the MAC of a state.
const AROUND: usize = HEAD + NONCE + 1 + TAG;
/// The first byte of the plain text: a state is bound, or none.
const FREE: u8 = 0;
const BOUND: u8 = 1;

/// What a ticket is for. It opens for nothing else.
#[derive(Clone, Copy)]
pub(crate) struct TicketBinding<'a> {
    pub(crate) purpose: &'a str,
    /// The origin that it is for, if it is for another site.
    pub(crate) target: &'a str,
    pub(crate) audience: &'a str,
}

impl TicketBinding<'_> {
    /// Returns the first bytes of a ticket. Nobody has proven them before it opens.
    fn head(&self, key: KeyId, issued: Timestamp) -> [u8; HEAD] {
        let print = |context: &[u8]| {
            let [first, second, ..] = <[u8; 32]>::from(Sha256::digest(context));
            [first, second]
        };
        let parts: [&[u8]; 5] = [
            &[format::TICKET],
            &key.0,
            &issued.0.to_be_bytes(),
            &print(self.purpose.as_bytes()),
            &print(Binding::new("", self.target, self.audience).context()),
        ];
        let mut head = [0; HEAD];
        let bytes = head.iter_mut().zip(parts.into_iter().flatten());
        bytes.for_each(|(to, from)| *to = *from);
        head
    }

    /// Returns the associated data behind this header.
    fn bound(&self, head: &[u8; HEAD]) -> Vec<u8> {
        let binding = Binding::new(self.purpose, self.target, self.audience);
        [head, binding.context()].concat()
    }

    /// Returns the cipher of this purpose.
    fn cipher(&self, ciphers: &Ciphers) -> Box<Xaes> {
        let derive = || ciphers.key.derive_for(KeyUse::Ticket, self.purpose);
        wiping::<DERIVING, _>(|| Box::new(Xaes::new(&derive())))
    }

    /// Returns what makes the MAC of a state.
    fn mac(&self, ciphers: &Ciphers) -> Box<Hmac<Sha256>> {
        let derive = || ciphers.key.derive_for(KeyUse::TicketState, self.purpose);
        wiping::<DERIVING, _>(|| Box::new(keyed(&derive())))
    }
}

/// An opened ticket. [`Sealer::open_ticket`] is the only way to get one, so it is authentic.
pub(crate) struct OpenedTicket {
    pub(crate) issued: Timestamp,
    /// Random bytes that no other ticket has.
    pub(crate) nonce: [u8; NONCE],
    pub(crate) contents: Vec<u8>,
    pub(crate) state: Option<StateSeal>,
}

/// What proves a state to be the one that a ticket is bound to.
pub(crate) struct StateSeal {
    mac: Box<Hmac<Sha256>>,
    sealed: [u8; TAG],
}

impl StateSeal {
    /// Returns whether the ticket is bound to this state, in constant time.
    pub(crate) fn is_of(&self, state: &[u8]) -> bool {
        let mac = Hmac::clone(&self.mac).chain_update(state);
        cfg!(sealed_session_fuzzing) || mac.verify_truncated_left(&self.sealed).is_ok()
    }
}

impl Sealer {
    /// Seals contents into a ticket, bound to a state if there is one. Its text may be longer than [`TICKET_MAX`].
    ///
    /// # Errors
    ///
    /// If the operating system gives no random nonce.
    pub(crate) fn seal_ticket(
        &self,
        contents: &[u8],
        state: Option<&[u8]>,
        issued: Timestamp,
        binding: &TicketBinding<'_>,
    ) -> Result<String, Error> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(Error::randomness)?;
        Ok(self.seal_ticket_with(contents, state, issued, binding, &nonce))
    }

    fn seal_ticket_with(
        &self,
        contents: &[u8],
        state: Option<&[u8]>,
        issued: Timestamp,
        binding: &TicketBinding<'_>,
        nonce: &[u8; NONCE],
    ) -> String {
        let keys = self.keys();
        let sealing = keys.sealing(issued);
        let head = binding.head(sealing.id, issued);
        let mut plain = Vec::with_capacity(1 + TAG + contents.len());
        match state {
            None => plain.push(FREE),
            Some(state) => {
                let mac = binding.mac(&sealing.ciphers).chain_update(state).finalize();
                plain.push(BOUND);
                plain.extend(mac.into_bytes().into_iter().take(TAG));
            }
        }
        plain.extend_from_slice(contents);
        let tag = match cfg!(sealed_session_fuzzing) {
            true => [0; TAG],
            false => {
                let cipher = binding.cipher(&sealing.ciphers);
                cipher.encrypt(nonce, &binding.bound(&head), &mut plain)
            }
        };
        let token = [head.as_slice(), nonce, &plain, &tag].concat();
        base64_simd::URL_SAFE_NO_PAD.encode_to_string(token)
    }

    /// Opens a ticket's text, and judges neither its time nor its state.
    pub(crate) fn open_ticket(
        &self,
        text: &[u8],
        binding: &TicketBinding<'_>,
        now: Timestamp,
    ) -> Result<OpenedTicket, TicketRefusal> {
        let mut token = decode(text)?;
        let (head, nonce, body, tag) = parts(&mut token).ok_or(TicketRefusal::Malformed)?;
        let [_, k0, k1, k2, k3, t0, t1, t2, t3, ..] = *head;
        let id = KeyId([k0, k1, k2, k3]);
        let issued = Timestamp(u32::from_be_bytes([t0, t1, t2, t3]));
        let keys = self.keys();
        let key = keys.key(id).ok_or(TicketRefusal::UnknownKey)?;
        if key.is_over(now) {
            return Err(TicketRefusal::RetiredKey);
        }
        compare(head, &binding.head(id, issued))?;
        if !cfg!(sealed_session_fuzzing) {
            let cipher = binding.cipher(&key.ciphers);
            let opened = cipher.decrypt(nonce, &binding.bound(head), body, tag);
            opened.ok_or(TicketRefusal::Tampered)?;
        }
        let (contents, state) = match body.split_first() {
            Some((&FREE, contents)) => (contents, None),
            Some((&BOUND, rest)) => {
                let (sealed, contents) =
                    rest.split_first_chunk().ok_or(TicketRefusal::Malformed)?;
                let (mac, sealed) = (binding.mac(&key.ciphers), *sealed);
                (contents, Some(StateSeal { mac, sealed }))
            }
            _ => return Err(TicketRefusal::NewerFormat),
        };
        Ok(OpenedTicket {
            issued,
            nonce: *nonce,
            contents: contents.to_vec(),
            state,
        })
    }
}

/// Decodes what may be a ticket. A ticket has one text form, because the decoder refuses padding and non-zero trailing bits.
fn decode(text: &[u8]) -> Result<Vec<u8>, TicketRefusal> {
    if text.len() > TICKET_MAX {
        return Err(TicketRefusal::OverCeiling);
    }
    let token = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text);
    let token = token.map_err(|_| TicketRefusal::Malformed)?;
    match token.first() {
        None => Err(TicketRefusal::Malformed),
        Some(&format::TICKET) => Ok(token),
        Some(format::ENCRYPTED..=format::LAST) => Err(TicketRefusal::WrongFormat),
        Some(_) => Err(TicketRefusal::NewerFormat),
    }
}

/// Splits a ticket into header, nonce, ciphertext and tag; `None` if it is too short.
fn parts(token: &mut [u8]) -> Option<TicketParts<'_>> {
    let long_enough = token.len() >= AROUND;
    let (head, rest) = token.split_first_chunk_mut()?;
    let (nonce, rest) = rest.split_first_chunk_mut()?;
    let (body, tag) = rest.split_last_chunk_mut()?;
    long_enough.then_some((head, nonce, body, tag))
}

type TicketParts<'a> = (&'a [u8; HEAD], &'a [u8; NONCE], &'a mut [u8], &'a [u8; TAG]);

/// Tells another purpose and another audience by their prints, which prove nothing.
fn compare(came: &[u8; HEAD], wanted: &[u8; HEAD]) -> Result<(), TicketRefusal> {
    let [.., p0, p1, a0, a1] = *came;
    let [.., q0, q1, b0, b1] = *wanted;
    match ([p0, p1] == [q0, q1], [a0, a1] == [b0, b1]) {
        (true, true) => Ok(()),
        (true, false) => Err(TicketRefusal::OtherAudience),
        (false, _) => Err(TicketRefusal::OtherPurpose),
    }
}

#[cfg(test)]
mod tests;
